import { setTimeout as sleep } from 'node:timers/promises'
import type { End } from '../../durable-objects/shared/functions/contract.ts'
import { exitFrames, lineOf, timeoutFrames } from './endings.ts'
import { judge, memoryUsed, responds, type Run, type Sandbox } from './member.ts'
import { caught, type Pool } from './pool.ts'
import type { Attempt, Job } from './run-invocation.ts'

type Execution = Job & { sandbox: Sandbox; run: Run }
type Outcome = { outcome: Attempt; reusable: boolean }

/** What of it has been seen so far; times in milliseconds. */
type Progress = { cold: boolean; streamed: boolean; startedAt: number; held: string[] }

/** How long a handler may be past its deadline before its process is looked at: its own timer should have ended it. */
const GRACE_MS = 150
/** Where others run too, an answer is waited for longer: they would all have to run again. */
const SHARED_GRACE_MS = 1000
const INIT_TIMEOUT_MS = 10_000
/** A connection that breaks may be the first that is heard of a process's end. */
const EXIT_NEWS_MS = 200

/** Sends the invocation to a sandbox that listens, and passes on what that says until it has ended, whichever way. */
export function execute(pool: Pool, execution: Execution): Promise<Outcome> {
  const { sandbox, invocation, run } = execution
  const { member, session } = sandbox
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const progress: Progress = { cold: sandbox.fresh, streamed: false, startedAt: performance.now(), held: [] }
  const late = () => onLate(pool, execution, progress).then(outcome => outcome && resolve(outcome))
  // A sandbox that has run before begins at once; a new one says when its init phase is over, which may take its time.
  let timer = setTimeout(late, (sandbox.fresh ? INIT_TIMEOUT_MS : 0) + invocation.timeoutMs + GRACE_MS)
  const stalled = () => {
    if (!run.begun && member.runs.size > 1) resolve({ outcome: 'free', reusable: false })
  }
  member.onStall.add(stalled)
  session.onLine(text => {
    member.seen = run.active = Date.now()
    if (text === undefined) return void onBroken(execution, progress).then(resolve)
    if (text.startsWith('{"ready":')) return
    if (text.startsWith('{"end":')) return resolve(onEnd(execution, progress, text))
    pass(execution, progress, text)
    if (!text.startsWith('{"started":')) return
    clearTimeout(timer)
    timer = setTimeout(late, invocation.timeoutMs + GRACE_MS)
  })
  session.send(invocation, execution.payload)
  return promise.finally(() => {
    clearTimeout(timer)
    member.onStall.delete(stalled)
    session.onLine(() => {})
  })
}

/** What the init phase writes is kept until the handler begins: until then it may be made elsewhere, and write it again. */
function pass({ run, write }: Execution, progress: Progress, text: string): void {
  if (text.startsWith('{"started":')) {
    run.begun = true
    progress.cold = text.includes('"cold":true')
    progress.startedAt = performance.now()
    progress.held.push(text)
    flush(progress, write)
  } else if (run.begun) {
    write(text)
    progress.streamed ||= text.startsWith('{"chunk":')
  } else progress.held.push(text)
}

function flush(progress: Progress, write: (line: string) => void): void {
  for (const line of progress.held.splice(0)) write(line)
}

/** The sandbox's clock has whole milliseconds; ours tells the fraction. */
function onEnd({ sandbox, invocation, write }: Execution, progress: Progress, text: string): Outcome {
  const passed = performance.now() - progress.startedAt
  const { end } = JSON.parse(text) as { end: End }
  const durationMs = Math.abs(passed - end.durationMs) <= 1.5 ? passed : end.durationMs
  flush(progress, write)
  write(lineOf({ end: { ...end, durationMs, ...memoryUsed(sandbox.member, invocation.memoryMb) } }))
  return { outcome: 'done', reusable: end.reusable }
}

/** Its deadline is over and nothing came. Undefined: its process is ended, and what is found then says how it goes on. */
async function onLate(pool: Pool, execution: Execution, progress: Progress): Promise<Outcome | undefined> {
  const { sandbox, invocation, run } = execution
  const { member } = sandbox
  if (run.verdict !== undefined) return undefined
  const graceMs = member.runs.size > 1 ? SHARED_GRACE_MS : GRACE_MS
  if (!member.stalled && (await responds(member, graceMs))) {
    // The process answers, so the sandbox alone has gone astray.
    return conclude(execution, progress, timeoutFrames({ durationMs: invocation.timeoutMs, cold: progress.cold }))
  }
  if (run.verdict !== undefined || !member.process.alive()) return undefined
  const culprit = judge(member)
  if (culprit !== undefined) caught(pool, culprit.invocation)
  return undefined
}

/** The sandbox ended without a word: its process was ended or died, or workerd gave it up. */
async function onBroken(execution: Execution, progress: Progress): Promise<Outcome> {
  const { sandbox, invocation, run } = execution
  const news = new AbortController()
  await Promise.race([sandbox.member.process.exited, sleep(EXIT_NEWS_MS, undefined, { signal: news.signal })])
  news.abort()
  const { cold } = progress
  if (run.verdict === 'again' && !progress.streamed) return { outcome: 'alone', reusable: false }
  if (run.verdict === 'timeout') {
    return conclude(execution, progress, timeoutFrames({ durationMs: invocation.timeoutMs, cold }))
  }
  const times = { durationMs: performance.now() - progress.startedAt, cold }
  const signal = run.verdict === undefined ? undefined : 'SIGKILL'
  return conclude(execution, progress, exitFrames(invocation, times, signal))
}

function conclude({ write }: Execution, progress: Progress, lines: string[]): Outcome {
  flush(progress, write)
  for (const line of lines) write(line)
  return { outcome: 'done', reusable: false }
}
