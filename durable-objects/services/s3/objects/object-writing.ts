import type { Tx } from '../../../kernel/object/operation.ts'
import { keepBlob } from '../../../kernel/blobs/blobs.ts'
import { randomAlphanumeric } from '../../../../aws/ids.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { notify, type ObjectEvent } from '../notifications/notifications.ts'
import { deleteVersion, latestOf, shownVersion, versionOf } from './object-rows.ts'
import type { ObjectFacts, ObjectRow } from './object-schema.ts'

/** A piece of an object's content that is a blob of its own. `checksum` is base64. */
export type Segment = { number: number; size: number; blob: number; checksum: string | null }

/** An object's content: a small body, one blob, or the blobs of its parts, which need no copying. */
export type Content =
  | { body: Uint8Array; blob?: undefined; segments?: undefined }
  | { blob: number; body?: undefined; segments?: undefined }
  | { segments: Segment[]; body?: undefined; blob?: undefined }

export type NewVersion = {
  key: string
  size: number
  /** Without quotes. */
  etag: string
  storageClass: string
  owner: string
  facts: ObjectFacts
  content: Content
  /** How many parts it was uploaded in; null when in one. */
  parts: number | null
  event: ObjectEvent['name']
  modified?: number | undefined
}

/** What became of a write. `shown` is the version id that answers name. */
export type WrittenVersion = { seq: number; modified: number; shown: string | undefined }

/**
 * Makes a new version the newest of its key, in one synchronous stretch: the row, its content's blobs, what it replaces,
 * and the event.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
 */
export function writeVersion(ctx: Tx, bucket: Bucket, version: NewVersion): WrittenVersion {
  const versionId = bucket.versioning === 'Enabled' ? newVersionId() : 'null'
  const modified = version.modified ?? ctx.now
  // Blobs are taken before others are let go of: a copy onto itself shares them.
  keepContent(ctx, version)
  giveWay(ctx, version.key, versionId)
  const seq = insertVersion(ctx, { ...version, versionId, modified })
  insertSegments(ctx, seq, version.content.segments)
  const shown = shownVersion(bucket, { versionId })
  notify(ctx, { name: version.event, key: version.key, size: version.size, eTag: version.etag, versionId: shown })
  return { seq, modified, shown }
}

export function newVersionId(): string {
  return randomAlphanumeric(32)
}

/** The newest version so far becomes noncurrent; what has the new one's id goes. */
function giveWay(ctx: Tx, key: string, versionId: string): void {
  const latest = latestOf(ctx, key)
  if (!latest) return
  if (versionId === 'null') {
    const replaced = latest.versionId === 'null' ? latest : versionOf(ctx, key, 'null')
    if (replaced) deleteVersion(ctx, replaced)
    if (replaced === latest) return
  }
  ctx.sql.run('UPDATE s3_objects SET latest = 0, noncurrentSince = ? WHERE seq = ?', ctx.now, latest.seq)
}

type Row = NewVersion & { versionId: string; modified: number }

function insertVersion(ctx: Tx, row: Row): number {
  const { content } = row
  const inserted = ctx.sql.first<{ seq: number }>(
    `INSERT INTO s3_objects (key, versionId, latest, marker, modified, size, etag, storageClass, owner, blob, parts, facts, body)
     VALUES (?, ?, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    row.key,
    row.versionId,
    row.modified,
    row.size,
    row.etag,
    row.storageClass,
    row.owner,
    content.blob ?? null,
    row.parts ?? (content.segments ? 0 : null),
    JSON.stringify(row.facts),
    content.body ?? null,
  )
  return inserted?.seq ?? 0
}

function keepContent(ctx: Tx, { content, size }: NewVersion): void {
  if (content.blob !== undefined) keepBlob(ctx, content.blob, size)
  for (const segment of content.segments ?? []) keepBlob(ctx, segment.blob, segment.size)
}

function insertSegments(ctx: Tx, object: number, segments: readonly Segment[] = []): void {
  let start = 0
  for (const { number, size, blob, checksum } of segments) {
    ctx.sql.run(
      'INSERT INTO s3_object_parts (object, number, start, size, blob, checksum) VALUES (?, ?, ?, ?, ?, ?)',
      object,
      number,
      start,
      size,
      blob,
      checksum,
    )
    start += size
  }
}

/** Puts a delete marker on top of a key's versions. @returns its version id */
export function writeMarker(ctx: Tx, bucket: Bucket, key: string): string {
  const versionId = bucket.versioning === 'Enabled' ? newVersionId() : 'null'
  giveWay(ctx, key, versionId)
  ctx.sql.run(
    `INSERT INTO s3_objects (key, versionId, latest, marker, modified, size, etag, storageClass, owner, facts)
     VALUES (?, ?, 1, 1, ?, 0, '', 'STANDARD', ?, ?)`,
    key,
    versionId,
    ctx.now,
    bucket.owner,
    JSON.stringify({ headers: {}, encryption: {} } satisfies ObjectFacts),
  )
  return versionId
}

/** Changes what is known of a version, such as its tags. */
export function updateFacts(ctx: Tx, row: ObjectRow, facts: ObjectFacts): void {
  ctx.sql.run('UPDATE s3_objects SET facts = ? WHERE seq = ?', JSON.stringify(facts), row.seq)
}
