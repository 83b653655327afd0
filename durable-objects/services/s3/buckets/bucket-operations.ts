import type { Operations } from '../../../../aws/models/s3.types.ts'
import type { Handlers, ServiceDefinition } from '../../../kernel/object/operation.ts'
import { GetBucketAcl, PutBucketAcl } from '../access/acl.ts'
import { ListBuckets } from './bucket-index.ts'
import { DeleteBucketPolicy, GetBucketPolicy, GetBucketPolicyStatus, PutBucketPolicy } from '../access/bucket-policy.ts'
import {
  GetBucketVersioning,
  GetObjectLockConfiguration,
  PutBucketVersioning,
  PutObjectLockConfiguration,
} from './bucket-settings.ts'
import { CreateBucket, DeleteBucket, GetBucketLocation, HeadBucket } from './buckets.ts'
import { configurations } from '../configurations/configurations.ts'
import {
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  PutBucketLifecycleConfiguration,
} from '../lifecycle/lifecycle.ts'
import { lifecycle } from '../lifecycle/lifecycle-run.ts'
import { PutBucketLogging } from '../configurations/logging.ts'
import {
  GetBucketNotificationConfiguration,
  PutBucketNotificationConfiguration,
} from '../notifications/notification-configuration.ts'
import { PutBucketReplication } from '../configurations/replication.ts'

/** What S3 does with buckets and their configurations. */
export const bucketOperations = {
  ...configurations,
  CreateBucket,
  DeleteBucket,
  DeleteBucketLifecycle,
  DeleteBucketPolicy,
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
} satisfies Handlers<Operations>

export const bucketTimers = { lifecycle } satisfies ServiceDefinition['timers']
