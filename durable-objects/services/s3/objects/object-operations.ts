import type { Operations } from '../../../../aws/models/s3.types.ts'
import type { Handlers, ServiceDefinition } from '../../../kernel/object/operation.ts'
import { CopyObject } from '../copies/copy-object.ts'
import { ListObjects, ListObjectsV2 } from '../listings/listing-objects.ts'
import { ListObjectVersions } from '../listings/listing-versions.ts'
import { GetObjectAcl, PutObjectAcl } from '../access/object-acl.ts'
import { GetObjectAttributes } from '../reading/object-attributes.ts'
import { DeleteObject, DeleteObjects } from './object-deletion.ts'
import { GetObjectLegalHold, GetObjectRetention, PutObjectLegalHold, PutObjectRetention } from '../locks/object-lock.ts'
import { GetObject, HeadObject } from '../reading/object-reading.ts'
import { RestoreObject, restored, unrestored } from '../lifecycle/object-restoration.ts'
import { DeleteObjectTagging, GetObjectTagging, PutObjectTagging } from '../tagging/object-tagging.ts'
import { PostObject } from '../uploads/post-object.ts'
import { PutObject } from './put-object.ts'
import { CompleteMultipartUpload } from '../uploads/upload-completion.ts'
import { ListMultipartUploads, ListParts } from '../uploads/upload-listings.ts'
import { WriteGetObjectResponse } from '../reading/object-lambda.ts'
import { UploadPartCopy } from '../copies/upload-part-copies.ts'
import { UploadPart } from '../uploads/upload-parts.ts'
import { AbortMultipartUpload, CreateMultipartUpload } from '../uploads/uploads.ts'

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
