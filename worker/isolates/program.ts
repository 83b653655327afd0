import { codeToken } from '../../durable-objects/kernel/namespace/claims.ts'
import { CODE_HEADER, type CodeRef, type Invocation } from '../../durable-objects/shared/functions/contract.ts'
import { treeOf } from './file-tree.ts'
import { handlerFile, splitHandler } from './handler-name.ts'
import { type HostEnv, RUNTIME_ASSET } from './host-env.ts'
import { MANIFEST_PATH } from './manifest.ts'
import { buildGraph, type Files } from './module-graph.ts'
import { moduleName, OURS } from './names.ts'
import { kindOf, lambdaNodePath } from './resolve.ts'
import { allowsRequireOfEsm } from './require-of-esm.ts'
import { loadSdk, RUNTIME_PACKAGES, sdkPackagesIn } from './sdk-assets.ts'
import { MAX_UNZIPPED_BYTES, unzip } from './zip.ts'

/** All modules of a function's dynamic worker, ready to be loaded any number of times. */
export type Program = { main: string; modules: Record<string, WorkerLoaderModule>; bytes: number }

const MAIN = `${OURS}/main.js`

/** Unpacks a function and its layers and makes modules of their files, the SDK's among them when they ask for it. */
export async function buildProgram(env: HostEnv, invocation: Invocation): Promise<Program> {
  const [runtime, files] = await Promise.all([readRuntime(env), readFiles(env, invocation)])
  const nodeMajor = Number(/\d+/.exec(invocation.runtime)?.[0] ?? 22)
  for (const [path, bytes] of await loadSdk(env, missingPackages(files))) files.set(path, bytes)
  const { modules, manifest } = buildGraph(files, {
    entry: entryOf(files, invocation.handler),
    nodePath: lambdaNodePath(nodeMajor),
    requireEsm: allowsRequireOfEsm(invocation.environment, nodeMajor),
  })
  modules[moduleName(MANIFEST_PATH)] = { json: manifest }
  modules[MAIN] = { js: runtime }
  return { main: MAIN, modules, bytes: sizeOf(files) }
}

async function readRuntime(env: HostEnv): Promise<string> {
  const response = await env.ASSETS.fetch(`http://assets${RUNTIME_ASSET}`)
  if (!response.ok) throw new Error(`The isolates' runtime answered ${response.status}; was the build run?`)
  return await response.text()
}

async function readFiles(env: HostEnv, { code, layers }: Invocation): Promise<Map<string, Uint8Array>> {
  const zips = await Promise.all([code, ...layers].map(ref => readZip(env, ref)))
  const files = new Map<string, Uint8Array>()
  let left = MAX_UNZIPPED_BYTES
  for (const [i, zip] of zips.entries()) {
    const root = i === 0 ? '/var/task' : '/opt'
    for (const [path, bytes] of unzip(zip, left)) {
      files.set(`${root}/${path}`, bytes)
      left -= bytes.length
    }
  }
  return files
}

async function readZip(env: HostEnv, ref: CodeRef): Promise<Uint8Array> {
  const headers = { [CODE_HEADER]: codeToken(env, ref.url) }
  const response = await env.EMULATOR.fetch(`http://localhost${ref.url}`, { headers })
  if (!response.ok) throw new Error(`The function's code answered ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** SDK packages that some file names and neither the function nor a layer brings. */
function missingPackages(files: Files): Set<string> {
  const decoder = new TextDecoder()
  const tree = treeOf(files.keys(), path => decoder.decode(files.get(path)))
  const roots = ['/var/task/node_modules', '/opt/nodejs/node_modules']
  const wanted = new Set<string>()
  for (const [path, bytes] of files) {
    const kind = kindOf(tree, path)
    if (kind !== 'cjs' && kind !== 'esm') continue
    for (const name of sdkPackagesIn(decoder.decode(bytes))) wanted.add(name)
  }
  return new Set([...wanted].filter(name => !roots.some(root => tree.isDirectory(`${root}/${name}`))))
}

function entryOf(files: Files, handler: string): string | undefined {
  const parts = splitHandler(handler)
  const tree = treeOf(files.keys(), path => new TextDecoder().decode(files.get(path)))
  return parts && handlerFile(tree, parts)
}

function sizeOf(files: Files): number {
  let size = 0
  for (const [path, bytes] of files) if (!path.startsWith(RUNTIME_PACKAGES)) size += bytes.length
  return size
}
