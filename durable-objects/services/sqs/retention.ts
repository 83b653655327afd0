import type { Tx } from '../../kernel/object/operation.ts'
import { queueById, queueOf, retentionMs } from './find-queue.ts'
import { regroup } from './groups.ts'
import type { Queue, QueueRow } from './schema.ts'
import type { ExpirationTickResponse } from './views.ts'

/**
 * Messages end with their queue's retention period. A queue knows a time before which none does, so that sending and
 * receiving pay nothing for it; when that time comes, whoever reads first, or the queue's timer, clears up.
 *
 * @returns how many messages ended
 */
export function expireMessages(ctx: Tx, queue: Queue): number {
  if (queue.expiry === null || ctx.now < queue.expiry) return 0
  const expired = ctx.sql.all<{ groupId: string | null }>(
    'DELETE FROM sqs_messages WHERE queue = ? AND sentAt <= ? RETURNING groupId',
    queue.id,
    ctx.now - retentionMs(queue),
  )
  if (queue.fifo) for (const groupId of new Set(expired.map(row => row.groupId))) regroup(ctx, queue.id, groupId ?? '')
  scheduleExpiry(ctx, queue)
  return expired.length
}

/** Finds the next time at which a message ends: after clearing up, and when the period itself was changed. */
export function scheduleExpiry(ctx: Tx, queue: Queue): void {
  const oldest = ctx.sql.first<{ sentAt: number | null }>(
    'SELECT MIN(sentAt) AS sentAt FROM sqs_messages WHERE queue = ?',
    queue.id,
  )
  if (oldest?.sentAt != null) {
    setExpiry(ctx, queue, oldest.sentAt + retentionMs(queue))
    return
  }
  ctx.sql.run('UPDATE sqs_queues SET expiry = NULL WHERE id = ?', queue.id)
  ctx.timers.clear('retention', String(queue.id))
}

function setExpiry(ctx: Tx, queue: Queue, expiry: number): void {
  ctx.sql.run('UPDATE sqs_queues SET expiry = ? WHERE id = ?', expiry, queue.id)
  ctx.timers.set('retention', String(queue.id), expiry)
}

/** Notes that messages sent at that time have come into the queue. */
export function noteMessages(ctx: Tx, queue: Queue, sentAt: number): void {
  const expiry = sentAt + retentionMs(queue)
  if (queue.expiry === null || expiry < queue.expiry) setExpiry(ctx, queue, expiry)
}

/** The timer: clears up a queue that nobody reads. */
export function retention(ctx: Tx, key: string): void {
  const queue = queueById(ctx, Number(key))
  if (queue) expireMessages(ctx, queue)
}

/** Test tick: ends the messages whose time is over, now. */
export function ExpireMessages(ctx: Tx): ExpirationTickResponse {
  const due = ctx.sql.all<QueueRow>('SELECT * FROM sqs_queues WHERE expiry <= ?', ctx.now)
  return { expiredMessages: due.reduce((sum, row) => sum + expireMessages(ctx, queueOf(row)), 0) }
}
