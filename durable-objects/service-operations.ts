import type { Operations as Cloudwatch } from '../worker/models/cloudwatch.types.ts'
import type { Operations as Events } from '../worker/models/events.types.ts'
import type { Operations as Iam } from '../worker/models/iam.types.ts'
import type { Operations as Lambda } from '../worker/models/lambda.types.ts'
import type { Operations as Logs } from '../worker/models/logs.types.ts'
import type { Operations as S3 } from '../worker/models/s3.types.ts'
import type { Operations as S3Control } from '../worker/models/s3control.types.ts'
import type { Operations as Scheduler } from '../worker/models/scheduler.types.ts'
import type { Operations as Sns } from '../worker/models/sns.types.ts'
import type { Operations as Sqs } from '../worker/models/sqs.types.ts'
import type { Operations as Sts } from '../worker/models/sts.types.ts'
import type { MappingOperations } from './lambda/mappings.ts'
import type { ForwardingOperations } from './logs/forwarding.ts'
import type { VendingOperations } from './logs/vended-logs.ts'
import type { InternalOperations as InternalEvents } from './events/events.ts'
import type { IndexOperations } from './s3/bucket-index.ts'
import type { BucketOperations } from './s3/other-buckets.ts'
import type { WatcherOperations } from './sqs/watchers.ts'

/** The generated operation types of each service that is built, for `ctx.call`. */
export type ServiceOperations = {
  cloudwatch: Cloudwatch
  events: Events & InternalEvents
  iam: Iam
  lambda: Lambda & MappingOperations
  logs: Logs & ForwardingOperations & VendingOperations
  s3: S3 & IndexOperations & BucketOperations
  s3control: S3Control
  scheduler: Scheduler
  sns: Sns
  sqs: Sqs & WatcherOperations
  sts: Sts
}

export type ServiceName = keyof ServiceOperations
