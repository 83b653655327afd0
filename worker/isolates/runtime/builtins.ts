import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import moduleBuiltin from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Activity, countEmitters } from './activity.ts'
import { absolute, workingDirectory } from './file-paths.ts'
import { patchFileSystem } from './file-system.ts'
import type { Modules } from './modules.ts'

type Api = Record<string, unknown>
type Make = (...args: never[]) => unknown

/** Gives a built-in module by its name, with or without `node:`; undefined when Node has none such. */
export type Builtins = (specifier: string) => unknown

/** workerd's own modules, but for the few that must know where a Lambda function runs. */
export function createBuiltins(activity: Activity, modules: () => Modules): Builtins {
  const files = patchFileSystem(fs as unknown as Api)
  const paths = patchPath()
  const patched: Record<string, unknown> = {
    fs: files.fs,
    'fs/promises': files.promises,
    path: paths,
    'path/posix': paths,
    module: patchModule(modules),
    http: patchRequests(http as unknown as Api, activity),
    https: patchRequests(https as unknown as Api, activity),
    net: patchSockets(activity),
  }
  const known = new Set(moduleBuiltin.builtinModules)
  return specifier => {
    const prefixed = specifier.startsWith('node:')
    const name = prefixed ? specifier.slice(5) : specifier
    if (!prefixed && !known.has(name)) return undefined
    return patched[name] ?? process.getBuiltinModule(`node:${name}`) ?? undefined
  }
}

/** A relative path starts at the function's directory, which workerd's own modules do not know. */
function patchPath(): Api {
  const resolve = (...parts: string[]): string => path.resolve(workingDirectory(), ...parts)
  const relative = (from: string, to: string): string => path.relative(resolve(from), resolve(to))
  const patched: Api = { ...path, resolve, relative }
  return Object.assign(patched, { posix: patched, default: patched })
}

function patchRequests(real: Api, activity: Activity): Api {
  return { ...real, request: countEmitters(activity, real.request as Make), get: countEmitters(activity, real.get as Make) }
}

function patchSockets(activity: Activity): Api {
  const connect = countEmitters(activity, net.connect as Make)
  return { ...net, connect, createConnection: connect }
}

function patchModule(modules: () => Modules): unknown {
  const createRequire = (from: string | URL) => {
    const file = String(from).startsWith('file:') ? fileURLToPath(String(from)) : String(from)
    return modules().requireFor(absolute(file))
  }
  const Module = function Module() {}
  Module.prototype.require = (specifier: string) => modules().requireFor('/var/task/noop.js')(specifier)
  const { builtinModules, isBuiltin } = moduleBuiltin
  const members = { builtinModules, isBuiltin, createRequire, Module, globalPaths: [], _cache: {}, _extensions: {} }
  return Object.assign(Module, members, { syncBuiltinESMExports: () => {}, findSourceMap: () => undefined })
}
