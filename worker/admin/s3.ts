import type { LifecycleReport } from '../../durable-objects/s3/lifecycle-run.ts'
import type { NotificationPage, ShownNotification } from '../../durable-objects/s3/notification-log.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { objectsOf, viewNow } from './admin.ts'
import { settleAsked } from './settle.ts'

/**
 * `GET /_fakecloud/s3/notifications` → `{ notifications }`, every event that a bucket's configuration sent on, oldest
 * first; `POST /_fakecloud/s3/lifecycle-processor/tick` → what the lifecycles of all buckets did, run at once.
 */
export function s3Admin(app: AdminApp): void {
  app.get('/_fakecloud/s3/notifications', async c => c.json({ notifications: await notifications(c) }))
  app.post('/_fakecloud/s3/lifecycle-processor/tick', async c => {
    const reports = await viewNow<LifecycleReport>(c, 's3', 'lifecycleTick')
    const sum = (count: (report: LifecycleReport) => number) =>
      reports.reduce((total, report) => total + count(report), 0)
    return c.json({
      processedBuckets: sum(({ processedBuckets }) => processedBuckets),
      expiredObjects: sum(({ expiredObjects }) => expiredObjects),
      transitionedObjects: sum(({ transitionedObjects }) => transitionedObjects),
    })
  })
}

async function notifications(c: AdminContext): Promise<ShownNotification[]> {
  await settleAsked(c)
  const names = await objectsOf(c, 's3')
  const lists = await Promise.all(names.map(name => notificationsOf(c, name)))
  return lists.flat().sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
}

async function notificationsOf(c: AdminContext, name: string): Promise<ShownNotification[]> {
  const found: ShownNotification[] = []
  for (let after: number | null = 0; after !== null; ) {
    const answer = await c.env.OBJECTS.getByName(name).introspect('notifications', { after: String(after) })
    const page = answer as NotificationPage // that view's own shape
    found.push(...page.notifications)
    after = page.next
  }
  return found
}
