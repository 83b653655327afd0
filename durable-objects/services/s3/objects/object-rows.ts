import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { dropBlob, dropBlobs } from '../../../kernel/blobs/blobs.ts'
import { type Bucket, findBucket } from '../buckets/bucket.ts'
import { accessDenied, invalidArgument, noSuchKey, noSuchVersion } from './object-refusals.ts'
import { OBJECT_COLUMNS, type ObjectRow } from './object-schema.ts'

/** UTF-8 bytes that a key may have. */
const MAX_KEY_BYTES = 1024

const encoder = new TextEncoder()

/** The bucket, for an operation on what is in it. @throws AwsError */
export function openBucket(ctx: Ctx, input: { ExpectedBucketOwner?: string | undefined }): Bucket {
  const bucket = findBucket(ctx)
  const { ExpectedBucketOwner: expected } = input
  if (expected !== undefined && expected !== bucket.owner) throw accessDenied()
  return bucket
}

export function checkKey(Key: string): void {
  if (Key === '')
    throw new AwsError(
      'UserKeyMustBeSpecified',
      'The bucket POST must contain the specified field name. If it is specified, please check the order of the fields.',
      400,
    )
  // A UTF-16 unit takes at most three bytes.
  if (Key.length * 3 <= MAX_KEY_BYTES) return
  const Size = encoder.encode(Key).length
  if (Size <= MAX_KEY_BYTES) return
  throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size, MaxSizeAllowed: MAX_KEY_BYTES })
}

const LATEST = 'FROM s3_objects WHERE key = CAST(? AS TEXT) ORDER BY seq DESC LIMIT 1'

/** A key's newest version, which may be a delete marker. */
export function latestOf(ctx: Ctx, key: string): ObjectRow | undefined {
  return ctx.sql.first<ObjectRow>(`SELECT ${OBJECT_COLUMNS} ${LATEST}`, key)
}

/** The same with its body, where that is small. */
export function latestWithBody(ctx: Ctx, key: string): ObjectRow | undefined {
  return ctx.sql.first<ObjectRow>(`SELECT ${OBJECT_COLUMNS}, body ${LATEST}`, key)
}

/** The object that a key names now; undefined where there is none or it was deleted. */
export function currentOf(ctx: Ctx, key: string): ObjectRow | undefined {
  const latest = latestOf(ctx, key)
  return latest?.marker ? undefined : latest
}

export function versionOf(ctx: Ctx, key: string, versionId: string): ObjectRow | undefined {
  if (versionId === 'null') return nullVersionOf(ctx, key)
  return ctx.sql.first<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE key = ? AND versionId = ? AND versionId <> 'null'`,
    key,
    versionId,
  )
}

function nullVersionOf(ctx: Ctx, key: string): ObjectRow | undefined {
  const latest = latestOf(ctx, key)
  if (!latest || latest.versionId === 'null') return latest
  return ctx.sql.first<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE key = ? AND versionId = 'null' AND latest = 0`,
    key,
  )
}

/** Version ids as we make them; others name no version of any bucket. */
const VERSION_ID = /^[A-Za-z0-9._]{32}$/

export function checkVersionId(versionId: string | undefined): void {
  if (versionId === undefined || versionId === 'null' || VERSION_ID.test(versionId)) return
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', '')
  throw invalidArgument('Invalid version id specified', 'versionId', versionId)
}

/**
 * The version that an operation names, or the newest: it may be a delete marker.
 * @throws AwsError NoSuchVersion, NoSuchKey
 */
export function findVersion(ctx: Ctx, key: string, versionId: string | undefined, newest = latestOf): ObjectRow {
  checkVersionId(versionId)
  if (versionId === undefined) {
    const latest = newest(ctx, key)
    if (!latest) throw noSuchKey(key)
    return latest
  }
  const version = versionOf(ctx, key, versionId)
  if (!version) throw noSuchVersion(key, versionId)
  return version
}

/** Deletes a version with its content. */
export function deleteVersion(ctx: Tx, row: ObjectRow): void {
  ctx.sql.run('DELETE FROM s3_objects WHERE seq = ?', row.seq)
  dropContent(ctx, row)
}

/** Deletes a version with its content, and makes the next older one the newest if it was. */
export function removeVersion(ctx: Tx, row: ObjectRow): void {
  deleteVersion(ctx, row)
  if (!row.latest) return
  ctx.sql.run(
    `UPDATE s3_objects SET latest = 1, noncurrentSince = NULL
     WHERE seq = (SELECT seq FROM s3_objects WHERE key = ? ORDER BY seq DESC LIMIT 1)`,
    row.key,
  )
}

/** Lets go of the blobs of a version whose row is gone. */
function dropContent(ctx: Tx, row: ObjectRow): void {
  if (row.blob !== null) {
    dropBlob(ctx, row.blob)
    return
  }
  if (row.parts === null) return
  const parts = ctx.sql.all<{ blob: number }>('SELECT blob FROM s3_object_parts WHERE object = ?', row.seq)
  ctx.sql.run('DELETE FROM s3_object_parts WHERE object = ?', row.seq)
  const blobs = parts.map(part => part.blob)
  dropBlobs(ctx, blobs)
}

/** The name that version operations answer with: none in a bucket that never kept versions. */
export function shownVersion(bucket: Bucket, row: { versionId: string }): string | undefined {
  return bucket.versioning === '' ? undefined : row.versionId
}

/** Timestamps are kept to the millisecond and shown, and compared, to the second. */
export function shownTime(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000)
}

export const quoted = (etag: string) => `"${etag}"`
