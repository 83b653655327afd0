import type { Operations } from '../../worker/models/s3.types.ts'
import type { Ctx, Handlers, ServiceDefinition } from '../operation.ts'
import { collectBlobs } from '../shared/blobs.ts'
import { CopyObject } from './copy-object.ts'
import { ListObjects, ListObjectsV2 } from './listing-objects.ts'
import { ListObjectVersions } from './listing-versions.ts'
import { GetObjectAcl, PutObjectAcl } from './object-acl.ts'
import { GetObjectAttributes } from './object-attributes.ts'
import { DeleteObject, DeleteObjects } from './object-deletion.ts'
import { GetObjectLegalHold, GetObjectRetention, PutObjectLegalHold, PutObjectRetention } from './object-lock.ts'
import { GetObject, HeadObject } from './object-reading.ts'
import { RestoreObject, restored, unrestored } from './object-restoration.ts'
import { DeleteObjectTagging, GetObjectTagging, PutObjectTagging } from './object-tagging.ts'
import { PostObject } from './post-object.ts'
import { PutObject } from './put-object.ts'
import { CompleteMultipartUpload } from './upload-completion.ts'
import { ListMultipartUploads, ListParts } from './upload-listings.ts'
import { WriteGetObjectResponse } from './object-lambda.ts'
import { UploadPartCopy } from './upload-part-copies.ts'
import { UploadPart } from './upload-parts.ts'
import { AbortMultipartUpload, CreateMultipartUpload } from './uploads.ts'

/** What S3 does with objects and multipart uploads. */
export const objectOperations = {
  AbortMultipartUpload,
  CompleteMultipartUpload,
  CopyObject,
  CreateMultipartUpload,
  DeleteObject,
  DeleteObjects,
  DeleteObjectTagging,
  GetObject,
  GetObjectAcl,
  GetObjectAttributes,
  GetObjectLegalHold,
  GetObjectRetention,
  GetObjectTagging,
  HeadObject,
  ListMultipartUploads,
  ListObjects,
  ListObjectsV2,
  ListObjectVersions,
  ListParts,
  PostObject,
  PutObject,
  PutObjectAcl,
  PutObjectLegalHold,
  PutObjectRetention,
  PutObjectTagging,
  RestoreObject,
  UploadPart,
  UploadPartCopy,
  WriteGetObjectResponse,
} satisfies Handlers<Operations>

export const objectTimers = { restored, unrestored } satisfies ServiceDefinition['timers']

/** Deletes what uploads that ended with the process left behind. */
export function wakeObjects(ctx: Ctx): void {
  collectBlobs(ctx)
}
