import type { AdminApp } from './admin.ts'
import { askAll } from './ask.ts'

/** `POST /_fakecloud/s3/lifecycle-processor/tick` → what the lifecycles of all buckets did, run at once. */
export function s3Admin(app: AdminApp): void {
  app.post('/_fakecloud/s3/lifecycle-processor/tick', async c => {
    const all = { processedBuckets: 0, expiredObjects: 0, transitionedObjects: 0 }
    for (const report of await askAll(c, { service: 's3', operation: 'RunLifecycle', input: {} })) {
      all.processedBuckets += report.processedBuckets
      all.expiredObjects += report.expiredObjects
      all.transitionedObjects += report.transitionedObjects
    }
    return c.json(all)
  })
}
