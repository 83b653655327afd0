import { treeOf } from './file-tree.ts'
import { exportNames, importsOfCommonJs, type Reexport, requiresOf, wrapCommonJs } from './common-js.ts'
import { type DynamicTarget, dynamicImportsOf, globMatcher, rewriteEsModule, staticImportsOf } from './es-module.ts'
import { builtinFacade, builtinName, facadeSource, gateSource } from './facades.ts'
import { type Links, type Manifest, notFound } from './manifest.ts'
import { moduleName, moduleUrl, ourPath } from './names.ts'
import {
  directoryOf,
  type Importer,
  joinPath,
  kindOf,
  packageScope,
  ResolutionError,
  resolveModule,
  type Tree,
} from './resolve.ts'

export type Files = ReadonlyMap<string, Uint8Array>

export type Graph = { modules: Record<string, WorkerLoaderModule>; manifest: Manifest }

export type GraphOptions = {
  /** The file of the handler; undefined when there is none, which the runtime reports. */
  entry: string | undefined
  nodePath: readonly string[]
  /** Node 24 lets CommonJS require ES modules; AWS's earlier runtimes refuse. */
  requireEsm: boolean
}

type Item = { path: string; sync: boolean }

type Builder = {
  files: Files
  tree: Tree
  options: GraphOptions
  graph: Graph
  queue: Item[]
  text(path: string): string
}

/**
 * Every file of a function as a module of its dynamic worker. CommonJS files become functions that the runtime's own
 * `require` loads when they are asked for. ES modules stay ES modules, rewritten only where they name others; those that
 * nothing names are left as they are, for the worker cannot load what it was not given.
 */
export function buildGraph(files: Files, options: GraphOptions): Graph {
  const decoder = new TextDecoder()
  const text = (path: string) => decoder.decode(files.get(path))
  const tree = treeOf(files.keys(), text)
  const manifest: Manifest = { files: [...files.keys()], modules: {}, syncModules: {}, facades: [] }
  const builder: Builder = { files, tree, options, graph: { modules: {}, manifest }, queue: [], text }
  for (const path of files.keys()) addFile(builder, path)
  if (options.entry !== undefined && kindOf(tree, options.entry) !== 'data') {
    builder.queue.push({ path: options.entry, sync: false })
  }
  for (let item = builder.queue.pop(); item !== undefined; item = builder.queue.pop()) visit(builder, item)
  return builder.graph
}

/** A file as it lies in the zip: CommonJS is wrapped, everything else is bytes until an import makes it a module. */
function addFile(builder: Builder, path: string): void {
  const { graph, tree } = builder
  if (kindOf(tree, path) !== 'cjs') {
    graph.modules[moduleName(path)] = { data: bufferOf(builder.files.get(path)) }
    return
  }
  const source = builder.text(path)
  graph.modules[moduleName(path)] = { cjs: wrapCommonJs(source) }
  for (const target of importsOfCommonJs(source)) enqueueDynamic(builder, path, target)
  if (builder.options.requireEsm) enqueueRequired(builder, path, source)
}

function enqueueRequired(builder: Builder, path: string, source: string): void {
  for (const specifier of requiresOf(source)) {
    const found = tryResolve(builder, specifier, { file: path, mode: 'require' })
    if (typeof found === 'string' && kindOf(builder.tree, found) === 'esm')
      builder.queue.push({ path: found, sync: true })
  }
}

function enqueueDynamic(builder: Builder, path: string, target: DynamicTarget): void {
  if (target === 'anything') enqueueMatching(builder, path, /\.m?js$/)
  else if (target.glob) enqueueMatching(builder, path, globMatcher(joinPath(directoryOf(path), target.specifier)))
  else {
    const found = tryResolve(builder, target.specifier, { file: path, mode: 'import' })
    if (typeof found === 'string') builder.queue.push({ path: found, sync: false })
  }
}

/** What a computed `import()` may mean: files of the same package. */
function enqueueMatching(builder: Builder, importer: string, pattern: RegExp): void {
  const scope = packageScope(builder.tree, importer) ?? '/var/task'
  for (const path of builder.files.keys()) {
    const own = path.startsWith(`${scope}/`) && !path.slice(scope.length).includes('/node_modules/')
    if (own && pattern.test(path)) builder.queue.push({ path, sync: false })
  }
}

