import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { isThrottled } from '../settings/concurrency-limits.ts'
import {
  conditionOf,
  endEvent,
  isTooOld,
  jobOf,
  maximumAgeMs,
  refuseEvent,
  retryDelayMs,
  tooOld,
} from './event-endings.ts'
import {
  beginRun,
  checkRunnable,
  type Conclusion,
  concludeRun,
  findTarget,
  isErased,
  performRun,
  type Run,
  type Target,
} from './executions.ts'
import { noteEventAge, noteEventReceived } from '../metrics.ts'
import { functionArn } from '../functions/names.ts'
import { type EventRow, versionName } from '../schema.ts'

/**
 * Asynchronous invocations: a row each, written before the caller is answered and removed with the record of its last
 * run, so that none is lost when the process ends in between.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export type NewEvent = Omit<EventRow, 'seq' | 'received' | 'attempt' | 'faults' | 'due'>

/** After a fault of the service itself: from one second to five minutes. */
const faultDelayMs = (faults: number) => Math.min(300_000, 1000 * 2 ** faults)
/** Events that run at once; the others wait for those, which costs less than a sandbox for each of a burst. */
const MOST_RUNNING = 100
/** How soon an object that was killed looks after the events that were running, and those that only waited. */
const WATCH_MS = 15_000
const WATCH_WAITING_MS = 300_000

/** Ids of the events that run, and names of the functions that have some waiting for concurrency. */
type Queue = { running: Set<string>; waiting: Set<string>; watchedUntil: number }

const queueOf = (ctx: Ctx): Queue =>
  ctx.memory('lambda.events', () => ({ running: new Set(), waiting: new Set(), watchedUntil: 0 }))

