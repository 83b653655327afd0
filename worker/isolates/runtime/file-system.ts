import { WRAPPER_HEAD, WRAPPER_TAIL } from '../wrapper.ts'
import { fromBundle, toBundle } from './file-paths.ts'

type Call = (...args: unknown[]) => unknown
type Api = Record<string, unknown>

/** Functions of node:fs by how many paths they begin with; each also as `…Sync` and in `fs.promises`. */
const ONE_PATH =
  'access appendFile chmod chown createReadStream createWriteStream exists lchown lstat lutimes mkdir mkdtemp open openAsBlob opendir readFile readdir readlink realpath rm rmdir stat statfs truncate unlink utimes writeFile'
const TWO_PATHS = 'copyFile cp link rename symlink'

const PATHS = new Map<string, number>([
  ...ONE_PATH.split(' ').map((name): [string, number] => [name, 1]),
  ...TWO_PATHS.split(' ').map((name): [string, number] => [name, 2]),
])

/** node:fs that knows /var/task and /opt, and whose errors read like Node's. */
export function patchFileSystem(fs: Api): { fs: Api; promises: Api } {
  const promises = patchAll(fs.promises as Api)
  const patched = { ...patchAll(fs), promises }
  // `realpath.native` is a member of the function itself.
  for (const name of ['realpath', 'realpathSync'])
    Object.assign(patched[name as never] as object, { native: patched[name as never] })
  return { fs: patched, promises }
}

function patchAll(api: Api): Api {
  const patched: Api = { ...api }
  for (const [name, value] of Object.entries(api)) {
    const paths = PATHS.get(name.replace(/Sync$/, ''))
    if (paths !== undefined && typeof value === 'function')
      patched[name] = patchOne(name.replace(/Sync$/, ''), paths, value.bind(api))
  }
  return patched
}

function patchOne(name: string, paths: number, real: Call): Call {
  return (...args) => {
    const given = String(args[0])
    const mapped = args.map((arg, i) => (i < paths ? mapPath(arg) : arg))
    const last = mapped.at(-1)
    if (typeof last === 'function' && mapped.length > paths)
      mapped[mapped.length - 1] = patchCallback(name, given, last as Call)
    try {
      const result = real(...mapped)
      if (!(result instanceof Promise)) return answer(name, given, result)
      return result.then(
        value => answer(name, given, value),
        error => Promise.reject(nodeError(error, name, given)),
      )
    } catch (error) {
      throw nodeError(error, name, given)
    }
  }
}

function patchCallback(name: string, path: string, callback: Call): Call {
  return (error, ...values) => {
    if (name === 'exists') return callback(error)
    if (error) return callback(nodeError(error, name, path))
    return callback(error, ...values.map(value => answer(name, path, value)))
  }
}

function mapPath(path: unknown): unknown {
  if (path instanceof URL) return toBundle(decodeURIComponent(path.pathname))
  if (path instanceof Uint8Array) return toBundle(new TextDecoder().decode(path))
  return typeof path === 'string' ? toBundle(path) : path
}

/** What comes back names paths of the function's world, and the text of a module as it is in the zip. */
function answer(name: string, path: string, value: unknown): unknown {
  if (name === 'realpath' || name === 'mkdtemp' || name === 'readlink')
    return typeof value === 'string' ? fromBundle(value) : value
  if (name === 'readdir' && Array.isArray(value)) return value.map(entry => dirEntry(entry))
  if (name === 'readFile' && /\.c?js$/.test(path)) return unwrap(value)
  return value
}

/** workerd lists a module by its URL's spelling. */
function dirEntry(entry: unknown): unknown {
  if (typeof entry === 'string') return decode(entry)
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return entry
  if (typeof entry.name === 'string') entry.name = decode(entry.name)
  for (const key of ['parentPath', 'path']) {
    const value: unknown = Reflect.get(entry, key)
    if (typeof value === 'string') Object.defineProperty(entry, key, { value: fromBundle(value), configurable: true })
  }
  return entry
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function unwrap(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(WRAPPER_HEAD))
    return value.slice(WRAPPER_HEAD.length, -WRAPPER_TAIL.length)
  if (!(value instanceof Uint8Array)) return value
  const head = new TextDecoder().decode(value.subarray(0, WRAPPER_HEAD.length))
  return head === WRAPPER_HEAD
    ? Buffer.from(value.subarray(WRAPPER_HEAD.length, value.length - WRAPPER_TAIL.length))
    : value
}

const ERRNO: Record<string, number> = {
  ENOENT: -2,
  EPERM: -1,
  EROFS: -30,
  EEXIST: -17,
  ENOTDIR: -20,
  EISDIR: -21,
  ENOTEMPTY: -39,
}
const TEXTS: Record<string, string> = { EROFS: 'read-only file system' }
const SYSCALLS: Record<string, string> = {
  readFile: 'open',
  writeFile: 'open',
  appendFile: 'open',
  readdir: 'scandir',
  rm: 'rm',
}

/** `ENOENT: no such file or directory, open '/var/task/x'`: code first, the system call, the path as it was given. */
function nodeError(error: unknown, name: string, path: string): unknown {
  const found: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (!(error instanceof Error) || typeof found !== 'string' || error.message.startsWith(`${found}:`)) return error
  // workerd refuses to write the bundle with EPERM; in Lambda those places are mounted read-only.
  const code = found === 'EPERM' && !/^\/(tmp|dev)(\/|$)/.test(fromBundle(toBundle(path))) ? 'EROFS' : found
  const syscall = SYSCALLS[name] ?? name
  const text = TEXTS[code] ?? error.message.split(',')[0]
  const message = `${code}: ${text}, ${syscall} '${path}'`
  const stack = String(error.stack).replace(error.message, message)
  return Object.assign(error, { message, stack, code, syscall, path, errno: ERRNO[code] })
}
