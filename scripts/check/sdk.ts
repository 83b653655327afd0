import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathOf } from '../../durable-objects/kernel/views/view.ts'
import { services } from '../../durable-objects/services/index.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The SDK's types of what services show: written from these by `npm run sdk`, so that they say the same. */
export const SDK_VIEWS = join(ROOT, 'sdk/views.ts')

/** Whether the SDK's types are those of the services' views. */
export function checkSdk(): string[] {
  return readFileSync(SDK_VIEWS, 'utf8') === sdkViews() ? [] : ['sdk/views.ts is not up to date: npm run sdk writes it']
}

/** The types that each service's `views.ts` exports, and which of them each path answers. */
export function sdkViews(): string {
  const sources = Object.keys(services).flatMap(service => {
    const path = join(ROOT, `durable-objects/services/${service}/views.ts`)
    return existsSync(path) ? [{ service, text: readFileSync(path, 'utf8') }] : []
  })
  const types = sources.flatMap(({ text }) => typesIn(text.split('\n')))
  const paths = sources.flatMap(({ service, text }) =>
    Object.entries(services[service]?.views ?? {}).map(([name, view]) => {
      const type = new RegExp(`^export const ${name} = view<(\\w+)`, 'm').exec(text)?.[1]
      if (type === undefined) throw new Error(`The view ${name} of ${service} names no type: view<…>`)
      return `  '${pathOf(service, name, view).replace(/\/:.*/, '')}': ${type}`
    }),
  )
  return [
    '/* Written by `npm run sdk` from the views of the services; never edited. */',
    ...types,
    `\n/** What each view answers, by its path below \`/_fakecloud/\`. */\nexport type ViewResponses = {\n${paths.join('\n')}\n}\n`,
  ].join('\n')
}

/** Exported types with the comments above them, as they are laid out. */
function typesIn(lines: readonly string[]): string[] {
  return lines.flatMap((line, at) => {
    if (!line.startsWith('export type ')) return []
    let [from, to] = [at, at + 1]
    if (lines[at - 1]?.endsWith('*/'))
      do from -= 1
      while (!lines[from]?.startsWith('/*'))
    while (/^[ }]/.test(lines[to] ?? '')) to += 1
    if (lines[from - 1] === '') from -= 1
    return lines.slice(from, to)
  })
}
