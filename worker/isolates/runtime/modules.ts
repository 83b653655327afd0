import { createRequire } from 'node:module'
import { treeOf } from '../file-tree.ts'
import { type Links, type Manifest, notFound } from '../manifest.ts'
import { BUNDLE, moduleName, moduleUrl, ourPath, type Scope } from '../names.ts'
import { directoryOf, type Kind, kindOf, type Mode, ResolutionError, resolveModule, type Tree } from '../resolve.ts'

export type NodeModule = {
  id: string
  path: string
  filename: string
  loaded: boolean
  exports: unknown
  children: NodeModule[]
  parent: NodeModule | undefined
  paths: string[]
  require: NodeRequire
}

export type NodeRequire = ((specifier: string) => unknown) & {
  resolve: ((specifier: string, options?: { paths?: string[] }) => string) & {
    paths: (specifier: string) => string[] | null
  }
  cache: Record<string, NodeModule>
  extensions: Record<string, unknown>
  main: undefined
}

export type Modules = {
  tree: Tree
  cache: Record<string, NodeModule>
  /** What `require` gives for that file. */
  requireFile(path: string, parent?: NodeModule): unknown
  requireFor(path: string, parent?: NodeModule): NodeRequire
  importFile(path: string): Promise<unknown>
  scope(path: string): Scope
}

export type ModulesOptions = {
  manifest: Manifest
  nodePath: readonly string[]
  requireEsm: boolean
  readText(path: string): string
  builtin(name: string): unknown
}

type Wrapped = (this: unknown, ...args: unknown[]) => void

const RUNTIME_FILE = '/var/runtime/index.mjs'

/** `require` and `import()` over a function's files, as Node has them. */
export function createModules(options: ModulesOptions): Modules {
  const { manifest, nodePath } = options
  const tree = treeOf(manifest.files, options.readText)
  const cache: Record<string, NodeModule> = Object.create(null)
  const load = createRequire(`${BUNDLE}/`)

  const locate = (specifier: string, file: string, mode: Mode) =>
    resolveModule(tree, specifier, { file, mode, nodePath })

  const resolve = (specifier: string, from: string, parent?: NodeModule): string => {
    const found = withCode(() => locate(specifier, from, 'require'))
    if (found === undefined) throw missing(specifier, parent)
    return found
  }

  const requireFor = (path: string, parent?: NodeModule): NodeRequire => {
    const require = (specifier: string): unknown => {
      if (typeof specifier !== 'string') throw invalidId(specifier)
      const builtin = options.builtin(specifier)
      return builtin ?? requireFile(resolve(specifier, path, parent), parent)
    }
    const lookUp = (specifier: string, { paths }: { paths?: string[] } = {}): string => {
      if (options.builtin(specifier) !== undefined) return specifier
      if (paths === undefined) return resolve(specifier, path, parent)
      const found = paths.map(one => locate(specifier, `${one}/noop.js`, 'require')).find(one => one !== undefined)
      if (found === undefined) throw missing(specifier, parent)
      return found
    }
    const paths = () => nodeModulesPaths(path)
    return Object.assign(require, { resolve: Object.assign(lookUp, { paths }), cache, extensions: {}, main: undefined })
  }

  const requireFile = (path: string, parent?: NodeModule): unknown => {
    const known = cache[path]
    if (known !== undefined) return known.exports
    const module = newModule(path, parent)
    module.require = requireFor(path, module)
    cache[path] = module
    parent?.children.push(module)
    try {
      evaluate(module, kindOf(tree, path))
    } catch (error) {
      delete cache[path]
      throw error
    }
    module.loaded = true
    return module.exports
  }

  const evaluate = (module: NodeModule, kind: Kind): void => {
    const { filename } = module
    if (kind === 'json') module.exports = parseJson(options.readText(filename), filename)
    else if (kind === 'esm') module.exports = requireEsModule(filename, module.parent)
    else if (kind === 'cjs') {
      // Modules that the graph wrapped export one function.
      const wrapped = load(`${BUNDLE}/${moduleName(filename)}`) as Wrapped
      const dynamicImport = scope(filename).load
      wrapped.call(module.exports, module.exports, module.require, module, filename, module.path, dynamicImport)
    } else throw unloadable(filename, kind)
  }

  const requireEsModule = (path: string, parent?: NodeModule): unknown => {
    const links = manifest.syncModules[path]
    if (!options.requireEsm || links === undefined) throw requireOfEsm(path, parent)
    refuse(manifest.syncModules, path)
    const namespace: unknown = load(`${BUNDLE}/${moduleName(ourPath('sync', path))}`)
    const isObject = typeof namespace === 'object' && namespace !== null
    return isObject && 'module.exports' in namespace ? namespace['module.exports'] : namespace
  }

  const importFile = async (path: string): Promise<unknown> => {
    const kind = kindOf(tree, path)
    if (kind === 'esm') {
      refuse(manifest.modules, path)
      return await import(moduleUrl(ourPath('esm', path)))
    }
    if (manifest.facades.includes(path)) return await import(moduleUrl(ourPath('facade', path)))
    const exports = requireFile(path)
    return { ...(typeof exports === 'object' ? exports : {}), default: exports }
  }

  const importFrom = async (specifier: string, from: string): Promise<unknown> => {
    const builtin = options.builtin(specifier)
    if (builtin !== undefined) return await importBuiltin(builtin)
    const found = withCode(() => locate(specifier, from, 'import'))
    if (found === undefined) throw asNodeError(notFound(specifier, from))
    return await importFile(found)
  }

  const scope = (path: string): Scope => ({
    meta: importMeta(path, specifier => `file://${resolve(specifier, path)}`),
    load: specifier => importFrom(String(specifier), path),
    require: () => (path.startsWith('node:') ? options.builtin(path) : requireFile(path)),
  })

  return { tree, cache, requireFile, requireFor, importFile, scope }
}

