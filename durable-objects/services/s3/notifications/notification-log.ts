import type { Ctx } from '../../../kernel/object/operation.ts'

/** An event as `/_fakecloud/s3/notifications` shows it. */
export type ShownNotification = { bucket: string; key: string; eventType: string; timestamp: string }
export type NotificationPage = { notifications: ShownNotification[]; next: number | null }

const PAGE = 5000

/**
 * The events of this bucket that some destination listened for, oldest first.
 * @param parameters `after`: where the page before ended
 */
export function notificationsView(ctx: Ctx, { after = '0' }: Record<string, string>): NotificationPage {
  const rows = ctx.sql.all<{ seq: number; key: string; eventType: string; at: number }>(
    'SELECT seq, key, eventType, at FROM s3_notified WHERE seq > ? ORDER BY seq LIMIT ?',
    Number(after),
    PAGE,
  )
  return {
    notifications: rows.map(({ key, eventType, at }) => ({
      bucket: ctx.resource ?? '',
      key,
      eventType,
      timestamp: new Date(at).toISOString(),
    })),
    next: rows.length === PAGE ? (rows.at(-1)?.seq ?? null) : null,
  }
}
