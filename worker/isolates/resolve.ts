import { mapExports, mapImports, type PackageJson } from './package-exports.ts'

/** A read-only file system of absolute paths, as much of it as resolution needs. */
export type Tree = {
  isFile(path: string): boolean
  isDirectory(path: string): boolean
  /** The package.json in that directory, parsed; undefined when there is none or it is no object. */
  packageJson(directory: string): PackageJson | undefined
}

export type Mode = 'require' | 'import'
export type Importer = { file: string; mode: Mode; nodePath: readonly string[] }

/** A refusal of Node's resolver, by Node's own code. */
export class ResolutionError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const CONDITIONS = {
  require: new Set(['node', 'require', 'node-addons']),
  import: new Set(['node', 'import', 'node-addons']),
}
const EXTENSIONS = ['.js', '.json', '.node']

/** Where AWS's runtime of that Node major looks after the walk up: layers, the runtime's own packages, the function. */
export function lambdaNodePath(major: number): string[] {
  return [
    `/opt/nodejs/node${major}/node_modules`,
    '/opt/nodejs/node_modules',
    '/var/runtime/node_modules',
    '/var/runtime',
    '/var/task',
  ]
}

/**
 * The absolute path of the file that Node would load, or undefined when it finds none. Built-in modules are the
 * caller's matter. Throws ResolutionError where a package's `exports` or `imports` refuse.
 */
export function resolveModule(tree: Tree, specifier: string, from: Importer): string | undefined {
  if (specifier.startsWith('file://')) return fileAt(tree, decodeURIComponent(new URL(specifier).pathname), from.mode)
  if (specifier.startsWith('/')) return fileAt(tree, normalize(specifier), from.mode)
  if (/^\.\.?(\/|$)/.test(specifier)) return fileAt(tree, joinPath(directoryOf(from.file), specifier), from.mode)
  if (specifier.startsWith('#')) return resolveImports(tree, specifier, from)
  return resolvePackage(tree, specifier, from)
}

function fileAt(tree: Tree, path: string, mode: Mode): string | undefined {
  if (mode === 'import') return tree.isFile(path) ? path : undefined
  return (path.endsWith('/') ? undefined : asFile(tree, path)) ?? asDirectory(tree, path.replace(/\/$/, ''))
}

function asFile(tree: Tree, path: string): string | undefined {
  if (tree.isFile(path)) return path
  const extension = EXTENSIONS.find(extension => tree.isFile(path + extension))
  return extension === undefined ? undefined : path + extension
}

function asDirectory(tree: Tree, directory: string): string | undefined {
  if (!tree.isDirectory(directory)) return undefined
  const main = tree.packageJson(directory)?.main
  if (typeof main === 'string' && main !== '') {
    const path = joinPath(directory, main)
    const found = asFile(tree, path) ?? asFile(tree, joinPath(path, 'index'))
    if (found !== undefined) return found
  }
  return asFile(tree, joinPath(directory, 'index'))
}

function resolveImports(tree: Tree, specifier: string, from: Importer): string | undefined {
  const scope = packageScope(tree, from.file)
  const imports = scope === undefined ? undefined : tree.packageJson(scope)?.imports
  const mapped = imports && mapImports(imports, specifier, CONDITIONS[from.mode])
  if (scope === undefined || mapped === undefined) {
    const where = scope === undefined ? '' : ` in package ${scope}/package.json`
    const message = `Package import specifier "${specifier}" is not defined${where} imported from ${from.file}`
    throw new ResolutionError('ERR_PACKAGE_IMPORT_NOT_DEFINED', message)
  }
  if (mapped.startsWith('./')) return tree.isFile(joinPath(scope, mapped)) ? joinPath(scope, mapped) : undefined
  return resolvePackage(tree, mapped, from)
}

function resolvePackage(tree: Tree, specifier: string, from: Importer): string | undefined {
  const { name, subpath } = splitPackage(specifier)
  const own = resolveOwn(tree, { name, subpath }, from)
  if (own !== undefined) return own
  for (const root of searchPaths(from)) {
    const directory = joinPath(root, name)
    const found = tree.isDirectory(directory)
      ? inPackage(tree, { directory, subpath }, from)
      : asFileOf(tree, joinPath(root, specifier), from)
    if (found !== undefined) return found
  }
  return undefined
}