function newModule(path: string, parent: NodeModule | undefined): NodeModule {
  const directory = directoryOf(path)
  // `require` is set by the caller, which needs the module for it.
  const module = { id: path, path: directory, filename: path, loaded: false, exports: {}, children: [], parent }
  return Object.assign(module, { paths: nodeModulesPaths(path) }) as unknown as NodeModule
}

function nodeModulesPaths(file: string): string[] {
  const parts = directoryOf(file).split('/').filter(Boolean)
  return [...parts.keys(), parts.length]
    .reverse()
    .map(depth => `/${[...parts.slice(0, depth), 'node_modules'].join('/')}`)
}

function importMeta(path: string, resolve: (specifier: string) => string): ImportMeta {
  const meta = {
    url: `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`,
    dirname: directoryOf(path),
    filename: path,
    resolve,
  }
  // What Node gives a module; ImportMeta's declared members beyond it are workerd's.
  return meta as unknown as ImportMeta
}

async function importBuiltin(builtin: unknown): Promise<unknown> {
  const members = typeof builtin === 'object' || typeof builtin === 'function' ? builtin : {}
  return { ...members, default: builtin, [Symbol.toStringTag]: 'Module' }
}

/** The first import in the graph below that leads nowhere: Node refuses the whole graph for it. */
function refuse(table: Record<string, Links>, root: string): void {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    const links = table[path]
    if (links === undefined || seen.has(path)) return
    seen.add(path)
    if (links.refusal !== undefined) throw asNodeError(new ResolutionError(links.refusal.code, links.refusal.message))
    for (const next of links.imports) visit(next)
  }
  visit(root)
}

function withCode<T>(resolve: () => T): T {
  try {
    return resolve()
  } catch (error) {
    throw error instanceof ResolutionError ? asNodeError(error) : error
  }
}

/** Node shows an error's code in its stack, not in its name. */
function asNodeError({ code, message }: ResolutionError): Error {
  const error = Object.assign(new Error(message), { code })
  error.stack = String(error.stack).replace('Error:', `Error [${code}]:`)
  return error
}

function missing(specifier: string, parent: NodeModule | undefined): Error {
  const requireStack: string[] = []
  for (let module = parent; module !== undefined; module = module.parent) requireStack.push(module.filename)
  requireStack.push(RUNTIME_FILE)
  const message = `Cannot find module '${specifier}'\nRequire stack:\n${requireStack.map(file => `- ${file}`).join('\n')}`
  return Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND', requireStack })
}

function invalidId(value: unknown): Error {
  const message = `The "id" argument must be of type string. Received ${value === null ? 'null' : `type ${typeof value}`}`
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' })
}

function requireOfEsm(path: string, parent: NodeModule | undefined): Error {
  const from = parent === undefined ? '' : ` from ${parent.filename}`
  const message =
    `require() of ES Module ${path}${from} not supported.\nInstead change the require of ${path}${from.replace('from', 'in')} ` +
    'to a dynamic import() which is available in all CommonJS modules.'
  return Object.assign(new Error(message), { code: 'ERR_REQUIRE_ESM' })
}

function unloadable(path: string, kind: Kind): Error {
  const what = kind === 'native' ? 'A native module cannot be loaded in an isolate' : 'Not a module'
  return Object.assign(new Error(`${what}: ${path}`), { code: 'ERR_DLOPEN_FAILED' })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    if (error instanceof Error) error.message = `${path}: ${error.message}`
    throw error
  }
}
