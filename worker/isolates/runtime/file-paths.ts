import { BUNDLE } from '../names.ts'

/** Where a function's files lie in Lambda; here they lie under the bundle, at the same paths. */
const MOUNTS = ['/var/task', '/var/runtime', '/opt']

let directory = '/var/task'

export function workingDirectory(): string {
  return directory
}

export function changeDirectory(path: string): void {
  directory = absolute(path)
}

export function absolute(path: string): string {
  const out: string[] = []
  for (const part of `${path.startsWith('/') ? '' : directory}/${path}`.split('/')) {
    if (part === '..') out.pop()
    else if (part !== '' && part !== '.') out.push(part)
  }
  return `/${out.join('/')}`
}

/** The path at which workerd has a file that the function calls by its path in Lambda. */
export function toBundle(path: string): string {
  const full = absolute(path)
  const mounted = MOUNTS.some(mount => full === mount || full.startsWith(`${mount}/`))
  return mounted ? BUNDLE + full : full
}

export function fromBundle(path: string): string {
  return path.startsWith(`${BUNDLE}/`) ? path.slice(BUNDLE.length) : path
}
