import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { append, type RingLog, ringPage } from '../../kernel/ring-logs/ring-logs.ts'
import type { BusEvent } from './schema.ts'

/** Events, and what was sent to functions and log groups, for `/_fakecloud/events/history`. */
const KEPT = { keptRows: 5000, keptBytes: 64 * 1024 * 1024 }
const HISTORY: RingLog = { table: 'events_history', ...KEPT }
const SENT: RingLog = { table: 'events_sent', ...KEPT }

export function noteEvent(ctx: Tx, bus: string, event: BusEvent): void {
  const { id, source, 'detail-type': detailType } = event
  append(ctx.sql, HISTORY, { id, source, detailType, detail: JSON.stringify(event.detail), bus, at: ctx.now })
}

type Sent = { kind: 'lambda' | 'logs'; arn: string; payload: string }

export function noteSent(ctx: Tx, sent: Sent): void {
  append(ctx.sql, SENT, { ...sent, at: ctx.now })
}

export type ShownEvent = {
  eventId: string
  source: string
  detailType: string
  detail: string
  busName: string
  timestamp: string
}
export type ShownDelivery = Sent & { timestamp: string }
export type EventPage = { events: ShownEvent[]; next: number | null }
export type DeliveryPage = { deliveries: ShownDelivery[]; next: number | null }

/** Small enough for one answer between objects, whatever the events' sizes. */
const PAGE = 50

type HistoryRow = {
  id: string
  source: string
  detailType: string
  detail: string
  bus: string
  at: number
}

/** @param parameters `after`: where the page before ended */
export function eventsView(ctx: Ctx, parameters: Record<string, string>): EventPage {
  const { rows, next } = ringPage<HistoryRow>(ctx.sql, HISTORY, { parameters, size: PAGE })
  const events = rows.map(row => ({
    eventId: row.id,
    source: row.source,
    detailType: row.detailType,
    detail: row.detail,
    busName: row.bus,
    timestamp: new Date(row.at).toISOString(),
  }))
  return { events, next }
}

/** @param parameters `after`: where the page before ended */
export function deliveriesView(ctx: Ctx, parameters: Record<string, string>): DeliveryPage {
  const { rows, next } = ringPage<Sent & { at: number }>(ctx.sql, SENT, { parameters, size: PAGE })
  const deliveries = rows.map(({ kind, arn, payload, at }) => ({
    kind,
    arn,
    payload,
    timestamp: new Date(at).toISOString(),
  }))
  return { deliveries, next }
}
