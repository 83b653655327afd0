import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import { buildIsolateHost, buildIsolateRuntime, buildSdkAssets } from './build-sdk-assets.ts'

/** Builds all of dist/: what the Worker, the isolates, the launcher and the package are run from. */

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
const ASSETS = join(DIST, 'assets')
const SDK_ENTRIES = ['sdk/index.ts', 'sdk/vitest.ts']

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  format: 'esm',
  legalComments: 'eof',
  logLevel: 'error',
} satisfies BuildOptions

export async function buildAll(): Promise<void> {
  mkdirSync(DIST, { recursive: true })
  // The launcher compares its date with those of the sources, which may change while this runs.
  const started = new Date()
  await Promise.all([
    buildWorker(),
    buildRunner(),
    buildSdk(),
    unlessDone('sdk', sourcesOfSdk(), writeSdkTypes),
    unlessDone('worker.json', [join(ROOT, 'wrangler.toml')], writeWorkerOptions),
    buildSdkAssets(ASSETS),
    buildIsolateRuntime(ASSETS),
    buildIsolateHost(join(DIST, 'isolate-host.js')),
  ])
  writeFileSync(join(DIST, '.built'), String(started.getTime()))
}

/** The Worker in one file, as wrangler would bundle it. */
async function buildWorker(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: ['worker/index.ts'],
    outfile: join(DIST, 'worker.js'),
    target: 'esnext',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    minifyWhitespace: true,
    minifySyntax: true,
  })
}

/** The launcher: by itself for the command line, and its start for the SDK. One file loads sooner than many. */
async function buildRunner(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: ['node-runner/index.ts', 'node-runner/start.ts'],
    outdir: join(DIST, 'runner'),
    platform: 'node',
    target: 'node22',
    external: ['miniflare', 'workerd', 'selfsigned'],
  })
}

async function buildSdk(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: SDK_ENTRIES,
    outdir: join(DIST, 'sdk'),
    // What the entries share is one chunk, so that `instanceof` holds across them.
    splitting: true,
    chunkNames: 'shared',
    platform: 'neutral',
    target: 'es2022',
    external: ['vitest'],
  })
}

/** Runs it unless it has been done with the same packages and the same files. */
async function unlessDone(name: string, files: string[], run: () => Promise<void>): Promise<void> {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename))
  for (const file of [join(ROOT, 'package-lock.json'), ...files]) hash.update(readFileSync(file))
  const stamp = hash.digest('hex')
  const stampFile = join(DIST, `.${name}.stamp`)
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  await run()
  writeFileSync(stampFile, stamp)
}

function sourcesOfSdk(): string[] {
  return readdirSync(join(ROOT, 'sdk')).map(name => join(ROOT, 'sdk', name))
}

async function writeSdkTypes(): Promise<void> {
  const outDir = join(DIST, 'sdk')
  const options = [
    '--declaration',
    '--emitDeclarationOnly',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
  ]
  const targets = ['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']
  const args = [
    ...SDK_ENTRIES,
    '--ignoreConfig',
    '--allowImportingTsExtensions',
    '--outDir',
    outDir,
    ...options,
    ...targets,
  ]
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: ROOT })
  for (const name of readdirSync(outDir).filter(file => file.endsWith('.d.ts'))) {
    const path = join(outDir, name)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/((?:from |import\()['"]\.\/[^'"]+)\.ts(?=['"])/g, '$1.js'))
  }
}

/**
 * What wrangler makes of wrangler.toml for a local run. Loading wrangler takes a second and a quarter of a gigabyte, so
 * it is not done at each start.
 */
async function writeWorkerOptions(): Promise<void> {
  const { unstable_getMiniflareWorkerOptions: readConfig } = await import('wrangler')
  const { workerOptions } = await readConfig(join(ROOT, 'wrangler.toml'))
  // Paths of this machine, and rules for a bundler, which has run already.
  const { rootPath: _, modulesRules: __, ...options } = workerOptions as Record<string, unknown>
  writeFileSync(join(DIST, 'worker.json'), JSON.stringify(options))
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) await buildAll()