/** A file right under node_modules, such as `node_modules/feature.js`: only `require` looks for one. */
function asFileOf(tree: Tree, path: string, from: Importer): string | undefined {
  return from.mode === 'require' ? asFile(tree, path) : undefined
}

/** A package may name itself, by what it exports. */
function resolveOwn(tree: Tree, wanted: { name: string; subpath: string }, from: Importer): string | undefined {
  const scope = packageScope(tree, from.file)
  const manifest = scope === undefined ? undefined : tree.packageJson(scope)
  if (scope === undefined || manifest?.name !== wanted.name || manifest.exports === undefined) return undefined
  return inPackage(tree, { directory: scope, subpath: wanted.subpath }, from)
}

function inPackage(tree: Tree, at: { directory: string; subpath: string }, from: Importer): string | undefined {
  const manifest = tree.packageJson(at.directory)
  if (manifest?.exports === undefined || manifest.exports === null) return withoutExports(tree, at, from)
  const mapped = mapExports(manifest.exports, at.subpath, CONDITIONS[from.mode])
  if (mapped === undefined) throw notExported(at)
  const path = joinPath(at.directory, mapped)
  return tree.isFile(path) ? path : undefined
}

function withoutExports(tree: Tree, at: { directory: string; subpath: string }, from: Importer): string | undefined {
  if (at.subpath === '.') return asDirectory(tree, at.directory)
  return fileAt(tree, joinPath(at.directory, at.subpath), from.mode)
}

function notExported({ directory, subpath }: { directory: string; subpath: string }): ResolutionError {
  const file = `${directory}/package.json`
  const message =
    subpath === '.'
      ? `No "exports" main defined in ${file}`
      : `Package subpath '${subpath}' is not defined by "exports" in ${file}`
  return new ResolutionError('ERR_PACKAGE_PATH_NOT_EXPORTED', message)
}

function searchPaths(from: Importer): string[] {
  const parts = directoryOf(from.file).split('/').filter(Boolean)
  const walk: string[] = []
  for (let depth = parts.length; depth >= 0; depth--) {
    if (parts[depth - 1] === 'node_modules') continue
    walk.push(`/${[...parts.slice(0, depth), 'node_modules'].join('/')}`)
  }
  return [...walk, ...from.nodePath]
}

/** The directory of the nearest package.json, which says what a `.js` file is. */
export function packageScope(tree: Tree, file: string): string | undefined {
  for (let directory = directoryOf(file); ; directory = directoryOf(directory)) {
    if (directory.endsWith('/node_modules')) return undefined
    if (tree.packageJson(directory) !== undefined) return directory
    if (directory === '/') return undefined
  }
}

export type Kind = 'cjs' | 'esm' | 'json' | 'native' | 'data'

/** What Node takes a file for. */
export function kindOf(tree: Tree, file: string): Kind {
  if (file.endsWith('.mjs')) return 'esm'
  if (file.endsWith('.cjs')) return 'cjs'
  if (file.endsWith('.json')) return 'json'
  if (file.endsWith('.node')) return 'native'
  if (!file.endsWith('.js')) return 'data'
  const scope = packageScope(tree, file)
  return scope !== undefined && tree.packageJson(scope)?.type === 'module' ? 'esm' : 'cjs'
}

function splitPackage(specifier: string): { name: string; subpath: string } {
  const parts = specifier.split('/')
  const name = parts.splice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { name, subpath: parts.length === 0 ? '.' : `./${parts.join('/')}` }
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/'
}

export function joinPath(base: string, relative: string): string {
  return normalize(`${base}/${relative}`)
}

/** Absolute and without `.` and `..`; a trailing slash stays, for it says that a directory is meant. */
export function normalize(path: string): string {
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') out.pop()
    else if (part !== '' && part !== '.') out.push(part)
  }
  const trailing = /\/\.?\.?$/.test(path) && out.length > 0 ? '/' : ''
  return `/${out.join('/')}${trailing}`
}
