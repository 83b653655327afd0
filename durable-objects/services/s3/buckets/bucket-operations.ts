import type { Operations } from '../../../../aws/models/s3.types.ts'
import type { Handlers, ServiceDefinition } from '../../../kernel/object/operation.ts'
import { GetBucketAcl, PutBucketAcl } from '../access/acl.ts'
import { type IndexOperations, ListBuckets, RegisterBucket, UnregisterBucket } from './bucket-index.ts'
import {
  DeleteBucketPolicy,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  policyView,
  PutBucketPolicy,
} from '../access/bucket-policy.ts'
import {
  GetBucketVersioning,
  GetObjectLockConfiguration,
  PutBucketVersioning,
  PutObjectLockConfiguration,
} from './bucket-settings.ts'
import { CreateBucket, DeleteBucket, GetBucketLocation, HeadBucket } from './buckets.ts'
import { configurations } from '../configurations/configurations.ts'
import { preflight } from '../website/cors.ts'
import {
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  PutBucketLifecycleConfiguration,
} from '../lifecycle/lifecycle.ts'
import { lifecycle, lifecycleTick } from '../lifecycle/lifecycle-run.ts'
import { PutBucketLogging } from '../configurations/logging.ts'
import {
  GetBucketNotificationConfiguration,
  PutBucketNotificationConfiguration,
} from '../notifications/notification-configuration.ts'
import { notificationsView } from '../notifications/notification-log.ts'
import { type BucketOperations, DescribeBucket } from './other-buckets.ts'
import { PutBucketReplication } from '../configurations/replication.ts'
import { websiteView } from '../website/website.ts'

/** What S3 does with buckets and their configurations. */
export const bucketOperations = {
  ...configurations,
  CreateBucket,
  DeleteBucket,
  DeleteBucketLifecycle,
  DeleteBucketPolicy,
  DescribeBucket,
  GetBucketAcl,
  GetBucketLifecycleConfiguration,
  GetBucketLocation,
  GetBucketNotificationConfiguration,
  GetBucketPolicy,
  GetBucketPolicyStatus,
  GetBucketVersioning,
  GetObjectLockConfiguration,
  HeadBucket,
  ListBuckets,
  PutBucketAcl,
  PutBucketLifecycleConfiguration,
  PutBucketLogging,
  PutBucketNotificationConfiguration,
  PutBucketPolicy,
  PutBucketReplication,
  PutBucketVersioning,
  PutObjectLockConfiguration,
  RegisterBucket,
  UnregisterBucket,
} satisfies Handlers<Operations & IndexOperations & BucketOperations>

export const bucketTimers = { lifecycle } satisfies ServiceDefinition['timers']

export const bucketViews = {
  notifications: notificationsView,
  lifecycleTick,
  policy: policyView,
  preflight,
  website: websiteView,
} satisfies ServiceDefinition['introspections']
