import { ringPage } from '../../kernel/ring-logs/ring-logs.ts'
import { view } from '../../kernel/views/view.ts'
import { HISTORY, type HistoryRow, SENT, type SentRow } from './history.ts'

/** An event that came to a bus; `detail` is its JSON. */
export type EventBridgeEvent = {
  eventId: string
  source: string
  detailType: string
  detail: string
  busName: string
  timestamp: string
}
export type EventBridgeLambdaDelivery = { functionArn: string; payload: string; timestamp: string }
export type EventBridgeLogDelivery = { logGroupArn: string; payload: string; timestamp: string }
export type EventBridgeDeliveries = { lambda: EventBridgeLambdaDelivery[]; logs: EventBridgeLogDelivery[] }
export type EventHistoryResponse = { events: EventBridgeEvent[]; deliveries: EventBridgeDeliveries }
/** `busName` is `default` unless given. */
export type FireRuleRequest = { busName?: string | undefined; ruleName: string }
export type FireRuleResponse = { targets: { type: string; arn: string }[] }

/** Every event that came to a bus, and what went to functions and log groups. */
export const history = view<EventHistoryResponse>({
  none: { events: [], deliveries: { lambda: [], logs: [] } },
  by: 'timestamp',
  // Small enough for one answer between objects, whatever the events' sizes.
  page: 50,
  read(ctx, { limit, after = '' }) {
    const [eventsAfter, sentAfter] = after.split('.')
    const events = ringPage<HistoryRow>(ctx.sql, HISTORY, { limit, after: eventsAfter })
    const sent = ringPage<SentRow>(ctx.sql, SENT, { limit, after: sentAfter })
    const kindOf = (wanted: SentRow['kind']) => sent.rows.filter(({ kind }) => kind === wanted)
    const lambda = kindOf('lambda').map(({ arn, payload, at }) => ({ functionArn: arn, payload, timestamp: iso(at) }))
    const logs = kindOf('logs').map(({ arn, payload, at }) => ({ logGroupArn: arn, payload, timestamp: iso(at) }))
    const more = events.next !== undefined || sent.next !== undefined
    const ends = [events.rows.at(-1)?.seq ?? eventsAfter, sent.rows.at(-1)?.seq ?? sentAfter]
    const next = more ? ends.join('.') : undefined
    return { events: events.rows.map(shownEvent), deliveries: { lambda, logs }, next }
  },
})

const iso = (at: number) => new Date(at).toISOString()

function shownEvent({ id: eventId, source, detailType, detail, bus: busName, at }: HistoryRow): EventBridgeEvent {
  return { eventId, source, detailType, detail, busName, timestamp: iso(at) }
}
