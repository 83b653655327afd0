import type { Tx } from '../../../kernel/object/operation.ts'
import { append, type RingLog } from '../../../kernel/ring-logs/ring-logs.ts'

export const NOTIFIED: RingLog = { table: 's3_notified', keptRows: 10_000 }
export type NotifiedRow = { key: string; eventType: string; at: number }

/** Keeps an event for `/_fakecloud/s3/notifications`. */
export function noteNotified(ctx: Tx, { key, name }: { key: string; name: string }): void {
  append(ctx.sql, NOTIFIED, { key, eventType: name, at: ctx.now })
}
