import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The package's root: this file stands in `node-runner/`, and when built in `dist/runner/`. */
const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url).href)

/** What the build makes. */
export const WORKER_BUNDLE = join(ROOT, 'dist/worker.js')
export const WORKER_OPTIONS = join(ROOT, 'dist/worker.json')
export const ISOLATE_HOST_BUNDLE = join(ROOT, 'dist/isolate-host.js')
export const ASSETS = join(ROOT, 'dist/assets')

/** The command, in whatever Node.js it is run. */
export const PROGRAM = join(ROOT, 'bin/fakecloud.js')

/** Throws unless everything is there that an emulator is started from. */
export function checkBuilt(): void {
  const missing = [WORKER_BUNDLE, WORKER_OPTIONS, ISOLATE_HOST_BUNDLE, ASSETS].find(path => !existsSync(path))
  if (missing) throw new Error(`${missing} is missing: run \`npm run build\` in ${ROOT}`)
}

export function readVersion(): string {
  // Our own package.json.
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  return version
}
