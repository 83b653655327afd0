import { ringPage } from '../../kernel/ring-logs/ring-logs.ts'
import { view } from '../../kernel/views/view.ts'
import { NOTIFIED, type NotifiedRow } from './notifications/notification-log.ts'

/** An S3 event that at least one notification configuration matched. */
export type S3Notification = { bucket: string; key: string; eventType: string; timestamp: string }
export type S3NotificationsResponse = { notifications: S3Notification[] }
export type LifecycleTickResponse = {
  processedBuckets: number
  expiredObjects: number
  transitionedObjects: number
}

/** The events that some destination listened for, oldest first. */
export const notifications = view<S3NotificationsResponse>({
  none: { notifications: [] },
  by: 'timestamp',
  page: 5000,
  read(ctx, asked) {
    const { rows, next } = ringPage<NotifiedRow>(ctx.sql, NOTIFIED, asked)
    const bucket = ctx.resource ?? ''
    const shown = rows.map(({ key, eventType, at }) => ({
      bucket,
      key,
      eventType,
      timestamp: new Date(at).toISOString(),
    }))
    return { notifications: shown, next }
  },
})
