#!/usr/bin/env node
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

/** The oldest Node.js that the launcher runs on. */
const OLDEST = [22, 13]

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)

if (isOld()) runOnOwnNode()
else await run()

function isOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

/** The package `node`, a dependency, brings one that is new enough. */
function runOnOwnNode() {
  const node = ownNode()
  if (node === undefined) {
    console.error(`fakecloud needs Node.js ${OLDEST.join('.')} or newer; this is ${process.version}`)
    process.exit(1)
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
  // The terminal sends SIGINT to both; a supervisor's SIGTERM comes to us alone.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

function ownNode() {
  try {
    const manifest = module.createRequire(import.meta.url).resolve('node/package.json')
    const path = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

async function run() {
  rebuildWhenStale()
  // Short-lived objects are few: room to let them pile up would be memory for nothing.
  setFlagsFromString('--semi-space-growth-factor=1')
  module.enableCompileCache?.()
  const { run } = await import('../dist/runner/index.js')
  const code = await run(args)
  if (code !== undefined) process.exitCode = code
}

/** In a checkout, sources that are newer than the build are built first. The package has no sources. */
function rebuildWhenStale() {
  const build = join(root, 'scripts/build.ts')
  if (!existsSync(build)) return
  const stamp = join(root, 'dist/.built')
  const built = existsSync(stamp) ? Number(readFileSync(stamp, 'utf8')) : 0
  const sources = ['worker', 'durable-objects', 'node-runner', 'sdk', 'scripts', 'wrangler.toml', 'package-lock.json']
  if (sources.every(source => newest(join(root, source)) <= built)) return
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(1)
}

/** When a file, or anything in a directory, last changed. A removal changes its directory. */
function newest(path) {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(stats.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))))
}
