import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, transform } from 'esbuild'
import { RUNTIME_ASSET, SDK_ASSETS } from '../worker/isolates/host-env.ts'
import type { SdkManifest } from '../worker/isolates/sdk-assets.ts'

/**
 * Builds what the isolates need besides the Worker: their runtime, their host, and the AWS SDK's packages as CommonJS
 * files that share their common parts, for functions that do not bring their own.
 */

const ROOT = join(import.meta.dirname, '..')
const MODULES = join(ROOT, 'node_modules')
const ISOLATES = join(ROOT, 'worker/isolates')
const EXTERNAL = ['node:*', 'cloudflare:*']

/** Providers that lead to files, programs and services that are not there. */
const WITHOUT_PROVIDERS = ['ini', 'sso', 'process', 'login', 'web-identity'].map(
  name => `@aws-sdk/credential-provider-${name}`,
)
const ALIASES = {
  '@smithy/node-http-handler': join(ISOLATES, 'sdk/http-handler.ts'),
  ...Object.fromEntries(WITHOUT_PROVIDERS.map(name => [name, join(ISOLATES, 'sdk/no-provider.ts')])),
}

const LIBRARIES = [
  '@aws-sdk/lib-dynamodb',
  '@aws-sdk/lib-storage',
  '@aws-sdk/s3-presigned-post',
  '@aws-sdk/s3-request-presigner',
  '@aws-sdk/util-dynamodb',
  '@aws-sdk/credential-provider-node',
  '@smithy/fetch-http-handler',
  '@smithy/signature-v4',
]

/** The sandboxes' runtime, under the assets' root. */
export async function buildIsolateRuntime(assetsDir: string): Promise<void> {
  await build({
    entryPoints: [join(ISOLATES, 'runtime/main.ts')],
    outfile: join(assetsDir, RUNTIME_ASSET),
    bundle: true,
    format: 'esm',
    target: 'esnext',
    keepNames: true,
    minifyWhitespace: true,
    external: EXTERNAL,
    logLevel: 'error',
  })
}

/** The host of a pool process, as one file. */
export async function buildIsolateHost(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(ISOLATES, 'host.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'esnext',
    conditions: ['workerd', 'worker'],
    external: EXTERNAL,
    logLevel: 'error',
  })
}

/** The SDK, unless what is there was made of the same packages by this same script. */
export async function buildSdkAssets(assetsDir: string): Promise<void> {
  const outdir = join(assetsDir, SDK_ASSETS)
  const stamp = stampOf([...clients(), ...LIBRARIES])
  const stampFile = join(outdir, '.stamp')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  rmSync(outdir, { recursive: true, force: true })
  const files = await bundlePackages(outdir)
  const manifest: SdkManifest = { files: {}, packages: {} }
  for (const { path, text } of files) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      minify: true,
      supported: { 'dynamic-import': false },
    })
    manifest.files[path] = requiresIn(code, path)
    write(join(outdir, path), code)
  }
  for (const entry of entries()) {
    const version = writePackage(outdir, entry.name)
    manifest.files[`${entry.name}/package.json`] ??= []
    manifest.packages[entry.name] = [
      ...(manifest.packages[entry.name] ?? [`${entry.name}/package.json`]),
      `${entry.out}.js`,
    ]
    if (version === undefined) throw new Error(`${entry.name} has no version`)
  }
  write(join(outdir, 'manifest.json'), JSON.stringify(manifest))
  write(stampFile, stamp)
}

type Entry = { name: string; source: string; out: string }

function clients(): string[] {
  return readdirSync(join(MODULES, '@aws-sdk'))
    .filter(name => name.startsWith('client-'))
    .map(name => `@aws-sdk/${name}`)
}

/** `@smithy/core` has no contents of its own but its submodules, by which others may be imported. */
function entries(): Entry[] {
  const packages = [...clients(), ...LIBRARIES].map(name => ({ name, source: name, out: `${name}/index` }))
  const submodules = Object.keys(packageJson('@smithy/core').exports ?? {}).filter(key => key !== './package.json')
  const core = submodules.map(key => ({
    name: '@smithy/core',
    source: posix.join('@smithy/core', key),
    out: posix.join('@smithy/core', key, 'index'),
  }))
  const handler = {
    name: '@smithy/node-http-handler',
    source: ALIASES['@smithy/node-http-handler'],
    out: '@smithy/node-http-handler/index',
  }
  return [...packages, ...core, handler]
}

async function bundlePackages(outdir: string): Promise<{ path: string; text: string }[]> {
  const result = await build({
    entryPoints: Object.fromEntries(entries().map(entry => [entry.out, entry.source])),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    chunkNames: '_chunks/[hash]',
    target: 'esnext',
    minify: true,
    legalComments: 'none',
    alias: ALIASES,
    absWorkingDir: ROOT,
    write: false,
    logLevel: 'error',
  })
  return result.outputFiles.map(file => ({ path: file.path.slice(outdir.length + 1), text: file.text }))
}

function requiresIn(code: string, path: string): string[] {
  const found = [...code.matchAll(/\brequire\((["'])(\.[^"']+)\1\)/g)].map(match => match[2] ?? '')
  return [...new Set(found)].map(specifier => posix.join(posix.dirname(path), specifier))
}

function writePackage(outdir: string, name: string): string | undefined {
  const { version } = packageJson(name)
  write(join(outdir, name, 'package.json'), JSON.stringify({ name, version }))
  return version
}

function packageJson(name: string): { version?: string; exports?: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8'))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function stampOf(packages: string[]): string {
  const hash = createHash('sha256')
  for (const name of [...packages, '@smithy/core', '@aws-sdk/core', 'esbuild'])
    hash.update(`${name}@${packageJson(name).version}\n`)
  for (const file of ['http-handler.ts', 'no-provider.ts']) hash.update(readFileSync(join(ISOLATES, 'sdk', file)))
  return hash.update(readFileSync(import.meta.filename)).digest('hex')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const dist = join(ROOT, 'dist')
  await Promise.all([
    buildSdkAssets(join(dist, 'assets')),
    buildIsolateRuntime(join(dist, 'assets')),
    buildIsolateHost(join(dist, 'isolate-host.js')),
  ])
}
