import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')

/** What Cloudflare's free plan takes: https://developers.cloudflare.com/workers/platform/limits/#worker-size */
const MAX_GZIP_KIB = 3 * 1024
/** Cloudflare gives a second: https://developers.cloudflare.com/workers/platform/limits/#worker-startup-time */
const MAX_STARTUP_MS = 400

type Profile = { nodes: { id: number; callFrame: { functionName: string } }[]; samples: number[]; timeDeltas: number[] }

/** Whether wrangler would deploy the Worker, and Cloudflare take its size and its start-up. */
export async function checkBundle(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fakecloud-check-'))
  try {
    const deployed = await wrangler('deploy', '--dry-run', '--outdir', directory)
    const kib = Number(/gzip: ([\d.]+) KiB/.exec(deployed)?.[1] ?? Number.NaN)
    const ms = await startUp(join(directory, 'startup.cpuprofile'))
    console.log(
      `Worker: ${kib.toFixed(0)} KiB gzip of ${MAX_GZIP_KIB}, start-up ${ms.toFixed(0)} ms of ${MAX_STARTUP_MS}`,
    )
    return [
      ...(kib <= MAX_GZIP_KIB ? [] : [`The Worker is ${kib} KiB gzip, more than ${MAX_GZIP_KIB}`]),
      ...(ms <= MAX_STARTUP_MS ? [] : [`The Worker takes ${ms} ms to start, more than ${MAX_STARTUP_MS}`]),
    ]
  } catch (error) {
    return [`wrangler failed: ${error instanceof Error ? error.message : error}`]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const TRIES = 3

/** The Worker's start-up in milliseconds. A machine that is busy with something else makes it look slow: the best counts. */
async function startUp(outfile: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < TRIES && best > MAX_STARTUP_MS; tries++) {
    await wrangler('check', 'startup', '--outfile', outfile)
    best = Math.min(best, busyMs(readFileSync(outfile, 'utf8')))
  }
  return best
}

async function wrangler(...args: string[]): Promise<string> {
  const program = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: ROOT, env })
  return stdout
}

/** How long a processor was at work, in milliseconds. */
function busyMs(text: string): number {
  // V8's own format.
  const { nodes, samples, timeDeltas } = JSON.parse(text) as Profile
  const idle = new Set(nodes.filter(node => node.callFrame.functionName === '(idle)').map(node => node.id))
  const busy = timeDeltas.filter((_, i) => !idle.has(samples[i] ?? 0))
  return busy.reduce((sum, delta) => sum + delta, 0) / 1000
}
