import type { LifecycleReport } from '../../durable-objects/services/s3/lifecycle/lifecycle-run.ts'
import type {
  NotificationPage,
  ShownNotification,
} from '../../durable-objects/services/s3/notifications/notification-log.ts'
import type { AccessPointView } from '../../durable-objects/services/s3control/introspection.ts'
import type { ResponsePage, ResponseView } from '../../durable-objects/services/s3control/responses.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { pagesOf, viewAll, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

/**
 * `GET /_fakecloud/s3/notifications` → `{ notifications }`, every event that a bucket's configuration sent on, oldest
 * first; `GET …/access-points` → `{ accessPoints }`; `GET …/object-lambda-responses` → `{ responses }`, what functions
 * wrote to WriteGetObjectResponse; `POST /_fakecloud/s3/lifecycle-processor/tick` → what the lifecycles of all buckets
 * did, run at once.
 */
export function s3Admin(app: AdminApp): void {
  app.get('/_fakecloud/s3/notifications', async c => c.json({ notifications: await notifications(c) }))
  app.get('/_fakecloud/s3/access-points', async c => {
    const places = await viewAll<AccessPointView[]>(c, 's3control', 'accessPoints')
    return c.json({ accessPoints: places.flat() })
  })
  app.get('/_fakecloud/s3/object-lambda-responses', async c => c.json({ responses: await responses(c) }))
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
  const pages = (await pagesOf<NotificationPage>(c, 's3', 'notifications')).flat()
  return pages
    .flatMap(page => page.notifications)
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
}

async function responses(c: AdminContext): Promise<ResponseView[]> {
  await settleAsked(c)
  return (await pagesOf<ResponsePage>(c, 's3control', 'objectLambdaResponses')).flat().flatMap(page => page.responses)
}
