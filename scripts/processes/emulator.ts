import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const PROGRAM = join(import.meta.dirname, '../../bin/fakecloud.js')
/** An emulator that is not ready by then never will be, in milliseconds. */
const READY_MS = 60_000

/** An emulator in a process group of its own, as a user starts it. */
export type EmulatorProcess = {
  url: string
  port: number
  /** Of the launcher, and of its process group. */
  pid: number
  /** From the start of the command to `Ready.`, in milliseconds. */
  readyMs: number
  /** What it has printed since it was ready. */
  printed(): string
  /** Ends the whole group at once, without a word. */
  kill(): Promise<void>
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>
}

export type EmulatorSettings = { dataPath?: string; port?: number; args?: string[]; env?: Record<string, string> }

/** Starts the command and resolves when it says that it is ready. Goes with this process. */
export async function startEmulatorProcess(settings: EmulatorSettings = {}): Promise<EmulatorProcess> {
  const { dataPath, port = 0, args = [], env = {} } = settings
  const started = performance.now()
  const kept = dataPath === undefined ? [] : ['--persist', dataPath]
  const child = spawn(
    process.execPath,
    [PROGRAM, '--addr', `127.0.0.1:${port}`, '--log-level', 'warn', ...kept, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    },
  )
  const killAtExit = () => killGroup(child)
  process.once('exit', killAtExit)
  const closed = once(child, 'close')
  let printed = ''
  const note = (piece: Buffer) => {
    printed = (printed + piece.toString()).slice(-200_000)
  }
  child.stderr?.on('data', note)
  const url = await readyUrl(child, closed)
  const readyMs = performance.now() - started
  child.stdout?.on('data', note)
  const end = async (finish: () => void): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) finish()
    await closed
    process.off('exit', killAtExit)
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    readyMs,
    printed: () => printed,
    kill: () => end(() => killGroup(child)),
    stop: () => end(() => child.kill('SIGTERM')),
  }
}

async function readyUrl(child: ChildProcess, closed: Promise<unknown>): Promise<string> {
  let text = ''
  const ready = new Promise<string>(resolve => {
    const read = (piece: Buffer) => {
      text += piece.toString()
      const url = /AWS_ENDPOINT_URL=(\S+)[\s\S]*Ready\./.exec(text)?.[1]
      if (url === undefined) return
      child.stdout?.off('data', read)
      resolve(url)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', (piece: Buffer) => {
      text += piece.toString()
    })
  })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The emulator is not ready after ${READY_MS} ms: ${text}`)), READY_MS)
  })
  const ended = closed.then(() => {
    throw new Error(`The emulator ended before it was ready: ${text}`)
  })
  try {
    return await Promise.race([ready, ended, late])
  } catch (error) {
    killGroup(child)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
