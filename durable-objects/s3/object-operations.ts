import type { Operations } from '../../worker/models/s3.types.ts'
import type { Ctx, Handlers, ServiceDefinition } from '../operation.ts'
import { collectBlobs } from '../shared/blobs.ts'
import { ListObjects, ListObjectsV2 } from './listing-objects.ts'
import { ListObjectVersions } from './listing-versions.ts'
import { DeleteObject, DeleteObjects } from './object-deletion.ts'
import { GetObject, HeadObject } from './object-reading.ts'
import { PutObject } from './put-object.ts'

/** What S3 does with objects and multipart uploads. */
export const objectOperations = {
  DeleteObject,
  DeleteObjects,
  GetObject,
  HeadObject,
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  PutObject,
} satisfies Handlers<Operations>

export const objectTimers: ServiceDefinition['timers'] = {}

/** Deletes what uploads that ended with the process left behind. */
export function wakeObjects(ctx: Ctx): void {
  collectBlobs(ctx)
}
