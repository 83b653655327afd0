import { joinPath, type Tree } from './resolve.ts'

export type HandlerName = { root: string; module: string; path: string[] }

/** `src/app.nested.handler`: the directory, the module, and the way to the function in what it exports. */
export function splitHandler(handler: string): HandlerName | undefined {
  const slash = handler.lastIndexOf('/')
  const root = handler.slice(0, slash + 1)
  const match = /^([^.]*)\.(.*)$/.exec(handler.slice(slash + 1))
  if (match === null) return undefined
  return { root, module: match[1] ?? '', path: (match[2] ?? '').split('.') }
}

/** The file of a handler's module, in the order in which AWS's runtime tries: as named, .js, .mjs, .cjs. */
export function handlerFile(tree: Tree, { root, module }: HandlerName): string | undefined {
  const base = joinPath('/var/task', root + module)
  return ['', '.js', '.mjs', '.cjs'].map(extension => base + extension).find(path => tree.isFile(path))
}
