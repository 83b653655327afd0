import type { Ctx } from '../../../kernel/object/operation.ts'
import type { AwsError } from '../../../../aws/errors.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { expirationHeader } from '../lifecycle/lifecycle.ts'
import { checkCustomerKey, type CustomerKey } from './object-encryption.ts'
import { isDeleteMarker, noSuchKey } from './object-refusals.ts'
import { findVersion, latestOf, latestWithBody, openBucket, shownTime } from './object-rows.ts'
import { factsOf, type ObjectFacts, type ObjectRow } from './object-schema.ts'

/** A version of an object, not a delete marker. */
export type Found = { bucket: Bucket; row: ObjectRow; facts: ObjectFacts }

type Named = {
  Key: string
  VersionId?: string | undefined
  ExpectedBucketOwner?: string | undefined
}

/**
 * The version that a request names, or the newest.
 * @throws AwsError NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker
 */
export function findObject(ctx: Ctx, input: Named, method: string): Found {
  const bucket = openBucket(ctx, input)
  const row = findVersion(ctx, input.Key, input.VersionId, ctx.operation === 'GetObject' ? latestWithBody : latestOf)
  if (row.marker) throw markerRefusal(row, { method, named: input.VersionId !== undefined })
  return { bucket, row, facts: factsOf(row) }
}

/** The version that a request reads, with the key that its customer encrypted it with. @throws AwsError */
export function findReadable(ctx: Ctx, input: Named & CustomerKey, method: string): Found {
  const found = findObject(ctx, input, method)
  checkCustomerKey(input, found.facts.encryption)
  return found
}

function markerRefusal(row: ObjectRow, asked: { method: string; named: boolean }): AwsError {
  if (!asked.named) return noSuchKey(row.key, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': row.versionId })
  return isDeleteMarker(asked.method, {
    'x-amz-version-id': row.versionId,
    'last-modified': shownTime(row.modified).toUTCString(),
  })
}

type Ageing = Pick<ObjectRow, 'key' | 'size' | 'modified' | 'storageClass'>

/** `x-amz-expiration` of a current version that a lifecycle rule will end. */
export function expirationOf(ctx: Ctx, row: Ageing, { tags = [] }: ObjectFacts): string | undefined {
  const { key, size, modified, storageClass } = row
  return expirationHeader(ctx, { key, size, modified, storageClass, tags })
}