function visit(builder: Builder, item: Item): void {
  if (kindOf(builder.tree, item.path) === 'esm') addEsModule(builder, item)
  else addFacade(builder, item)
}

function addEsModule(builder: Builder, { path, sync }: Item): void {
  const { modules, manifest } = builder.graph
  const known = sync ? manifest.syncModules : manifest.modules
  if (known[path] !== undefined) return
  const links: Links = { imports: [] }
  known[path] = links
  const source = builder.text(path)
  const name = moduleName(ourPath(sync ? 'sync' : 'esm', path))
  const gate = ourPath(sync ? 'sync-gate' : 'gate', path)
  modules[moduleName(gate)] = { js: gateSource(path, sync) }
  try {
    const targets = new Map(staticImportsOf(source).map(one => [one, link(builder, { path, sync }, one)]))
    modules[name] = { js: rewriteEsModule(source, moduleUrl(gate), one => targets.get(one) ?? one) }
    for (const target of dynamicImportsOf(source)) enqueueDynamic(builder, path, target)
  } catch {
    // The lexer found what V8 will find: let the import say it.
    modules[name] = { js: source }
  }
}

/** The URL that a static import gets; what it cannot have is noted, and the runtime refuses the import with it. */
function link(builder: Builder, from: Item, specifier: string): string {
  const builtin = builtinName(specifier)
  if (builtin !== undefined) return linkBuiltin(builder, builtin)
  const { manifest } = builder.graph
  const links = (from.sync ? manifest.syncModules : manifest.modules)[from.path]
  const found = tryResolve(builder, specifier, { file: from.path, mode: 'import' })
  if (found instanceof ResolutionError) {
    if (links !== undefined) links.refusal ??= { code: found.code, message: found.message }
    return specifier
  }
  builder.queue.push({ path: found, sync: from.sync })
  if (kindOf(builder.tree, found) !== 'esm') return moduleUrl(ourPath(from.sync ? 'sync-facade' : 'facade', found))
  links?.imports.push(found)
  return moduleUrl(ourPath(from.sync ? 'sync' : 'esm', found))
}

function linkBuiltin(builder: Builder, name: string): string {
  const facade = builtinFacade(name)
  if (facade === undefined) return `node:${name}`
  builder.graph.modules[moduleName(facade.path)] ??= { js: facade.source }
  return moduleUrl(facade.path)
}

function addFacade(builder: Builder, { path, sync }: Item): void {
  const { modules, manifest } = builder.graph
  const facade = ourPath(sync ? 'sync-facade' : 'facade', path)
  if (modules[moduleName(facade)] !== undefined) return
  const gate = ourPath(sync ? 'sync-gate' : 'gate', path)
  modules[moduleName(gate)] = { js: gateSource(path, sync) }
  modules[moduleName(facade)] = { js: facadeSource(moduleUrl(gate), namesOf(builder, path)) }
  if (!sync) manifest.facades.push(path)
}

function namesOf(builder: Builder, path: string): Set<string> {
  if (kindOf(builder.tree, path) !== 'cjs') return new Set()
  const follow =
    (from: string) =>
    (specifier: string): Reexport | undefined => {
      const found = tryResolve(builder, specifier, { file: from, mode: 'require' })
      if (typeof found !== 'string' || kindOf(builder.tree, found) !== 'cjs') return undefined
      return { path: found, source: builder.text(found), follow: follow(found) }
    }
  return exportNames(builder.text(path), follow(path))
}

function tryResolve(builder: Builder, specifier: string, from: Omit<Importer, 'nodePath'>): string | ResolutionError {
  try {
    const found = resolveModule(builder.tree, specifier, { ...from, nodePath: builder.options.nodePath })
    return found ?? notFound(specifier, from.file)
  } catch (error) {
    if (error instanceof ResolutionError) return error
    throw error
  }
}

/** The loader wants a buffer of exactly those bytes. */
function bufferOf(bytes: Uint8Array | undefined): ArrayBuffer {
  return new Uint8Array(bytes ?? new Uint8Array()).buffer
}
