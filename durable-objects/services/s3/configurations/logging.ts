import type { In } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Bucket, findBucket } from '../buckets/bucket.ts'
import { missingBody } from './configuration-handlers.ts'
import { putConfiguration } from './configuration.ts'
import { lookUpBucket } from '../buckets/other-buckets.ts'

/**
 * Access logs are to go to another bucket of the same account and region.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
 */
export async function PutBucketLogging(ctx: Ctx, input: In<'PutBucketLogging'>): Promise<void> {
  const bucket = findBucket(ctx)
  const { BucketLoggingStatus: asked } = input
  if (!asked) throw missingBody()
  if (asked.LoggingEnabled) await checkTarget(ctx, bucket, asked.LoggingEnabled.TargetBucket)
  findBucket(ctx)
  ctx.change(tx => putConfiguration(tx, { kind: 'logging' }, asked))
}

async function checkTarget(ctx: Ctx, bucket: Bucket, target: string): Promise<void> {
  const found = await lookUpBucket(ctx, target)
  if (!found) {
    const fields = { TargetBucket: target }
    throw new AwsError('InvalidTargetBucketForLogging', 'The target bucket for logging does not exist', 400, fields)
  }
  if (found.owner !== bucket.owner) {
    const message = 'The owner for the bucket to be logged and the target bucket must be the same.'
    throw new AwsError('InvalidTargetBucketForLogging', message, 400, { TargetBucket: target })
  }
  if (found.region === bucket.region) return
  const fields = { TargetBucketLocation: found.region }
  throw new AwsError('CrossLocationLoggingProhibitted', 'Cross S3 location logging not allowed. ', 403, fields)
}
