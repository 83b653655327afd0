import type { Tx } from '../../kernel/object/operation.ts'
import { append, type RingLog } from '../../kernel/ring-logs/ring-logs.ts'
import type { BusEvent } from './schema.ts'

/** Events, and what was sent to functions and log groups, for `/_fakecloud/events/history`. */
const KEPT = { keptRows: 5000, keptBytes: 64 * 1024 * 1024 }
export const HISTORY: RingLog = { table: 'events_history', ...KEPT }
export const SENT: RingLog = { table: 'events_sent', ...KEPT }

export function noteEvent(ctx: Tx, bus: string, event: BusEvent): void {
  const { id, source, 'detail-type': detailType } = event
  append(ctx.sql, HISTORY, { id, source, detailType, detail: JSON.stringify(event.detail), bus, at: ctx.now })
}

type Sent = { kind: 'lambda' | 'logs'; arn: string; payload: string }

export function noteSent(ctx: Tx, sent: Sent): void {
  append(ctx.sql, SENT, { ...sent, at: ctx.now })
}

export type SentRow = Sent & { seq: number; at: number }
export type HistoryRow = {
  seq: number
  id: string
  source: string
  detailType: string
  detail: string
  bus: string
  at: number
}