/** Accepts an event and starts it. */
export function queueEvent(ctx: Tx, event: NewEvent): void {
  ctx.sql.run(
    `INSERT INTO lambda_events (id, name, qualifier, source, traceId, trace, clientContext, received, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.id,
    event.name,
    event.qualifier,
    event.source,
    event.traceId,
    event.trace,
    event.clientContext,
    ctx.now,
    event.payload,
  )
  noteEventReceived(ctx, event)
  // Its run begins once it is sure to be there, and whoever waits already goes first.
  ctx.committed(() => {
    ctx.change(tx => {
      const queue = queueOf(tx)
      if (queue.watchedUntil <= tx.now) watch(tx, WATCH_MS)
      if (!queue.waiting.has(event.name)) startEvent(tx, event.id)
    })
  })
}

/** One timer wakes the object as long as events may be left in it. */
function watch(ctx: Tx, delay: number): void {
  const until = ctx.now + delay
  queueOf(ctx).watchedUntil = until
  ctx.timers.set('events', '', until)
}

/** Timer: starts what was left, and looks again while there is any. */
export function watchEvents(ctx: Tx): void {
  resumeEvents(ctx)
  const { running, waiting } = queueOf(ctx)
  if (running.size > 0) watch(ctx, WATCH_MS)
  else if (waiting.size > 0) watch(ctx, WATCH_WAITING_MS)
}

/** Starts every event that is neither running nor waiting for its time. */
export function resumeEvents(ctx: Tx): void {
  const rows = ctx.sql.all<{ name: string }>('SELECT DISTINCT name FROM lambda_events WHERE due IS NULL')
  for (const { name } of rows) startWaitingEvents(ctx, name)
}

/** Starts a function's events that waited for concurrency, as many as may run. */
export function startWaitingEvents(ctx: Tx, name: string): void {
  const { running, waiting } = queueOf(ctx)
  waiting.delete(name)
  // More than can be running: one that waits is among them if there is any.
  const rows = ctx.sql.all<{ id: string }>(
    'SELECT id FROM lambda_events WHERE name = ? AND due IS NULL ORDER BY seq LIMIT ?',
    name,
    MOST_RUNNING + 1,
  )
  for (const { id } of rows) {
    if (!running.has(id)) startEvent(ctx, id)
    if (waiting.has(name)) return
  }
  if (rows.length > MOST_RUNNING) waiting.add(name)
}

/** Timer: an event's next try, or its end when it has become too old. */
export function retryEvent(ctx: Tx, id: string): void {
  const row = ctx.sql.first<{ name: string }>('UPDATE lambda_events SET due = NULL WHERE id = ? RETURNING name', id)
  if (row) startWaitingEvents(ctx, row.name)
}

function startEvent(ctx: Tx, id: string): void {
  const { running, waiting } = queueOf(ctx)
  if (running.has(id)) return
  const row = ctx.sql.first<EventRow>('SELECT * FROM lambda_events WHERE id = ?', id)
  if (!row) return
  if (running.size >= MOST_RUNNING) {
    waiting.add(row.name)
    return
  }
  const run = beginEvent(ctx, row)
  if (!run) return
  running.add(id)
  ctx.background(finishEvent(ctx, row, run))
}

/** Undefined for an event that cannot run, or not now. */
function beginEvent(ctx: Tx, row: EventRow): Run | undefined {
  const arn = functionArn(ctx.place, row.name, row.qualifier ?? undefined)
  let target: Target | undefined
  try {
    target = findTarget(ctx, { name: row.name, qualifier: row.qualifier ?? undefined, arn })
    checkRunnable(target)
    const run = beginRun(ctx, target, jobOf(row))
    noteEventAge(ctx, row)
    return run
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (!isThrottled(error) || !target) refuseEvent(ctx, row, { arn, error, target })
    else if (isTooOld(ctx, row)) endEvent(ctx, row, { target, ending: tooOld(row) })
    else waitForConcurrency(ctx, row)
    return undefined
  }
}

/** A throttled event runs when there is room for it, and ends when it has become too old before. */
function waitForConcurrency(ctx: Tx, row: EventRow): void {
  queueOf(ctx).waiting.add(row.name)
  ctx.timers.set('event', row.id, row.received + maximumAgeMs(ctx, row) + 1)
}

async function finishEvent(ctx: Ctx, row: EventRow, run: Run): Promise<void> {
  try {
    const outcome = await performRun(ctx, run)
    ctx.change(tx => settleEvent(tx, row, { run, conclusion: concludeRun(tx, run, outcome) }))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isErased(run)) return
    if (isTooOld(ctx, row))
      ctx.change(tx => refuseEvent(tx, row, { arn: run.target.invokedArn, error, target: run.target }))
    else ctx.change(tx => putOff(tx, row))
  } finally {
    const { running, waiting } = queueOf(ctx)
    running.delete(row.id)
    for (const name of [...waiting]) ctx.change(tx => startWaitingEvents(tx, name))
  }
}

/** What follows from a run: nothing more, another try, or the end. No await lies in it, as in what called it. */
function settleEvent(ctx: Tx, row: EventRow, { run, conclusion }: { run: Run; conclusion: Conclusion }): void {
  const { target } = run
  const response = {
    statusCode: 200,
    executedVersion: versionName(target.row.number),
    ...(conclusion.failed ? { functionError: 'Unhandled' } : {}),
    payload: conclusion.payload,
  }
  const condition = conditionOf(ctx, row, conclusion.failed)
  if (condition) endEvent(ctx, row, { target, ending: { condition, response } })
  else tryAgain(ctx, row)
}

function tryAgain(ctx: Tx, row: EventRow): void {
  const due = ctx.now + retryDelayMs(row.attempt)
  ctx.sql.run('UPDATE lambda_events SET attempt = attempt + 1, faults = 0, due = ? WHERE id = ?', due, row.id)
  ctx.timers.set('event', row.id, due)
}

/** The service could not run it: that is not the function's fault, and no try of its. */
function putOff(ctx: Tx, row: EventRow): void {
  const due = ctx.now + faultDelayMs(row.faults)
  ctx.sql.run('UPDATE lambda_events SET faults = faults + 1, due = ? WHERE id = ?', due, row.id)
  ctx.timers.set('event', row.id, due)
}
