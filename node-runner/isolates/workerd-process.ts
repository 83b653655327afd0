import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import type { Config } from 'miniflare'
import workerd from 'workerd'
import { INSIDE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import { serializeConfig } from '../miniflare.ts'

export type ProcessOptions = {
  /** `host:port` of the main Worker. */
  emulatorAddress: () => string
  secret: string
  /** What proves, on inner ports, that who asks is part of this emulator. */
  inside: string
  assetsDir: string
  hostBundle: string
  /** Text bindings by which functions' requests to the emulator are told: its port, its domain, its URL. */
  addresses: Record<string, string>
  /** What functions may call: whatever names lead there, a hosted emulator's machine and network are nobody's. */
  networks: Networks
  log: (line: string) => void
}

export type Networks = ('public' | 'private' | 'local')[]

/** A workerd process that serves the isolate host. */
export type WorkerdProcess = {
  pid: number
  port: number
  agent: Agent
  /** With these it lets one in. */
  headers: Record<string, string>
  alive: () => boolean
  /** Resolves when the process is gone, however that came. */
  exited: Promise<void>
  kill: () => void
}

/** The last of what a process said, shown when it ends by itself. */
const KEPT_OUTPUT = 4096

/** Loaders that unwrap the default of CommonJS give the path itself. */
function binary(): string {
  return typeof workerd === 'string' ? workerd : workerd.default
}

/** Starts a process and resolves when it listens, some 50 ms later. The signal ends it. */
export async function startProcess(options: ProcessOptions, signal: AbortSignal): Promise<WorkerdProcess> {
  const args = ['serve', '--binary', '--experimental', '--control-fd=3', '-']
  const stdio: StdioOptions = ['pipe', 'ignore', 'pipe', 'pipe']
  const child = spawn(binary(), args, { stdio, signal, killSignal: 'SIGKILL' })
  const exited = new Promise<void>(resolve => child.once('close', () => resolve()))
  let killed = false
  const output = keepOutput(child)
  void exited.then(() => {
    const how = child.signalCode ?? `code ${child.exitCode}`
    if (!killed && !signal.aborted) options.log(`An isolate process ended by itself (${how}) ${output()}`.trim())
  })
  child.on('error', error => {
    if (!signal.aborted) options.log(`An isolate process could not start: ${error.message}`)
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(serializeConfig(configOf(options)))
  const port = await listening(child, exited)
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const kill = () => {
    killed = true
    child.kill('SIGKILL')
    agent.destroy()
  }
  const alive = () => child.exitCode === null && child.signalCode === null && !child.killed
  const headers = { [INSIDE_HEADER]: options.inside }
  return { pid: child.pid ?? 0, port, agent, headers, alive, exited, kill }
}

function keepOutput(child: ChildProcess): () => string {
  let kept = ''
  child.stderr?.on('data', chunk => {
    kept = (kept + chunk).slice(-KEPT_OUTPUT)
  })
  return () => kept.trim()
}

/** workerd reports the ports of its sockets as JSON lines on the control descriptor. */
async function listening(child: ChildProcess, exited: Promise<void>): Promise<number> {
  // Descriptor 3 is the pipe that spawn made for it.
  const control = child.stdio[3] as Readable
  const port = new Promise<number>(resolve => {
    let held = ''
    control.on('data', chunk => {
      held += chunk
      const match = /"port":\s*(\d+)/.exec(held)
      if (match !== null) resolve(Number(match[1]))
    })
  })
  const failed = exited.then(() => {
    throw new Error('An isolate process ended before it listened')
  })
  failed.catch(() => {})
  return await Promise.race([port, failed])
}

function configOf(options: ProcessOptions): Config {
  const { emulatorAddress, secret, inside, assetsDir, hostBundle, addresses, networks } = options
  const injectRequestHeaders = [{ name: INSIDE_HEADER, value: inside }]
  const text = (name: string, value: string) => ({ name, text: value })
  return {
    services: [
      {
        name: 'host',
        worker: {
          modules: [{ name: basename(hostBundle), esModule: readFileSync(hostBundle, 'utf8') }],
          compatibilityDate: '2026-11-01',
          compatibilityFlags: ['experimental'],
          bindings: [
            { name: 'LOADER', workerLoader: { id: 'functions' } },
            { name: 'ASSETS', service: { name: 'assets' } },
            { name: 'EMULATOR', service: { name: 'emulator' } },
            text('FAKECLOUD_SECRET', secret),
            text('FAKECLOUD_INSIDE', inside),
            text('FAKECLOUD_LOCAL_ISOLATES', '1'),
            ...Object.entries(addresses).map(([name, value]) => text(name, value)),
          ],
        },
      },
      { name: 'assets', disk: { path: assetsDir, writable: false } },
      { name: 'emulator', external: { address: emulatorAddress(), http: { injectRequestHeaders } } },
      {
        name: 'internet',
        network: { allow: networks, deny: [], tlsOptions: { trustBrowserCas: true } },
      },
    ],
    sockets: [{ name: 'http', address: '127.0.0.1:0', http: {}, service: { name: 'host', entrypoint: 'IsolateHost' } }],
  }
}

/** Resolves when the process answers, which it does unless some function holds its only thread; rejects when it is gone. */
export function ping({ port, agent, headers }: WorkerdProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, headers, path: '/ping' }, response => {
      response.resume()
      response.once('end', resolve)
      response.once('error', reject)
    })
    sent.once('error', reject)
    sent.end()
  })
}

/** Resident memory in bytes, where the system tells it without a program being run. */
export function residentBytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return pages * 4096
  } catch {
    return undefined
  }
}

/** Hundredths of a second, which is Linux' unit wherever Node runs. */
const MS_A_TICK = 10

/** What the process has used of the processors, in milliseconds, where the system tells it. */
export function cpuMs(pid: number): number | undefined {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').slice(11, 13) ?? []
    return (Number(user) + Number(system)) * MS_A_TICK
  } catch {
    return undefined
  }
}
