import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { matches } from './conditions.ts'
import { notify } from '../notifications/notifications.ts'
import { checkUnlocked } from '../locks/object-lock-rules.ts'
import { malformedXml, noSuchKey, preconditionFailed } from './object-refusals.ts'
import { checkKey, checkVersionId, currentOf, openBucket, removeVersion, versionOf } from './object-rows.ts'
import type { ObjectRow } from './object-schema.ts'
import { writeMarker } from './object-writing.ts'

/** Keys that one DeleteObjects may name. */
const MOST_KEYS = 1000

type Target = {
  Key: string
  VersionId?: string | undefined
  /** What the object must be like to be deleted. */
  IfMatch?: string | undefined
  IfMatchLastModifiedTime?: Date | undefined
  IfMatchSize?: number | undefined
}

/** What a deletion did: the version it removed, or the delete marker that it made. */
type Deleted = { VersionId?: string | undefined; DeleteMarker?: boolean | undefined; made?: boolean }

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export function DeleteObject(ctx: Tx, input: In<'DeleteObject'>): Out<'DeleteObject'> {
  const bucket = openBucket(ctx, input)
  checkKey(input.Key)
  const { VersionId, DeleteMarker } = deleteOne(ctx, bucket, {
    target: input,
    bypass: input.BypassGovernanceRetention === true,
  })
  return { VersionId, DeleteMarker }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export function DeleteObjects(ctx: Tx, input: In<'DeleteObjects'>): Out<'DeleteObjects'> {
  const bucket = openBucket(ctx, input)
  const { Objects, Quiet } = input.Delete ?? {}
  const named = Array.isArray(Objects) ? Objects : []
  if (named.length === 0 || named.length > MOST_KEYS || named.some(each => !each?.Key)) throw malformedXml()
  const Deleted: NonNullable<Out<'DeleteObjects'>['Deleted']> = []
  const Errors: NonNullable<Out<'DeleteObjects'>['Errors']> = []
  const bypass = input.BypassGovernanceRetention === true
  for (const { Key, VersionId, ETag, LastModifiedTime, Size } of named) {
    const target = { Key, VersionId, IfMatch: ETag, IfMatchLastModifiedTime: LastModifiedTime, IfMatchSize: Size }
    try {
      const deleted = deleteOne(ctx, bucket, { target, bypass })
      Deleted.push(shownDeletion(target, deleted))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      Errors.push({ Key, VersionId, Code: error.code, Message: error.message })
    }
  }
  return { ...(!Quiet && { Deleted }), ...(Errors.length > 0 && { Errors }) }
}

function shownDeletion({ Key, VersionId }: Target, deleted: Deleted) {
  return {
    Key,
    VersionId,
    ...(deleted.DeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: deleted.VersionId }),
  }
}

type Deletion = { target: Target; bypass: boolean }

/** Deletes a version for good, or, where versions are kept and none is named, hides the key behind a delete marker. */
function deleteOne(ctx: Tx, bucket: Bucket, { target, bypass }: Deletion): Deleted {
  const { Key, VersionId } = target
  checkVersionId(VersionId)
  const row = VersionId === undefined ? currentOf(ctx, Key) : versionOf(ctx, Key, VersionId)
  checkConditions(target, row)
  if (VersionId === undefined && bucket.versioning !== '') return hide(ctx, bucket, Key)
  if (!row) return { VersionId }
  checkUnlocked(ctx, row, bypass)
  removeVersion(ctx, row)
  notify(ctx, { name: 's3:ObjectRemoved:Delete', key: Key, versionId: VersionId })
  return { VersionId, ...(row.marker && { DeleteMarker: true }) }
}

function hide(ctx: Tx, bucket: Bucket, Key: string): Deleted {
  const versionId = writeMarker(ctx, bucket, Key)
  notify(ctx, { name: 's3:ObjectRemoved:DeleteMarkerCreated', key: Key, versionId })
  return { VersionId: versionId, DeleteMarker: true }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html */
function checkConditions(target: Target, row: ObjectRow | undefined): void {
  const { Key, IfMatch, IfMatchLastModifiedTime: modified, IfMatchSize: size } = target
  if (IfMatch === undefined && modified === undefined && size === undefined) return
  if (!row) throw noSuchKey(Key)
  if (IfMatch !== undefined && !matches(IfMatch, row.etag)) throw preconditionFailed('If-Match')
  if (modified && Math.floor(modified.getTime() / 1000) !== Math.floor(row.modified / 1000)) {
    throw preconditionFailed('x-amz-if-match-last-modified-time')
  }
  if (size !== undefined && size !== row.size) throw preconditionFailed('x-amz-if-match-size')
}
