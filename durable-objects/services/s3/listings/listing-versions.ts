import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { SqlValue } from '../../../kernel/object/sql.ts'
import { ownerOf } from '../buckets/bucket-owner.ts'
import { restoreStatus } from './listing-objects.ts'
import { encodingOf, pageLimit } from './listing-parameters.ts'
import { type Entry, type Position, startAfter, walk } from './listing-walk.ts'
import { invalidArgument } from '../objects/object-refusals.ts'
import { checkVersionId, openBucket, quoted, shownTime, versionOf } from '../objects/object-rows.ts'
import { factsOf, OBJECT_COLUMNS, type ObjectRow } from '../objects/object-schema.ts'
import { isArchived } from '../objects/storage-classes.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export function ListObjectVersions(ctx: Ctx, input: In<'ListObjectVersions'>): Out<'ListObjectVersions'> {
  const { name } = openBucket(ctx, input)
  const { Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker = '' } = input
  const encode = encodingOf(input.EncodingType)
  const limit = pageLimit(input.MaxKeys, 'max-keys')
  const start = startOf(ctx, input)
  const { entries, truncated } = walk({ prefix: Prefix, delimiter: Delimiter, limit, start }, (from, end, most) =>
    versionsFrom(ctx, { from, end, most, prefix: Prefix }),
  )
  const last = entries.at(-1)
  return {
    Name: name,
    Prefix: encode(Prefix),
    KeyMarker: encode(KeyMarker),
    VersionIdMarker,
    MaxKeys: limit,
    IsTruncated: truncated,
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    ...(truncated && last && { NextKeyMarker: encode(last.prefix ?? last.row.key) }),
    ...(truncated && last?.row && { NextVersionIdMarker: last.row.versionId }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
    ...shown(ctx, entries, input),
  }
}

/** Behind the marked version; where it is gone meanwhile, at its key's first, so that none is missed. */
function startOf(ctx: Ctx, input: In<'ListObjectVersions'>): Position {
  const { Prefix = '', Delimiter = '', KeyMarker = '', VersionIdMarker } = input
  if (VersionIdMarker === undefined || VersionIdMarker === '') {
    return startAfter(KeyMarker, { prefix: Prefix, delimiter: Delimiter })
  }
  if (KeyMarker === '') {
    const message = 'A version-id marker cannot be specified without a key marker.'
    throw invalidArgument(message, 'version-id-marker', VersionIdMarker)
  }
  checkVersionId(VersionIdMarker)
  const marked = versionOf(ctx, KeyMarker, VersionIdMarker)
  return marked ? { key: KeyMarker, inclusive: false, seq: marked.seq } : { key: KeyMarker, inclusive: true }
}

type Span = { from: Position; end: SqlValue; most: number; prefix: string }

/** Versions by key, the newest first: the rest of the position's own key, then of the keys behind it. */
function versionsFrom(ctx: Ctx, { from, end, most, prefix }: Span): ObjectRow[] {
  const { key, inclusive, seq } = from
  const rest =
    seq === undefined || !key.startsWith(prefix)
      ? []
      : ctx.sql.all<ObjectRow>(
          `SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE key = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
          key,
          seq,
          most,
        )
  if (rest.length === most) return rest
  const next = ctx.sql.all<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM s3_objects INDEXED BY s3_objects_key
     WHERE key ${inclusive ? '>=' : '>'} ? AND key >= ? AND key < ? ORDER BY key, seq DESC LIMIT ?`,
    key,
    prefix,
    end,
    most - rest.length,
  )
  return [...rest, ...next]
}

function shown(ctx: Ctx, entries: readonly Entry<ObjectRow>[], input: In<'ListObjectVersions'>) {
  const encode = encodingOf(input.EncodingType)
  const restore = input.OptionalObjectAttributes?.includes('RestoreStatus') ?? false
  const rows = entries.flatMap(({ row }) => (row ? [row] : []))
  const Versions = rows.filter(row => !row.marker).map(row => shownVersion(row, encode))
  if (restore) {
    const archived = rows.filter(row => !row.marker)
    for (const [at, version] of Versions.entries()) {
      const row = archived[at]
      if (row && isArchived(row.storageClass)) Object.assign(version, { RestoreStatus: restoreStatus(ctx, row) })
    }
  }
  const DeleteMarkers = rows.filter(row => row.marker).map(row => common(row, encode))
  const CommonPrefixes = entries.flatMap(({ prefix }) => (prefix ? [{ Prefix: encode(prefix) }] : []))
  return {
    ...(Versions.length > 0 && { Versions }),
    ...(DeleteMarkers.length > 0 && { DeleteMarkers }),
    ...(CommonPrefixes.length > 0 && { CommonPrefixes }),
  }
}

function common(row: ObjectRow, encode: (text: string) => string) {
  return {
    Key: encode(row.key),
    VersionId: row.versionId,
    IsLatest: row.latest === 1,
    LastModified: shownTime(row.modified),
    Owner: ownerOf(row.owner),
  }
}

function shownVersion(row: ObjectRow, encode: (text: string) => string) {
  const { checksum } = factsOf(row)
  return {
    ...common(row, encode),
    ETag: quoted(row.etag),
    ...(checksum && { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
    Size: row.size,
    StorageClass: row.storageClass,
  }
}
