import type { Settings } from './settings.ts'

const BOUND_MS = 5000

/** Asks the emulator of this machine whether it is well: 0 when it is, else 1. Made for containers' health checks. */
export async function checkHealth({ host, port }: Settings): Promise<number> {
  const own = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const url = `http://${own.includes(':') ? `[${own}]` : own}:${port}/_fakecloud/health`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(BOUND_MS) })
    if (response.ok) return 0
    process.stderr.write(`${url} answered ${response.status}\n`)
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    process.stderr.write(`${url} did not answer: ${cause instanceof Error ? cause.message : cause}\n`)
  }
  return 1
}
