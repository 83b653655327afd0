/** How a function's files are called inside its dynamic worker, where everything lies under /bundle. */

export const BUNDLE = '/bundle'

/** Everything of ours that a dynamic worker holds besides the function's files. */
export const OURS = '__fakecloud'

/** `#`, `?` and `%` would end or escape a module's URL, so they are escaped in its name; the file system looks them up so. */
export function moduleName(path: string): string {
  return path.slice(1).replace(/[%#?]/g, encodeURIComponent)
}

/** The specifier under which a module of that path is imported from anywhere. */
export function moduleUrl(path: string): string {
  return `${BUNDLE}/${path.slice(1).split('/').map(encodeURIComponent).join('/').replaceAll('%40', '@')}`
}

/** What is made of a file, as an absolute path beside the function's own; an ES module keeps its file's name. */
export function ourPath(kind: 'gate' | 'sync-gate' | 'facade' | 'sync-facade' | 'esm' | 'sync', path: string): string {
  return `/${OURS}/${kind}${path}${kind === 'esm' || kind === 'sync' ? '' : '.mjs'}`
}

/** The name by which generated modules find the runtime: `globalThis[Symbol.for(SCOPE)](path)`. */
export const SCOPE = 'fakecloud.scope'

export type Scope = { meta: ImportMeta; load: (specifier: string) => Promise<unknown>; require: () => unknown }

/** The local names that rewritten modules use for `import.meta` and `import()`. */
export const META = '__fakecloud_meta'
export const LOAD = '__fakecloud_import'

/** What stands before an ES module's source, on its first line. */
export function esModuleHead(gate: string): string {
  return `import{meta as ${META},load as ${LOAD}}from${JSON.stringify(gate)};`
}
