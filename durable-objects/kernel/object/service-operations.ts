import type { Operations as Cloudwatch } from '../../../aws/models/cloudwatch.types.ts'
import type { Operations as Events } from '../../../aws/models/events.types.ts'
import type { Operations as Iam } from '../../../aws/models/iam.types.ts'
import type { Operations as Lambda } from '../../../aws/models/lambda.types.ts'
import type { Operations as Logs } from '../../../aws/models/logs.types.ts'
import type { Operations as S3 } from '../../../aws/models/s3.types.ts'
import type { Operations as S3Control } from '../../../aws/models/s3control.types.ts'
import type { Operations as Scheduler } from '../../../aws/models/scheduler.types.ts'
import type { Operations as Sns } from '../../../aws/models/sns.types.ts'
import type { Operations as Sqs } from '../../../aws/models/sqs.types.ts'
import type { Operations as Sts } from '../../../aws/models/sts.types.ts'
import type { MappingOperations } from '../../services/lambda/mappings/mappings.ts'
import type { ForwardingOperations } from '../../services/logs/subscriptions/forwarding.ts'
import type { VendingOperations } from '../../services/logs/deliveries/vended-logs.ts'
import type { InternalOperations as InternalEvents } from '../../services/events/events.ts'
import type { IndexOperations } from '../../services/s3/buckets/bucket-index.ts'
import type { BucketOperations } from '../../services/s3/buckets/other-buckets.ts'
import type { WatcherOperations } from '../../services/sqs/watchers.ts'

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
