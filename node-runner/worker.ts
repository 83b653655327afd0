import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Miniflare as MiniflareType } from 'miniflare'
import { INSIDE_HEADER } from '../durable-objects/shared/functions/contract.ts'
import type { Networks } from './isolates/workerd-process.ts'
import { convertV4MiniflareOptions, LogLevel, Miniflare, Log as MiniflareLog } from './miniflare.ts'
import { ASSETS, WORKER_BUNDLE, WORKER_OPTIONS } from './dist.ts'
import type { Level, Log } from './log.ts'
import { unwatch, watched } from './processes.ts'

export type WorkerOptions = {
  /** Where the Durable Objects keep their state. */
  objects: string
  /** Text bindings, over those of wrangler.toml. */
  bindings: Record<string, string>
  /** `host:port` of what runs the functions. */
  isolates: string
  /** What the Worker may call. */
  networks: Networks
  /** What proves, on inner ports, that who asks is part of this emulator. */
  inside: string
  log: Log
  /** Told of every workerd of this process, the isolates' ones too. */
  onProcess: (pid: number) => void
}

export type RunningWorker = {
  /** Where it serves, the same after a restart. */
  port: number
  /** Of workerd; another after a restart. */
  pid(): number
  /** Rejects when workerd ended and could not be started again. */
  failed: Promise<never>
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const NAME = 'fakecloud'
/** How often, and how many milliseconds apart, a workerd that does not come up is tried again. */
const MAX_ATTEMPTS = 20
const RETRY_MS = 200

type Run = {
  options: WorkerOptions
  miniflare: MiniflareType
  child: ChildProcess | undefined
  stopping: boolean
  recovering: boolean
  fail: (reason: unknown) => void
}

/**
 * Runs the Worker as wrangler.toml has it, on a socket of its own, under Miniflare. A workerd that dies is started
 * again on the same port and state.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const watcher = {
    onStart: (child: ChildProcess, ours: boolean) => {
      options.onProcess(child.pid ?? 0)
      if (!ours) return
      run.child = child
      child.once('exit', (code, signal) => onExit(run, signal ?? `code ${code}`))
    },
  }
  const miniflare = watched(watcher, () => new Miniflare(miniflareOptions(options)))
  const run: Run = { options, miniflare, child: undefined, stopping: false, recovering: false, fail }
  const stop = async (): Promise<void> => {
    run.stopping = true
    unwatch(watcher)
    await miniflare.dispose()
  }
  try {
    await miniflare.ready
    const { port } = await miniflare.unsafeGetDirectURL(NAME)
    return { port: Number(port), pid: () => run.child?.pid ?? 0, failed, stop }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

function onExit(run: Run, how: string): void {
  if (run.stopping) return
  run.options.log('warn', `workerd ended (${how}) and is started again on the same state`)
  if (run.recovering) return
  run.recovering = true
  recover(run)
    .catch(error => (run.stopping ? undefined : run.fail(error)))
    .finally(() => {
      run.recovering = false
    })
}

/** Waits for Miniflare's own restart, and tries again when the new workerd dies before it listens. */
async function recover(run: Run): Promise<void> {
  const { miniflare, options } = run
  // Miniflare begins its restart on the same event as we.
  await setImmediate()
  for (let attempt = 1; ; attempt++) {
    try {
      await miniflare.ready
      return
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || run.stopping) throw error
      options.log('warn', `workerd did not start: ${error instanceof Error ? error.message : error}`)
      await setTimeout(RETRY_MS)
      await miniflare.setOptions(miniflareOptions(options)).catch(() => {})
    }
  }
}

function miniflareOptions({ objects, bindings, isolates, networks, inside, log }: WorkerOptions) {
  // Written by the build: what wrangler reads from wrangler.toml.
  const { assets: _, ...worker } = JSON.parse(readFileSync(WORKER_OPTIONS, 'utf8')) as WranglerOptions
  return convertV4MiniflareOptions({
    // Otherwise fetched from Cloudflare, for fields that nothing reads.
    cf: false,
    telemetry: { enabled: false },
    log: new MiniflareLog(LogLevel.NONE),
    handleStructuredLogs: ({ level, message }) => log(LEVEL_OF[level] ?? 'info', message),
    resourcePersistencePath: objects,
    workers: [
      {
        ...worker,
        name: NAME,
        modules: [{ type: 'ESModule', path: WORKER_BUNDLE }],
        modulesRoot: dirname(WORKER_BUNDLE),
        bindings: { ...worker.bindings, ...bindings, FAKECLOUD_INSIDE: inside },
        serviceBindings: {
          ...worker.serviceBindings,
          ISOLATES: {
            external: {
              address: isolates,
              http: { injectRequestHeaders: [{ name: INSIDE_HEADER, value: inside }] },
            },
          },
          INTERNET: { network: { allow: networks, tlsOptions: { trustBrowserCas: true } } },
          // Files as they are: the router that serves assets on the edge would stand before every request.
          ASSETS: { disk: { path: ASSETS, writable: false } },
        },
        unsafeDirectSockets: [{ host: HOST, port: 0 }],
      },
    ],
  })
}

type WranglerOptions = {
  assets?: unknown
  bindings?: Record<string, string>
  serviceBindings?: Record<string, { name: string; entrypoint?: string }>
}

const LEVEL_OF: Partial<Record<string, Level>> = { error: 'error', warn: 'warn', debug: 'debug', trace: 'trace' }
