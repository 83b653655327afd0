import type { Invocation } from '../../durable-objects/shared/functions/contract.ts'
import { execute } from './execution.ts'
import { exitFrames, importFrames } from './endings.ts'
import type { Run, Sandbox } from './member.ts'
import { made, type Pool, release, take, type Wish } from './pool.ts'

/** An invocation under way; `write` takes its frames as lines. */
export type Job = {
  invocation: Invocation
  payload: Uint8Array
  write: (line: string) => void
  /** Aborted when nobody wants the run any more. */
  signal: AbortSignal
}

/** What became of an attempt: the invocation is answered, or goes to a process of the wish. */
export type Attempt = 'done' | Wish

const MAX_ATTEMPTS = 6

/**
 * Runs an invocation and writes its frames' lines. It is sent to a sandbox only once that has said that it listens; one
 * in a process that some function holds is left there, and the invocation goes elsewhere without having begun. Where a
 * process must be killed, those that had begun in it beside the culprit run again: at least once, as rare as the endless
 * loop.
 */
export async function runInvocation(pool: Pool, job: Job): Promise<void> {
  let wish: Wish = 'any'
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const sandbox = await take(pool, job.invocation, wish)
    const outcome = await attempt(pool, sandbox, job)
    if (outcome === 'done') return
    if (wish !== 'alone') wish = outcome
  }
  for (const line of exitFrames(job.invocation, { durationMs: 0, cold: true })) job.write(line)
}

async function attempt(pool: Pool, sandbox: Sandbox, job: Job): Promise<Attempt> {
  const { member, fresh } = sandbox
  const state = job.signal.aborted ? 'gone' : await listening(sandbox)
  if (fresh) made(pool, sandbox)
  if (state !== 'ready') {
    release(pool, sandbox, false)
    if (job.signal.aborted) return 'done'
    if (typeof state === 'string') return state === 'held' ? 'free' : 'any'
    for (const line of importFrames(state.failure)) job.write(line)
    return 'done'
  }
  const run: Run = { invocation: job.invocation, active: Date.now(), begun: false }
  member.runs.add(run)
  const { outcome, reusable } = await execute(pool, { ...job, sandbox, run })
  member.runs.delete(run)
  release(pool, sandbox, reusable)
  return outcome
}

type State = 'ready' | 'held' | 'gone' | { failure: string }

/** Whether the sandbox takes an invocation; a failure says why its code cannot be had. */
function listening({ session, member, fresh }: Sandbox): Promise<State> {
  // Nothing else runs there that could hold the process, and the sandbox has said so at the end of its last invocation.
  if (!fresh && member.runs.size === 0) return Promise.resolve('ready')
  const { promise, resolve } = Promise.withResolvers<State>()
  // Alone in its process it is what the process is busy with: large code takes its time.
  const stalled = () => {
    if (member.runs.size > 0 || member.creating > 1) resolve('held')
  }
  member.onStall.add(stalled)
  session.onLine(line => {
    member.seen = Date.now()
    if (line === undefined) return resolve('gone')
    if (line.startsWith('{"failure":')) return resolve(JSON.parse(line) as { failure: string })
    if (line.startsWith('{"ready":')) resolve('ready')
  })
  if (!fresh) session.poll()
  return promise.finally(() => member.onStall.delete(stalled))
}
