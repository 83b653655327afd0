import type { Ctx } from '../operation.ts'
import type { InputEvent } from './batch.ts'
import { showInTails } from './live-tail.ts'
import type { GroupRow } from './schema.ts'
import { publishMetrics } from './metrics.ts'
import { listenersOf } from './subscribers.ts'
import { sendToSubscriber } from './subscriptions.ts'

/** Events that were just written, the last of all. */
type Written = { group: GroupRow; logStream: string; events: readonly InputEvent[] }

/** Tells everyone who listens to a group of a batch. To be called in the synchronous stretch that wrote it. */
export function announce(ctx: Ctx, { group, logStream, events }: Written): void {
  showInTails(ctx, { group, logStreamName: logStream, events })
  const { subscribers, measures } = listenersOf(ctx, group)
  for (const measure of measures) publishMetrics(ctx, measure, { group, logStream, events })
  if (subscribers.length === 0) return
  const last = ctx.sql.first<{ seq: number }>('SELECT MAX(seq) AS seq FROM log_events')?.seq ?? 0
  const numbered = events.map((event, index) => ({ ...event, seq: last - events.length + 1 + index }))
  for (const subscriber of subscribers) sendToSubscriber(ctx, subscriber, { group, logStream, events: numbered })
}
