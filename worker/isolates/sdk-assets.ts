import { type HostEnv, SDK_ASSETS } from './host-env.ts'

/** Where AWS's runtime keeps the packages that a function need not bring. */
export const RUNTIME_PACKAGES = '/var/runtime/node_modules'

/** Every file of the SDK's build, with the files that it requires; paths are relative to node_modules. */
export type SdkManifest = { files: Record<string, string[]>; packages: Record<string, string[]> }

const PACKAGE_NAME = /["'`](@(?:aws-sdk|smithy)\/[\w.-]+)(?:\/[^"'`\n]*)?["'`]/g

/** The names of SDK packages that stand as whole literals in a source, which is how an import looks in any form. */
export function sdkPackagesIn(source: string): string[] {
  if (!source.includes('@aws-sdk/') && !source.includes('@smithy/')) return []
  return [...source.matchAll(PACKAGE_NAME)].map(match => match[1] ?? '')
}

/** The files of those packages and all that they require, by their absolute paths in the sandbox. */
export async function loadSdk(env: HostEnv, packages: ReadonlySet<string>): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  if (packages.size === 0) return found
  const manifest = await readManifest(env)
  const wanted = closure(
    manifest,
    [...packages].flatMap(name => manifest.packages[name] ?? []),
  )
  const bytes = await Promise.all([...wanted].map(file => readAsset(env, `${SDK_ASSETS}/${file}`)))
  for (const [i, file] of [...wanted].entries()) found.set(`${RUNTIME_PACKAGES}/${file}`, bytes[i] ?? new Uint8Array())
  return found
}

async function readManifest(env: HostEnv): Promise<SdkManifest> {
  const text = new TextDecoder().decode(await readAsset(env, `${SDK_ASSETS}/manifest.json`))
  // Written by the build of the assets.
  return JSON.parse(text) as SdkManifest
}

function closure(manifest: SdkManifest, roots: string[]): Set<string> {
  const wanted = new Set<string>()
  const queue = [...roots]
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (wanted.has(file)) continue
    wanted.add(file)
    queue.push(...(manifest.files[file] ?? []))
  }
  return wanted
}

export async function readAsset(env: HostEnv, path: string): Promise<Uint8Array> {
  const response = await env.ASSETS.fetch(`http://assets${path}`)
  if (!response.ok) throw new Error(`Asset ${path} answered ${response.status}; was the build run?`)
  return new Uint8Array(await response.arrayBuffer())
}
