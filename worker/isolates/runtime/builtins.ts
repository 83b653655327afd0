import { type Activity, countEmitters } from './activity.ts'
import { absolute, workingDirectory } from './file-paths.ts'
import { patchFileSystem } from './file-system.ts'
import type { Modules } from './modules.ts'

type Api = Record<string, unknown>
type Make = (...args: never[]) => unknown

/** Gives a built-in module by its name, with or without `node:`; undefined when Node has none such. */
export type Builtins = (specifier: string) => unknown

/**
 * workerd's own modules, but for the few that must know where a Lambda function runs. Each is loaded when it is first asked
 * for: together they would take longer than all else that a cold start does.
 */
export function createBuiltins(activity: Activity, modules: () => Modules): Builtins {
  const files = once(() => patchFileSystem(builtin('fs')))
  const paths = once(patchPath)
  const patched = new Map<string, () => unknown>([
    ['fs', () => files().fs],
    ['fs/promises', () => files().promises],
    ['path', paths],
    ['path/posix', paths],
    ['module', once(() => patchModule(modules))],
    ['http', once(() => patchRequests(builtin('http'), activity))],
    ['https', once(() => patchRequests(builtin('https'), activity))],
    ['net', once(() => patchSockets(builtin('net'), activity))],
  ])
  const known = new Set(process.getBuiltinModule('node:module').builtinModules)
  return specifier => {
    const prefixed = specifier.startsWith('node:')
    const name = prefixed ? specifier.slice(5) : specifier
    if (!prefixed && !known.has(name)) return undefined
    return patched.get(name)?.() ?? process.getBuiltinModule(`node:${name}`) ?? undefined
  }
}

/** Members by their names, which the types of so many modules do not say. */
function builtin(name: string): Api {
  return process.getBuiltinModule(`node:${name}`) as unknown as Api
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A relative path starts at the function's directory, which workerd's own modules do not know. */
function patchPath(): Api {
  const path = process.getBuiltinModule('node:path')
  const resolve = (...parts: string[]): string => path.resolve(workingDirectory(), ...parts)
  const relative = (from: string, to: string): string => path.relative(resolve(from), resolve(to))
  const patched: Api = { ...path, resolve, relative }
  return Object.assign(patched, { posix: patched, default: patched })
}

function patchRequests(real: Api, activity: Activity): Api {
  const request = countEmitters(activity, real.request as Make)
  return { ...real, request, get: countEmitters(activity, real.get as Make) }
}

function patchSockets(real: Api, activity: Activity): Api {
  const connect = countEmitters(activity, real.connect as Make)
  return { ...real, connect, createConnection: connect }
}

function patchModule(modules: () => Modules): unknown {
  const createRequire = (from: string | URL) => {
    const { fileURLToPath } = process.getBuiltinModule('node:url')
    const file = String(from).startsWith('file:') ? fileURLToPath(String(from)) : String(from)
    return modules().requireFor(absolute(file))
  }
  const Module = function Module() {}
  Module.prototype.require = (specifier: string) => modules().requireFor('/var/task/noop.js')(specifier)
  const { builtinModules, isBuiltin } = process.getBuiltinModule('node:module')
  const members = { builtinModules, isBuiltin, createRequire, Module, globalPaths: [], _cache: {}, _extensions: {} }
  return Object.assign(Module, members, { syncBuiltinESMExports: () => {}, findSourceMap: () => undefined })
}
