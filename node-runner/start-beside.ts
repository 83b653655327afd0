import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PROGRAM } from './dist.ts'
import { argumentsFor, type Settings } from './settings.ts'
import type { Emulator } from './start.ts'

/** Runs the command, which finds itself a newer Node.js, and ends it with this process. */
export async function startBeside(settings: Settings): Promise<Emulator> {
  const env = { ...process.env, FAKECLOUD_SECRET: settings.secret }
  const args = [PROGRAM, ...argumentsFor(settings)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  const ended = once(child, 'close')
  const url = await listening(child, ended)
  const { port } = new URL(url)
  const stop = async (): Promise<void> => {
    process.off('exit', end)
    end()
    await ended
  }
  const failed = ended.then(() => {
    throw new Error('The emulator ended')
  })
  failed.catch(() => {})
  return { url, host: settings.host, port: Number(port), workerdPid: () => 0, failed, stop }
}

/** The address, from what it prints when it is ready; its complaint when it ends before. */
async function listening(child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let out = ''
  let complaint = ''
  child.stderr?.on('data', piece => {
    complaint += piece
  })
  const ready = new Promise<string>(resolve => {
    child.stdout?.on('data', piece => {
      out += piece
      const url = /AWS_ENDPOINT_URL=(\S+)[\s\S]*Ready\./.exec(out)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const failed = ended.then(() => {
    throw new Error(complaint.trim() || 'The emulator ended before it was ready')
  })
  const url = await Promise.race([ready, failed])
  child.stderr?.removeAllListeners('data').pipe(process.stderr, { end: false })
  return url
}
