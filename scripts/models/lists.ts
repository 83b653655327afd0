import type { Table } from '../../aws/wire/table.ts'

/**
 * `index.ts`: how a request names its service. A signing name can stand for several services; a Query API's version
 * stands for one.
 */
export function indexFile(tables: Map<string, Table>, heading: string): string {
  const signingNames: Record<string, string[]> = {}
  const targets: Record<string, string> = {}
  const versions: Record<string, string> = {}
  for (const [service, { m }] of tables) {
    signingNames[m.sn] = [...(signingNames[m.sn] ?? []), service]
    if (m.t) targets[m.t] = service
    if (!m.p.includes(2) && !m.p.includes(3)) continue
    if (versions[m.v]) throw new Error(`${service} and ${versions[m.v]} share the Query version ${m.v}`)
    versions[m.v] = service
  }
  const declare = (name: string, type: string, value: unknown) =>
    `export const ${name}: ${type} = ${JSON.stringify(value, null, 2)}\n`
  return [
    heading,
    '/** Services by the signing name in a credential scope. */',
    declare('signingNames', 'Readonly<Record<string, readonly string[]>>', signingNames),
    '/** Services by the prefix of X-Amz-Target, which is their name in RPC v2 paths too. */',
    declare('targets', 'Readonly<Record<string, string>>', targets),
    '/** Services by the `Version` of a Query request. */',
    declare('versions', 'Readonly<Record<string, string>>', versions),
  ].join('\n')
}

/** `tables.ts`: the tables, parsed when they are asked for. */
export function tablesFile(services: readonly string[], heading: string): string {
  const name = (service: string) => service.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const imports = services.map(service => `import ${name(service)} from './${service}.table.ts'`)
  const entries = services.map(service => `  '${service}': () => JSON.parse(${name(service)}),`)
  return `${heading}import type { Table } from '../wire/table.ts'
${imports.join('\n')}

export const tables: Readonly<Record<string, () => Table>> = {
${entries.join('\n')}
}
`
}

/** `<service>.table.ts`: one string, so that nothing is parsed before the service is used. */
export function tableFile(table: Table, heading: string): string {
  // Single quotes double the escapes of none of JSON's own quotes.
  const text = JSON.stringify(table).replace(/[\\'\u2028\u2029]/g, escaped)
  return `${heading}export default '${text}'\n`
}

const escaped = (character: string) =>
  character.charCodeAt(0) > 255 ? `\\u${character.charCodeAt(0).toString(16)}` : `\\${character}`
