import type { Ctx } from '../../kernel/object/operation.ts'
import type { Queue } from './schema.ts'

type Looked = Pick<Queue, 'id' | 'fifo'>

/** When the queue's next hidden or delayed message, or busy group, may be received; null when there is none. */
export function nextVisible(ctx: Ctx, queue: Looked): number | null {
  const query = queue.fifo
    ? 'SELECT MIN(availableAt) AS at FROM sqs_message_groups WHERE queue = ? AND availableAt > ?'
    : 'SELECT MIN(visibleAt) AS at FROM sqs_messages WHERE queue = ? AND visibleAt > ?'
  return ctx.sql.first<{ at: number | null }>(query, queue.id, ctx.now)?.at ?? null
}

/** Whether there is a message to receive. */
export function anyVisible(ctx: Ctx, queue: Looked): boolean {
  const query = queue.fifo
    ? 'SELECT 1 FROM sqs_message_groups WHERE queue = ? AND availableAt <= ? LIMIT 1'
    : 'SELECT 1 FROM sqs_messages WHERE queue = ? AND visibleAt <= ? LIMIT 1'
  return ctx.sql.first(query, queue.id, ctx.now) !== undefined
}
