import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import type { BucketRow } from './bucket-schema.ts'

/** A bucket as handlers know it. */
export type Bucket = Omit<BucketRow, 'objectLock' | 'state'> & { objectLock: boolean }

/**
 * The bucket that this object holds. Whoever awaits between this and a write asks again: it may have been deleted.
 * @throws AwsError NoSuchBucket
 */
export function findBucket(ctx: Ctx): Bucket {
  const row = bucketRow(ctx)
  if (row?.state !== 'ready') throw noSuchBucket(ctx.resource ?? '')
  const { name, owner, region, created, versioning, mfaDelete } = row
  return { name, owner, region, created, versioning, mfaDelete, objectLock: row.objectLock === 1 }
}

/** The bucket's row, whatever its state. */
export function bucketRow(ctx: Ctx): BucketRow | undefined {
  return ctx.sql.kept('s3_bucket', '', () => ctx.sql.first<BucketRow>('SELECT * FROM s3_bucket'))
}

export function noSuchBucket(name: string): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name })
}

export function bucketArn(name: string): string {
  return `arn:aws:s3:::${name}`
}
