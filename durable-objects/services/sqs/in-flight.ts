import type { Ctx } from '../../kernel/object/operation.ts'
import type { Queue } from './schema.ts'

/** AWS's limit of messages in flight in a queue. */
const MAX_IN_FLIGHT = 120_000

/** No more than so many messages are in flight, by queue: counted once, then raised by every receive. */
function boundsOf(ctx: Ctx): Map<number, number> {
  return ctx.memory<Map<number, number>>('sqs.inFlight', () => new Map())
}

/**
 * Whether a queue has as many messages in flight as it may. They are counted when they could be that many, not at every
 * receive, whose cost would grow with them.
 */
export function isFull(ctx: Ctx, queue: Queue): boolean {
  const bounds = boundsOf(ctx)
  if ((bounds.get(queue.id) ?? MAX_IN_FLIGHT) < MAX_IN_FLIGHT) return false
  const row = ctx.sql.first<{ n: number }>(
    'SELECT COUNT(*) AS n FROM sqs_messages WHERE queue = ? AND visibleAt > ? AND receiveCount > 0',
    queue.id,
    ctx.now,
  )
  const count = row?.n ?? 0
  bounds.set(queue.id, count)
  return count >= MAX_IN_FLIGHT
}

/** Notes that messages have come in flight. */
export function noteInFlight(ctx: Ctx, queue: number, messages: number): void {
  const bounds = boundsOf(ctx)
  const bound = bounds.get(queue)
  if (bound !== undefined) bounds.set(queue, bound + messages)
}
