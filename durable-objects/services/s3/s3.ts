import { newShortRequestId } from '../../../aws/ids.ts'
import { type IndexOperations, RegisterBucket, UnregisterBucket } from './buckets/bucket-index.ts'
import { type BucketOperations, DescribeBucket } from './buckets/other-buckets.ts'
import { bucketRegion, s3Access } from './access/access.ts'
import type { Operations } from '../../../aws/models/s3.types.ts'
import type { AnyHandler, Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { bucketOperations, bucketTimers } from './buckets/bucket-operations.ts'
import { checkBucketName } from './buckets/bucket-names.ts'
import { bucketMigrations, sequenceMigration } from './buckets/bucket-schema.ts'
import { checkExpectedOwner, resumeBucket } from './buckets/buckets.ts'
import { policyForCredentials } from './access/bucket-policy.ts'
import { type LifecycleOperations, RunLifecycle } from './lifecycle/lifecycle-run.ts'
import { answerHeaders, CheckPreflight, type PreflightOperations } from './website/cors.ts'
import { DescribeWebsite, type WebsiteOperations } from './website/website.ts'
import * as views from './views.ts'
import { home } from './buckets/home.ts'
import { objectOperations, objectTimers } from './objects/object-operations.ts'
import { objectMigrations } from './objects/object-schema.ts'
import { objectTags } from './tagging/object-tagging.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    s3: Operations & InternalOperations
  }
}

/** What buckets ask of each other and of their index, and the emulator's doors of buckets. */
type InternalOperations = IndexOperations &
  BucketOperations &
  LifecycleOperations &
  PreflightOperations &
  WebsiteOperations

/*
 * S3. Each bucket is an object of its own, with all that is in it; an index of its buckets is kept for each account.
 *
 * Known gaps and choices:
 * - A bucket answers in every region; AWS sends a request to another region on with 301 PermanentRedirect. Whoever
 *   tests often mixes regions, and the official clients follow such redirects anyway.
 * - Configurations that are kept and given back, and do nothing yet: replication, logging, inventory, analytics, metrics,
 *   intelligent tiering, acceleration, request payment, ABAC. Topics are not asked whether they are there.
 * - Directory buckets (and RenameObject, which only they have), account-regional bucket names and metadata tables
 *   answer 501: each is a service of its own in all but name. Access points are S3 Control's.
 * - SelectObjectContent answers 501: it wants a SQL engine over CSV, JSON and Parquet, and AWS has closed it to new
 *   customers. So do GetObjectTorrent, which AWS has withdrawn, annotations, event holds and the XXHASH checksums.
 * - A deleted bucket's name is free at once. SSE-C is not blocked on new buckets.
 * - Nothing is encrypted: what SSE-S3, SSE-KMS and SSE-C say is kept, told and, for a customer's key, compared.
 * - ETags are MD5s whatever the encryption. RestoreObject takes as long as AWS states at most, by the clock.
 * - Forms and URLs signed by Signature Version 2 (boto3's presigned posts) are taken, but not where signatures are
 *   verified. A CompleteMultipartUpload is answered at once, and remembered for the thousand uploads that follow it.
 * - Content-MD5 of configuration requests is not compared. MFA delete is kept, and asks for no code.
 */
const operations = { ...bucketOperations, ...objectOperations } satisfies Handlers<Operations>

const internal = {
  CheckPreflight,
  DescribeBucket,
  DescribeWebsite,
  RegisterBucket,
  RunLifecycle,
  UnregisterBucket,
} satisfies Handlers<InternalOperations>

/** What holds for every operation on a bucket, before its own checks. */
function guarded(name: string, handler: AnyHandler): AnyHandler {
  return (ctx, input: Record<string, unknown>) => {
    if (typeof input.Bucket === 'string' && name !== 'CreateBucket') checkBucketName(input.Bucket)
    checkExpectedOwner(ctx, input.ExpectedBucketOwner)
    return handler(ctx, input as never) // as it came: its type was checked when it was decoded
  }
}

const guardedAll = (handlers: Record<string, AnyHandler>) =>
  Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, guarded(name, handler)]))

export const s3: ServiceDefinition = {
  operations: guardedAll(operations),
  internal: guardedAll(internal),
  views,
  migrations: [...bucketMigrations, ...objectMigrations, sequenceMigration],
  timers: { ...bucketTimers, ...objectTimers },
  policyForCredentials,
  tagConditions: resource => [/\/.|\/$/.test(resource) ? 's3:ExistingObjectTag' : 'aws:ResourceTag'],
  resourceTags: objectTags,
  onWake: resumeBucket,
  target: { operation: 'PutObject', input: (_arn, Bucket, { bytes }) => ({ Bucket, Body: bytes() }) },
  answerHeaders,
  home,
  access: s3Access,
  dialect: 's3',
  signedRegion: bucketRegion,
  ownersWay: operation => /^(?:Get|Put|Delete)BucketPolicy$/.test(operation),
  wire: {
    requestId: newShortRequestId,
    overLimit: { code: 'EntityTooLarge', message: 'Your proposed upload exceeds the maximum allowed size' },
    validation: {
      code: 'MalformedXML',
      documents: {
        message: 'The XML you provided was not well-formed or did not validate against our published schema',
        // These have refusals of their own.
        except: /locationConstraint|events\.\d+\.member|\.events$|filterRules|tagSet|accessControlPolicy|delete/i,
      },
    },
  },
}
