import type { Ctx } from '../operation.ts'
import { AwsError } from '../shared/errors.ts'
import { isThrottled } from './concurrency-limits.ts'
import { eventInvokeConfig } from './event-invoke-configs.ts'
import {
  beginRun,
  checkRunnable,
  concludeRun,
  findTarget,
  type Job,
  performRun,
  type Run,
  type Target,
} from './executions.ts'
import { writeRecord } from './invocation-records.ts'
import { functionArn } from './names.ts'
import { parseClientContext } from './payloads.ts'

/**
 * Asynchronous invocations: a row each, written before the caller is answered and removed with the record of its last
 * run, so that none is lost when the process ends in between.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
type EventRow = {
  seq: number
  /** The request id, the same for all tries. */
  id: string
  name: string
  qualifier: string | null
  source: string
  traceId: string
  clientContext: string | null
  /** When it was accepted, in milliseconds of the namespace's clock. */
  received: number
  /** From 1. */
  attempt: number
  /** When it is to be tried again; null: now. */
  due: number | null
  payload: string
}

export type NewEvent = Pick<EventRow, 'id' | 'name' | 'qualifier' | 'source' | 'traceId' | 'clientContext' | 'payload'>

const DEFAULT_RETRIES = 2
const DEFAULT_AGE_SECONDS = 6 * 3600
/** AWS waits one minute before the second try, and two before the third. */
const retryDelayMs = (attempt: number) => attempt * 60_000
/** After a fault of our own. */
const FAULT_DELAY_MS = 5000
/** How soon an object that was killed looks after the events that it left. */
const WATCH_MS = 15_000

/** Ids of the events that are running. */
const runningOf = (ctx: Ctx): Set<string> => ctx.memory('events', () => new Set())

/** Accepts an event and starts it. */
export function queueEvent(ctx: Ctx, event: NewEvent): void {
  ctx.sql.run(
    `INSERT INTO events (id, name, qualifier, source, traceId, clientContext, received, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    event.id,
    event.name,
    event.qualifier,
    event.source,
    event.traceId,
    event.clientContext,
    ctx.now,
    event.payload,
  )
  watch(ctx)
  startEvent(ctx, event.id)
}

/** One timer wakes the object as long as events may be left in it. */
function watch(ctx: Ctx): void {
  const watched = ctx.memory('events watched', () => ({ until: 0 }))
  if (watched.until > ctx.now) return
  watched.until = ctx.now + WATCH_MS
  ctx.timers.set('events', '', watched.until)
}

/** Timer: starts what was left, and looks again while there is any. */
export function watchEvents(ctx: Ctx): void {
  resumeEvents(ctx)
  if (ctx.sql.first('SELECT 1 FROM events WHERE due IS NULL LIMIT 1')) ctx.timers.set('events', '', ctx.now + WATCH_MS)
}

/** Starts every event that is neither running nor waiting for its time. */
export function resumeEvents(ctx: Ctx): void {
  const rows = ctx.sql.all<{ id: string }>('SELECT id FROM events WHERE due IS NULL ORDER BY seq')
  for (const { id } of rows) startEvent(ctx, id)
}

/** Starts a function's events that waited for concurrency. */
export function startWaitingEvents(ctx: Ctx, name: string): void {
  const rows = ctx.sql.all<{ id: string }>('SELECT id FROM events WHERE name = ? AND due IS NULL ORDER BY seq', name)
  for (const { id } of rows) startEvent(ctx, id)
}

/** Timer: an event's next try. */
export function retryEvent(ctx: Ctx, id: string): void {
  ctx.sql.run('UPDATE events SET due = NULL WHERE id = ?', id)
  startEvent(ctx, id)
}

function startEvent(ctx: Ctx, id: string): void {
  const running = runningOf(ctx)
  if (running.has(id)) return
  const row = ctx.sql.first<EventRow>('SELECT * FROM events WHERE id = ?', id)
  const run = row && beginEvent(ctx, row)
  if (!row || !run) return
  running.add(id)
  ctx.background(finishEvent(ctx, row, run).finally(() => running.delete(id)))
}

/** Undefined for an event that cannot run, or not now. */
function beginEvent(ctx: Ctx, row: EventRow): Run | undefined {
  const arn = functionArn(ctx.place, row.name, row.qualifier ?? undefined)
  let target: Target | undefined
  try {
    target = findTarget(ctx, { name: row.name, qualifier: row.qualifier ?? undefined, arn })
    checkRunnable(target)
    return beginRun(ctx, target, jobOf(row))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (!isThrottled(error)) refuseEvent(ctx, row, { arn, error })
    else if (isTooOld(ctx, row)) dropEvent(ctx, row, { arn, reason: 'EventAgeExceeded' })
    return undefined
  }
}

function jobOf(row: EventRow): Job {
  return {
    id: row.attempt === 1 ? row.id : `${row.id}#${row.attempt}`,
    requestId: row.id,
    traceId: row.traceId,
    source: row.source,
    payload: row.payload,
    clientContext: parseClientContext(row.clientContext ?? undefined),
    streaming: false,
  }
}

