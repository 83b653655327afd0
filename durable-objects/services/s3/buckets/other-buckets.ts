import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Bucket, findBucket } from './bucket.ts'

/** What one bucket may know of another. */
export type BucketOperations = {
  DescribeBucket: { input: { Bucket: string }; output: Bucket }
}

export function DescribeBucket(ctx: Ctx, _input: { Bucket: string }): Bucket {
  return findBucket(ctx)
}

/** A bucket by name, this or another; undefined when there is none. */
export async function lookUpBucket(ctx: Ctx, name: string): Promise<Bucket | undefined> {
  try {
    if (name === ctx.resource) return findBucket(ctx)
    // On the emulator's own behalf: the caller's permissions are for what it asked.
    return await ctx.call('s3', 'DescribeBucket', { Bucket: name }, { caller: { accountId: ctx.place.account } })
  } catch (error) {
    if (error instanceof AwsError && (error.code === 'NoSuchBucket' || error.code === 'InvalidBucketName'))
      return undefined
    throw error
  }
}
