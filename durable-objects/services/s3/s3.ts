import type { Handlers } from '../../kernel/object/operation.ts'
import { newShortRequestId } from '../../../aws/ids.ts'
import { bucketRegion, s3Access } from './access/access.ts'
import type { Operations } from '../../../aws/models/s3.types.ts'
import type { AnyHandler, ServiceDefinition, Tx } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { checkBucketName } from './buckets/bucket-names.ts'
import { bucketMigrations, sequenceMigration } from './buckets/bucket-schema.ts'
import { answerHeaders, CheckPreflight, type PreflightOperations } from './website/cors.ts'
import { home } from './buckets/home.ts'
import { objectMigrations } from './objects/object-schema.ts'
import * as configurations from './configurations/configurations.ts'
import { lifecycle, type LifecycleOperations, RunLifecycle } from './lifecycle/lifecycle-run.ts'
import { DescribeWebsite, type WebsiteOperations } from './website/website.ts'
import * as views from './views.ts'
import * as acl from './access/acl.ts'
import * as bucketIndex from './buckets/bucket-index.ts'
import * as bucketPolicy from './access/bucket-policy.ts'
import * as bucketSettings from './buckets/bucket-settings.ts'
import * as buckets from './buckets/buckets.ts'
import * as copyObject from './copies/copy-object.ts'
import * as lifecycleRules from './lifecycle/lifecycle.ts'
import * as listingObjects from './listings/listing-objects.ts'
import * as listingVersions from './listings/listing-versions.ts'
import * as logging from './configurations/logging.ts'
import * as notificationConfiguration from './notifications/notification-configuration.ts'
import * as objectAcl from './access/object-acl.ts'
import * as objectAttributes from './reading/object-attributes.ts'
import * as objectDeletion from './objects/object-deletion.ts'
import * as objectLambda from './reading/object-lambda.ts'
import * as objectLock from './locks/object-lock.ts'
import * as objectReading from './reading/object-reading.ts'
import * as objectRestoration from './lifecycle/object-restoration.ts'
import * as objectTagging from './tagging/object-tagging.ts'
import * as otherBuckets from './buckets/other-buckets.ts'
import * as postObject from './uploads/post-object.ts'
import * as putObject from './objects/put-object.ts'
import * as replication from './configurations/replication.ts'
import * as uploadCompletion from './uploads/upload-completion.ts'
import * as uploadListings from './uploads/upload-listings.ts'
import * as uploadPartCopies from './copies/upload-part-copies.ts'
import * as uploadParts from './uploads/upload-parts.ts'
import * as uploads from './uploads/uploads.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    s3: Operations & InternalOperations
  }
}

/** What buckets ask of each other and of their index, and the emulator's doors of buckets. */
type InternalOperations = bucketIndex.IndexOperations &
  otherBuckets.BucketOperations &
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

const internal = {
  CheckPreflight,
  DescribeBucket: otherBuckets.DescribeBucket,
  DescribeWebsite,
  RegisterBucket: bucketIndex.RegisterBucket,
  RunLifecycle,
  UnregisterBucket: bucketIndex.UnregisterBucket,
} satisfies Handlers<InternalOperations>

/** What holds for every operation on a bucket, before its own checks. */
function guarded(operations: Record<string, AnyHandler>): Record<string, AnyHandler> {
  const guard = (name: string, handler: AnyHandler) => (ctx: Tx, input: Record<string, unknown>) => {
    if (typeof input.Bucket === 'string' && name !== 'CreateBucket') checkBucketName(input.Bucket)
    buckets.checkExpectedOwner(ctx, input.ExpectedBucketOwner)
    return handler(ctx, input as never) // as it came: its type was checked when it was decoded
  }
  return Object.fromEntries(Object.entries(operations).map(([name, handler]) => [name, guard(name, handler)]))
}

export const s3: ServiceDefinition = {
  operations: guarded(
    operationsOf(
      's3',
      acl,
      bucketIndex,
      bucketPolicy,
      bucketSettings,
      buckets,
      configurations,
      copyObject,
      lifecycleRules,
      listingObjects,
      listingVersions,
      logging,
      notificationConfiguration,
      objectAcl,
      objectAttributes,
      objectDeletion,
      objectLambda,
      objectLock,
      objectReading,
      objectRestoration,
      objectTagging,
      otherBuckets,
      postObject,
      putObject,
      replication,
      uploadCompletion,
      uploadListings,
      uploadPartCopies,
      uploadParts,
      uploads,
    ),
  ),
  migrations: [...bucketMigrations, ...objectMigrations, sequenceMigration],
  timers: { lifecycle, restored: objectRestoration.restored, unrestored: objectRestoration.unrestored },
  internal: guarded(internal),
  views,
  policyForCredentials: bucketPolicy.policyForCredentials,
  tagConditions: resource => [/\/.|\/$/.test(resource) ? 's3:ExistingObjectTag' : 'aws:ResourceTag'],
  resourceTags: objectTagging.objectTags,
  onWake: buckets.resumeBucket,
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