async function finishEvent(ctx: Ctx, row: EventRow, run: Run): Promise<void> {
  try {
    const outcome = await performRun(ctx, run)
    const { failed } = concludeRun(ctx, run, outcome)
    if (!failed || !retryLater(ctx, row)) deleteEvent(ctx, row.id)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isTooOld(ctx, row)) refuseEvent(ctx, row, { arn: run.target.invokedArn, error })
    else waitUntil(ctx, row, ctx.now + FAULT_DELAY_MS)
  } finally {
    startWaitingEvents(ctx, row.name)
  }
}

/** Whether a failed event is tried again. */
function retryLater(ctx: Ctx, row: EventRow): boolean {
  const config = eventInvokeConfig(ctx, row.name, row.qualifier ?? '$LATEST')
  if (row.attempt > (config?.MaximumRetryAttempts ?? DEFAULT_RETRIES)) return false
  const due = ctx.now + retryDelayMs(row.attempt)
  if (due - row.received > maximumAgeMs(ctx, row)) return false
  ctx.sql.run('UPDATE events SET attempt = attempt + 1 WHERE id = ?', row.id)
  waitUntil(ctx, row, due)
  return true
}

function waitUntil(ctx: Ctx, row: EventRow, due: number): void {
  ctx.sql.run('UPDATE events SET due = ? WHERE id = ?', due, row.id)
  ctx.timers.set('event', row.id, due)
}

function maximumAgeMs(ctx: Ctx, row: EventRow): number {
  const config = eventInvokeConfig(ctx, row.name, row.qualifier ?? '$LATEST')
  return (config?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000
}

const isTooOld = (ctx: Ctx, row: EventRow) => ctx.now - row.received > maximumAgeMs(ctx, row)

function deleteEvent(ctx: Ctx, id: string): void {
  ctx.sql.run('DELETE FROM events WHERE id = ?', id)
}

type Refused = { arn: string; error: AwsError }

/** An event whose function cannot run leaves a record of it. */
function refuseEvent(ctx: Ctx, row: EventRow, { arn, error }: Refused): void {
  writeRecord(ctx, {
    ...jobOf(row),
    functionArn: arn,
    at: ctx.now,
    durationMs: 0,
    cold: false,
    error: JSON.stringify({ errorType: error.code, errorMessage: error.message }),
    logTail: '',
  })
  dropEvent(ctx, row, { arn, reason: `${error.code}: ${error.message}` })
}

function dropEvent(ctx: Ctx, row: EventRow, { arn, reason }: { arn: string; reason: string }): void {
  deleteEvent(ctx, row.id)
  ctx.journal({ from: row.source, to: arn, outcome: 'refused', reason, event: `event ${row.id}` })
}
