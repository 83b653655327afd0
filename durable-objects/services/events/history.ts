import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import type { BusEvent } from './schema.ts'

/** Events, and what was sent to functions and log groups, kept for `/_fakecloud/events/history`: the newest that many. */
const KEPT = 5000

export function noteEvent(ctx: Tx, bus: string, event: BusEvent): void {
  const row = ctx.sql.first<{ seq: number }>(
    'INSERT INTO events_history (id, source, detailType, detail, bus, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq',
    event.id,
    event.source,
    event['detail-type'],
    JSON.stringify(event.detail),
    bus,
    ctx.now,
  )
  if (row && row.seq % 500 === 0) ctx.sql.run('DELETE FROM events_history WHERE seq <= ?', row.seq - KEPT)
}

type Sent = { kind: 'lambda' | 'logs'; arn: string; payload: string }

export function noteSent(ctx: Tx, { kind, arn, payload }: Sent): void {
  const row = ctx.sql.first<{ seq: number }>(
    'INSERT INTO events_sent (kind, arn, payload, at) VALUES (?, ?, ?, ?) RETURNING seq',
    kind,
    arn,
    payload,
    ctx.now,
  )
  if (row && row.seq % 500 === 0) ctx.sql.run('DELETE FROM events_sent WHERE seq <= ?', row.seq - KEPT)
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
  seq: number
  id: string
  source: string
  detailType: string
  detail: string
  bus: string
  at: number
}

/** @param parameters `after`: where the page before ended */
export function eventsView(ctx: Ctx, { after = '0' }: Record<string, string>): EventPage {
  const rows = ctx.sql.all<HistoryRow>(
    'SELECT * FROM events_history WHERE seq > ? ORDER BY seq LIMIT ?',
    Number(after),
    PAGE,
  )
  const events = rows.map(row => ({
    eventId: row.id,
    source: row.source,
    detailType: row.detailType,
    detail: row.detail,
    busName: row.bus,
    timestamp: new Date(row.at).toISOString(),
  }))
  return { events, next: rows.length === PAGE ? (rows.at(-1)?.seq ?? null) : null }
}

/** @param parameters `after`: where the page before ended */
export function deliveriesView(ctx: Ctx, { after = '0' }: Record<string, string>): DeliveryPage {
  const rows = ctx.sql.all<Sent & { seq: number; at: number }>(
    'SELECT * FROM events_sent WHERE seq > ? ORDER BY seq LIMIT ?',
    Number(after),
    PAGE,
  )
  const deliveries = rows.map(({ kind, arn, payload, at }) => ({
    kind,
    arn,
    payload,
    timestamp: new Date(at).toISOString(),
  }))
  return { deliveries, next: rows.length === PAGE ? (rows.at(-1)?.seq ?? null) : null }
}
