import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { append, type RingLog, ringPage } from '../../../kernel/ring-logs/ring-logs.ts'

/** An event as `/_fakecloud/s3/notifications` shows it. */
export type ShownNotification = { bucket: string; key: string; eventType: string; timestamp: string }
export type NotificationPage = { notifications: ShownNotification[]; next: number | null }

const PAGE = 5000
const NOTIFIED: RingLog = { table: 's3_notified', keptRows: 10_000 }
type Notified = { key: string; eventType: string; at: number }

/** Keeps an event for `/_fakecloud/s3/notifications`. */
export function noteNotified(ctx: Tx, { key, name }: { key: string; name: string }): void {
  append(ctx.sql, NOTIFIED, { key, eventType: name, at: ctx.now })
}

/**
 * The events of this bucket that some destination listened for, oldest first.
 * @param parameters `after`: where the page before ended
 */
export function notificationsView(ctx: Ctx, parameters: Record<string, string>): NotificationPage {
  const { rows, next } = ringPage<Notified>(ctx.sql, NOTIFIED, { parameters, size: PAGE })
  const notifications = rows.map(({ key, eventType, at }) => ({
    bucket: ctx.resource ?? '',
    key,
    eventType,
    timestamp: new Date(at).toISOString(),
  }))
  return { notifications, next }
}
