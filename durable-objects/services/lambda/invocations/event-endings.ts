import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import type { AwsError } from '../../../../aws/errors.ts'
import { deliverEnding, type Ending } from './destinations.ts'
import { eventInvokeConfig } from './event-invoke-configs.ts'
import type { Job, Target } from './executions.ts'
import { writeRecord } from './invocation-records.ts'
import { noteEventDropped } from '../metrics.ts'
import { parseClientContext } from './payloads.ts'
import { type EventRow, versionName } from '../schema.ts'

const DEFAULT_RETRIES = 2
const DEFAULT_AGE_SECONDS = 6 * 3600
/** AWS waits one minute before the second try, and two before the third. */
export const retryDelayMs = (attempt: number) => attempt * 60_000

/** A try of an event, as a run. */
export function jobOf(row: EventRow): Job {
  return {
    id: row.attempt === 1 ? row.id : `${row.id}#${row.attempt}`,
    requestId: row.id,
    traceId: row.traceId,
    trace: row.trace ?? undefined,
    source: row.source,
    payload: row.payload,
    clientContext: parseClientContext(row.clientContext ?? undefined),
    streaming: false,
  }
}

/** How an event ends with this try; undefined for one that is to be tried again. */
export function conditionOf(ctx: Ctx, row: EventRow, failed: boolean): Ending['condition'] | undefined {
  if (!failed) return 'Success'
  const config = eventInvokeConfig(ctx, row.name, row.qualifier ?? '$LATEST')
  if (row.attempt > (config?.MaximumRetryAttempts ?? DEFAULT_RETRIES)) return 'RetriesExhausted'
  const due = ctx.now + retryDelayMs(row.attempt)
  return due - row.received > maximumAgeMs(ctx, row) ? 'EventAgeExceeded' : undefined
}

/** How long an event may wait and be tried again. */
export function maximumAgeMs(ctx: Ctx, row: EventRow): number {
  const config = eventInvokeConfig(ctx, row.name, row.qualifier ?? '$LATEST')
  return (config?.MaximumEventAgeInSeconds ?? DEFAULT_AGE_SECONDS) * 1000
}

export const isTooOld = (ctx: Ctx, row: EventRow) => ctx.now - row.received > maximumAgeMs(ctx, row)

/** Of an event that never got the concurrency to run (again). */
export function tooOld(row: EventRow): Ending {
  return { condition: 'EventAgeExceeded', throttled: true, attempts: row.attempt - 1 }
}

/** Removes an event, its destination told in the same stretch. */
export function endEvent(ctx: Tx, row: EventRow, { target, ending }: { target: Target; ending: Ending }): void {
  ctx.sql.run('DELETE FROM lambda_events WHERE id = ?', row.id)
  ctx.timers.clear('event', row.id)
  if (ending.condition !== 'Success') noteEventDropped(ctx, row)
  if (ending.throttled) {
    const reason = `${ending.condition}: its function's concurrency was used up`
    ctx.journal({ from: row.source, to: target.invokedArn, outcome: 'refused', reason, event: `event ${row.id}` })
  }
  deliverEnding(ctx, { row, target, config: eventInvokeConfig(ctx, row.name, row.qualifier ?? '$LATEST') }, ending)
}

/** An event whose function cannot run leaves a record of it. */
export function refuseEvent(
  ctx: Tx,
  row: EventRow,
  { arn, error, target }: { arn: string; error: AwsError; target: Target | undefined },
): void {
  const payload = JSON.stringify({ errorType: error.code, errorMessage: error.message })
  const at = ctx.now
  writeRecord(ctx, { ...jobOf(row), functionArn: arn, at, durationMs: 0, cold: false, error: payload, logTail: '' })
  const reason = `${error.code}: ${error.message}`
  ctx.journal({ from: row.source, to: arn, outcome: 'refused', reason, event: `event ${row.id}` })
  if (!target) {
    ctx.sql.run('DELETE FROM lambda_events WHERE id = ?', row.id)
    return
  }
  const executedVersion = versionName(target.row.number)
  const response = { statusCode: error.status || 400, executedVersion, functionError: error.code, payload }
  endEvent(ctx, row, { target, ending: { condition: 'RetriesExhausted', response } })
}
