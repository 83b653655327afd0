import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Bare = { port: number; pid: number; stop(): Promise<void> }

/** The bare Worker in processes of its own, with its state where the product has its by default. */
export async function startBare(): Promise<Bare> {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fakecloud-bare-'))
  const program = join(import.meta.dirname, 'bare-server.ts')
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  const closed = once(child, 'close')
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      const said = /port (\d+)/.exec(piece.toString())?.[1]
      if (said !== undefined) resolve(Number(said))
    })
    closed.then(() => reject(new Error('The bare Worker ended')), reject)
  })
  const stop = async () => {
    process.off('exit', end)
    end()
    await closed
    rmSync(directory, { recursive: true, force: true })
  }
  return { port, pid: child.pid ?? 0, stop }
}
