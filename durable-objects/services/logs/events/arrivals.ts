import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import type { InputEvent } from './batch.ts'
import { maskOf, OPEN } from '../policies/data-protection.ts'
import { showInTails } from './live-tail.ts'
import type { GroupRow } from '../schema.ts'
import { publishMetrics } from '../metrics.ts'
import { listenersOf } from '../subscriptions/subscribers.ts'
import { sendToSubscriber } from '../subscriptions/subscriptions.ts'
import { transformerOf } from '../transformers/transformers.ts'

/** Events that were just written, the last of all. */
type Written = { group: GroupRow; logStream: string; events: readonly InputEvent[] }

/** Tells everyone who listens to a group of a batch. To be called in the synchronous stretch that wrote it. */
export function announce(ctx: Tx, { group, logStream, events: written }: Written): void {
  const mask = maskOf(ctx, group)
  const shown = (event: InputEvent) => ({ ...event, message: mask({ ...event, ingestedAt: ctx.now }) })
  const events = mask === OPEN ? written : written.map(shown)
  showInTails(ctx, { group, logStreamName: logStream, events })
  const { subscribers, measures } = listenersOf(ctx, group)
  if (subscribers.length === 0 && measures.length === 0) return
  const seen = viewsOf(ctx, group, events)
  for (const measure of measures) {
    publishMetrics(ctx, measure, { group, logStream, events: seen(measure.settings.applyOnTransformedLogs) })
  }
  if (subscribers.length === 0) return
  const last = ctx.sql.first<{ seq: number }>('SELECT MAX(seq) AS seq FROM logs_log_events')?.seq ?? 0
  const numbered = (list: readonly InputEvent[]) =>
    list.map((event, index) => ({ ...event, seq: last - list.length + 1 + index }))
  for (const subscriber of subscribers) {
    sendToSubscriber(ctx, subscriber, { group, logStream, events: numbered(seen(subscriber.transformed)) })
  }
}

/** The events as they came, or as the group's transformer makes them, which is done once. */
function viewsOf(ctx: Ctx, group: GroupRow, events: readonly InputEvent[]) {
  let transformed: InputEvent[] | undefined
  return (wanted: boolean): readonly InputEvent[] => {
    if (!wanted) return events
    const transform = transformerOf(ctx, group)
    transformed ??= events.map(event => ({ ...event, message: transform(event.message) }))
    return transformed
  }
}
