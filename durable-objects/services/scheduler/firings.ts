import type { Delivery, Undelivered } from '../../kernel/outbox/deliver.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { insert } from '../../kernel/object/rows.ts'
import { isTransient } from '../../kernel/outbox/outbox.ts'
import type { ErrorData } from '../../../aws/errors.ts'
import { randomHex } from '../../../aws/ids.ts'
import { deadLetter, type Exhausted } from './dead-letters.ts'
import { scheduleArn } from './names.ts'
import { type FiringRow, type KeptTarget, type Schedule, type ScheduleRow, scheduleOf } from './schema.ts'
import { MOST_INPUT_BYTES } from './target-rules.ts'
import { type Invocation, isTooLong, targetDelivery } from './targets.ts'
import { dropSchedule, isOneTime, planNext } from './timing.ts'
import type { FireScheduleResponse } from './views.ts'

export function scheduleById(ctx: Ctx, id: number): Schedule | undefined {
  const row = ctx.sql.first<ScheduleRow>(
    `SELECT scheduler_schedules.* FROM scheduler_schedules JOIN scheduler_groups ON scheduler_groups.name = groupName
     WHERE id = ? AND scheduler_groups.state = 'ACTIVE'`,
    id,
  )
  return row && scheduleOf(row)
}

/** A schedule's time has come. */
export function due(ctx: Tx, key: string): void {
  const schedule = scheduleById(ctx, Number(key))
  if (!schedule || schedule.nextAt === null || schedule.state !== 'ENABLED') return
  // Its next time first: an invocation that ends at once asks whether there is one.
  planNext(ctx, schedule, schedule.nextAt)
  fire(ctx, schedule, schedule.nextAt)
}

/** Test tick: fires a schedule now, whatever its state; one that is for one time has then had it. */
export function FireSchedule(
  ctx: Tx,
  { group, name }: { group: string; name: string },
): FireScheduleResponse | undefined {
  const query = 'SELECT * FROM scheduler_schedules WHERE groupName = ? AND name = ?'
  const row = ctx.sql.first<ScheduleRow>(query, group, name)
  if (!row) return undefined
  const schedule = scheduleOf(row)
  // Its next time first, as when it fires by itself.
  if (isOneTime(schedule.settings)) planNext(ctx, schedule, ctx.now)
  fire(ctx, schedule, ctx.now)
  return { scheduleArn: scheduleArn(ctx.place, group, name), targetArn: schedule.settings.Target.Arn }
}

/** Invokes a schedule's target once, under a trace of its own. */
function fire(ctx: Tx, { id, groupName, name, settings }: Schedule, scheduledAt: number): void {
  const firing: FiringRow = {
    id: randomHex(16),
    schedule: id,
    scheduleArn: scheduleArn(ctx.place, groupName, name),
    scheduledAt,
    firedAt: ctx.now,
    attempt: 1,
    target: JSON.stringify(settings.Target),
    traceId: ctx.traceId,
  }
  insert(ctx.sql, 'scheduler_firings', {
    id: firing.id,
    schedule: id,
    scheduleArn: firing.scheduleArn,
    scheduledAt,
    firedAt: firing.firedAt,
    attempt: firing.attempt,
    target: firing.target,
    traceId: firing.traceId,
  })
  ctx.sql.run('UPDATE scheduler_schedules SET lastFired = ? WHERE id = ?', ctx.now, id)
  invoke(ctx, firing)
}

/** Sends an invocation on its way, unless its input comes out longer than a target may get. */
function invoke(ctx: Tx, firing: FiringRow): void {
  const delivery = targetDelivery(invocationOf(firing))
  if (!isTooLong(delivery)) {
    ctx.deliver(delivery)
    return
  }
  const message = `The input is longer than ${MOST_INPUT_BYTES} bytes with its context attributes`
  const { from, to, event, traceId } = delivery
  ctx.journal({ from, to, outcome: 'refused', reason: message, event, traceId })
  giveUp(ctx, firing, { code: 'ValidationException', message, status: 400, fields: {} }, 'permanent')
}

const invocationOf = (firing: FiringRow): Invocation => ({
  ...firing,
  target: JSON.parse(firing.target) as KeptTarget, // written by fire()
})

function firingById(ctx: Ctx, id: unknown): FiringRow | undefined {
  return typeof id === 'string'
    ? ctx.sql.first<FiringRow>('SELECT * FROM scheduler_firings WHERE id = ?', id)
    : undefined
}

/** A target took an invocation, or did not: it is tried again, or becomes a dead letter. */
export function ended(ctx: Tx, { about }: Delivery, undelivered?: Undelivered): void {
  const firing = firingById(ctx, about?.firing)
  if (!firing) return
  if (!undelivered) {
    finish(ctx, firing)
    return
  }
  const { error } = undelivered
  const exhausted = isTransient(error) ? exhaustion(ctx, firing, invocationOf(firing).target) : 'permanent'
  if (exhausted === undefined) {
    ctx.timers.set('retry', firing.id, ctx.now + backoffMs(firing.attempt))
    return
  }
  giveUp(ctx, firing, error, exhausted)
}

function giveUp(ctx: Tx, firing: FiringRow, error: ErrorData, exhausted: Exhausted): void {
  const letter = deadLetter(ctx, invocationOf(firing), { error, exhausted })
  if (letter) ctx.deliver(letter)
  finish(ctx, firing)
}

/** AWS says that it backs off exponentially; so it makes about 185 tries in a day. */
const backoffMs = (attempt: number) => Math.min(480_000, 1000 * 2 ** (attempt - 1))

/** Why an invocation that failed for a while is not tried again; undefined when it is. */
function exhaustion(ctx: Ctx, { attempt, firedAt }: FiringRow, { RetryPolicy }: KeptTarget): Exhausted | undefined {
  if (attempt > RetryPolicy.MaximumRetryAttempts) return 'MaximumRetryAttempts'
  const age = ctx.now + backoffMs(attempt) - firedAt
  return age > RetryPolicy.MaximumEventAgeInSeconds * 1000 ? 'MaximumEventAgeInSeconds' : undefined
}

/** Tries an invocation again. */
export function retry(ctx: Tx, id: string): void {
  const firing = firingById(ctx, id)
  if (!firing) return
  ctx.sql.run('UPDATE scheduler_firings SET attempt = attempt + 1 WHERE id = ?', id)
  invoke(ctx, { ...firing, attempt: firing.attempt + 1 })
}

/** The last invocation of a schedule that is to go after its completion takes it along. */
function finish(ctx: Tx, { id, schedule: scheduleId }: FiringRow): void {
  ctx.sql.run('DELETE FROM scheduler_firings WHERE id = ?', id)
  const schedule = scheduleById(ctx, scheduleId)
  if (schedule?.settings.ActionAfterCompletion !== 'DELETE' || schedule.nextAt !== null) return
  const underWay = ctx.sql.first('SELECT 1 FROM scheduler_firings WHERE schedule = ?', scheduleId)
  if (schedule.state === 'ENABLED' && !underWay) dropSchedule(ctx, scheduleId)
}
