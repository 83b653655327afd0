import type { In } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { EVENT_OVERHEAD } from '../events/batch.ts'
import { findGroup } from './find-group.ts'
import { constraint, invalidOperation } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'
import { LOT } from './sweep.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const ALLOWED_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** Events with an earlier timestamp have expired, and no operation shows them. 0 where they never do. */
export function expiryBound(ctx: Ctx, { retentionInDays }: Pick<GroupRow, 'retentionInDays'>): number {
  return retentionInDays === null ? 0 : Math.max(0, ctx.now - retentionInDays * DAY_MS)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export function PutRetentionPolicy(ctx: Tx, { logGroupName, retentionInDays }: In<'PutRetentionPolicy'>): void {
  if (!ALLOWED_DAYS.includes(retentionInDays)) {
    throw constraint(
      'retentionInDays',
      retentionInDays,
      `Member must satisfy enum value set: [${ALLOWED_DAYS.join(', ')}]`,
    )
  }
  const group = findGroup(ctx, logGroupName)
  checkClass(group)
  writeRetention(ctx, group, retentionInDays)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export function DeleteRetentionPolicy(ctx: Tx, { logGroupName }: In<'DeleteRetentionPolicy'>): void {
  const group = findGroup(ctx, logGroupName)
  checkClass(group)
  writeRetention(ctx, group, null)
}

function checkClass(group: GroupRow): void {
  if (group.class !== 'DELIVERY') return
  throw invalidOperation('The retention of a log group of class DELIVERY cannot be changed.')
}

function writeRetention(ctx: Tx, group: GroupRow, retentionInDays: number | null): void {
  ctx.sql.run('UPDATE logs_log_groups SET retentionInDays = ? WHERE id = ?', retentionInDays, group.id)
  scheduleExpiry(ctx, { ...group, retentionInDays })
}

/**
 * Sets the timer for the group's oldest event, on the next full hour: readers do not see what has expired, so its
 * deletion need not be to the minute.
 */
function scheduleExpiry(ctx: Tx, group: GroupRow): void {
  const oldest = ctx.sql.first<{ at: number | null }>(
    'SELECT MIN(timestamp) AS at FROM logs_log_events WHERE logGroup = ?',
    group.id,
  )?.at
  const due = oldest === null || oldest === undefined ? null : expiryOf(group, oldest)
  ctx.sql.run('UPDATE logs_log_groups SET expiry = ? WHERE id = ?', due, group.id)
  if (due === null) ctx.timers.clear('retention', String(group.id))
  else ctx.timers.set('retention', String(group.id), due)
}

function expiryOf({ retentionInDays }: GroupRow, timestamp: number): number | null {
  if (retentionInDays === null) return null
  return Math.ceil((timestamp + retentionInDays * DAY_MS + 1) / HOUR_MS) * HOUR_MS
}

/** Notes new events, the oldest of them at `timestamp`: their group's timer must not come later. */
export function expectExpiry(ctx: Tx, group: GroupRow, timestamp: number): void {
  const due = expiryOf(group, timestamp)
  if (due === null || (group.expiry !== null && group.expiry <= due)) return
  ctx.sql.run('UPDATE logs_log_groups SET expiry = ? WHERE id = ?', due, group.id)
  ctx.timers.set('retention', String(group.id), due)
}

/** The timer: deletes what has expired in a group. */
export async function onRetention(ctx: Ctx, key: string): Promise<void> {
  // Between two lots others may use the object, and even delete the group.
  while (ctx.change(tx => deleteExpired(tx, Number(key)))) await scheduler.wait(1)
}

/** Deletes a lot of a group's expired events, the oldest first; answers whether there may be more. */
function deleteExpired(ctx: Tx, id: number): boolean {
  const group = ctx.sql.first<GroupRow>('SELECT * FROM logs_log_groups WHERE id = ?', id)
  if (!group) return false
  const lot = 'SELECT seq FROM logs_log_events WHERE logGroup = ? AND timestamp < ? ORDER BY timestamp, seq LIMIT ?'
  const which = [id, expiryBound(ctx, group), LOT]
  const freed = ctx.sql.all<{ stream: number; bytes: number }>(
    // Events of streams that are gone are no longer counted.
    `SELECT e.stream, SUM(LENGTH(CAST(e.message AS BLOB)) + ${EVENT_OVERHEAD}) AS bytes
     FROM logs_log_events e JOIN logs_log_streams s ON s.id = e.stream WHERE e.seq IN (${lot}) GROUP BY e.stream`,
    ...which,
  )
  for (const { stream, bytes } of freed)
    ctx.sql.run('UPDATE logs_log_streams SET bytes = bytes - ? WHERE id = ?', bytes, stream)
  const total = freed.reduce((sum, { bytes }) => sum + bytes, 0)
  ctx.sql.run('UPDATE logs_log_groups SET bytes = bytes - ? WHERE id = ?', total, id)
  ctx.sql.run(`DELETE FROM logs_log_events WHERE seq IN (${lot})`, ...which)
  if (ctx.sql.changes() === LOT) return true
  scheduleExpiry(ctx, group)
  return false
}
