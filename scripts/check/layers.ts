import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Imports go one way: from a later folder to an earlier one, or within one. */
const LAYERS = ['aws', 'durable-objects/shared', 'durable-objects/kernel', 'durable-objects/authorization']
const SERVICES = 'durable-objects/services'
const WORKER = 'worker'
const ORDER = [...LAYERS, SERVICES, WORKER]

/** The launcher may use what is pure. */
const FOR_THE_RUNNER = ['aws', 'durable-objects/shared', 'node-runner', 'worker/isolates']

/** Files that put the services together, and are no service's. */
const LISTS = [`${SERVICES}/index.ts`, `${SERVICES}/place-object.ts`]

/** Authorization asks IAM who somebody is: principals live nowhere else. To the kernel it is the name of a mode. */
const NAMED = new Map([
  ['durable-objects/authorization', ['iam']],
  ['durable-objects/kernel', ['iam']],
])

type Import = { from: string; to: string; value: boolean }

/** What stands against the layers: imports upward, between services, in circles, and services' names below them. */
export function checkLayers(): string[] {
  const files = ORDER.concat('node-runner').flatMap(sourcesIn)
  const imports = files.flatMap(importsOf)
  return [...imports.flatMap(upward), ...circles(imports), ...namesIn(files)]
}

function sourcesIn(folder: string): string[] {
  const found = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
  return found.filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts')).map(name => join(folder, name))
}

/** Imports of our own files; those of types alone are gone when the program runs. */
function importsOf(from: string): Import[] {
  const text = readFileSync(join(ROOT, from), 'utf8')
  const found = text.matchAll(/^(?:import|export) (type )?([^'"]*?from )?'(\.[^']+)'/gm)
  return [...found].map(([, type, names = '', path = '']) => ({
    from,
    to: relative(ROOT, resolve(ROOT, dirname(from), path)),
    value: type === undefined && !/^\{(?:\s*type [^,}]+,?)+\s*\}/.test(names),
  }))
}

const layerOf = (file: string) => ORDER.findIndex(folder => file.startsWith(`${folder}/`))
const serviceOf = (file: string) => (file.startsWith(`${SERVICES}/`) ? file.split('/')[2] : undefined)

function upward({ from, to }: Import): string[] {
  const [here, there] = [layerOf(from), layerOf(to)]
  if (from.startsWith('node-runner/')) {
    return FOR_THE_RUNNER.some(folder => to.startsWith(`${folder}/`))
      ? []
      : [`${from} imports ${to}, which is not pure`]
  }
  if (to.startsWith('node_modules/')) return []
  if (there > here || there === -1) return [`${from} imports ${to}, which is above it`]
  const between = serviceOf(from) !== serviceOf(to) && serviceOf(to) !== undefined && serviceOf(from) !== undefined
  return between && !LISTS.includes(from) ? [`${from} imports ${to}: services meet in calls and deliveries alone`] : []
}

/** Files that need each other to begin: which of them runs first is chance. */
function circles(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to, value } of imports) if (value) next.set(from, [...(next.get(from) ?? []), to])
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      found.push(`a circle of imports: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`)
      return
    }
    state.set(file, 'open')
    for (const to of next.get(file) ?? []) visit(to, [...path, file])
    state.set(file, 'done')
  }
  for (const file of next.keys()) visit(file, [])
  return found
}

/** What names services in the Worker: their own doors, and what shows and steers them. */
const DOORS = [`${WORKER}/doors/`, `${WORKER}/admin/`]

/** What serves all services knows none by name: each says of itself, or has a door for, what is particular to it. */
function namesIn(files: readonly string[]): string[] {
  const services = readdirSync(join(ROOT, SERVICES), { withFileTypes: true }).filter(entry => entry.isDirectory())
  const names = services.map(({ name }) => name)
  const pattern = new RegExp(`(?<!(?:dialect|form) [!=]== )'(${names.join('|')})'`, 'g')
  return ['durable-objects/kernel', 'durable-objects/authorization', WORKER].flatMap(folder => {
    const allowed = NAMED.get(folder) ?? []
    return files
      .filter(file => file.startsWith(`${folder}/`) && !DOORS.some(door => file.startsWith(door)))
      .flatMap(file =>
        [...readFileSync(join(ROOT, file), 'utf8').matchAll(pattern)].map(([, name = '']) => ({ file, name })),
      )
      .filter(({ name }) => !allowed.includes(name))
      .map(({ file, name }) => `${file} names the service ${name}`)
  })
}
