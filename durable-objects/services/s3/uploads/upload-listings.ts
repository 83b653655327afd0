import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { SqlValue } from '../../../kernel/object/sql.ts'
import { ownerOf } from '../buckets/bucket-owner.ts'
import { abortFacts } from '../lifecycle/lifecycle.ts'
import { encodingOf, pageLimit } from '../listings/listing-parameters.ts'
import { type Position, startAfter, walk } from '../listings/listing-walk.ts'
import { invalidArgument } from '../objects/object-refusals.ts'
import { openBucket, quoted, shownTime } from '../objects/object-rows.ts'
import type { UploadPartRow, UploadRow } from '../objects/object-schema.ts'
import { findUpload } from './uploads.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function ListParts(ctx: Ctx, input: In<'ListParts'>): Out<'ListParts'> {
  const upload = findUpload(ctx, input)
  const { MaxParts, PartNumberMarker: after = 0 } = input
  const limit = pageLimit(MaxParts, 'max-parts')
  if (after < 0) {
    const message = 'Argument part-number-marker must be an integer between 0 and 2147483647'
    throw invalidArgument(message, 'part-number-marker', String(after))
  }
  const rows = ctx.sql.all<UploadPartRow>(
    'SELECT * FROM s3_upload_parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?',
    upload.seq,
    after,
    limit + 1,
  )
  const parts = rows.slice(0, limit)
  return {
    Bucket: input.Bucket,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: parts.at(-1)?.number ?? after,
    MaxParts: limit,
    IsTruncated: limit > 0 && rows.length > limit,
    ...(parts.length > 0 && { Parts: parts.map(shownPart) }),
    ...shownFacts(upload),
    ...abortFacts(ctx, upload),
  }
}

function shownPart({ number, modified, etag, size, algorithm, checksum }: UploadPartRow) {
  return {
    PartNumber: number,
    LastModified: shownTime(modified),
    ETag: quoted(etag),
    Size: size,
    ...(algorithm !== null && checksum !== null && { [`Checksum${algorithm}`]: checksum }),
  }
}

function shownFacts({ initiator, owner, storageClass, checksumAlgorithm, checksumType }: UploadRow) {
  return {
    Initiator: { ID: initiator },
    Owner: ownerOf(owner),
    StorageClass: storageClass,
    ...(checksumAlgorithm && { ChecksumAlgorithm: checksumAlgorithm }),
    ...(checksumType && { ChecksumType: checksumType }),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export function ListMultipartUploads(ctx: Ctx, input: In<'ListMultipartUploads'>): Out<'ListMultipartUploads'> {
  const { name } = openBucket(ctx, input)
  const { Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '' } = input
  const encode = encodingOf(input.EncodingType)
  const limit = pageLimit(input.MaxUploads, 'max-uploads')
  const { entries, truncated } = walk(
    { prefix: Prefix, delimiter: Delimiter, limit, start: startOf(ctx, input) },
    (from, end, most) => uploadsFrom(ctx, from, { prefix: Prefix, end, most }),
  )
  const uploads = entries.flatMap(({ row }) => (row ? [shownUpload(row, encode)] : []))
  const prefixes = entries.flatMap(({ prefix }) => (prefix ? [{ Prefix: encode(prefix) }] : []))
  const last = entries.at(-1)
  return {
    Bucket: name,
    KeyMarker: encode(KeyMarker),
    UploadIdMarker: KeyMarker === '' ? '' : UploadIdMarker,
    NextKeyMarker: last ? encode(last.prefix ?? last.row.key) : '',
    NextUploadIdMarker: last?.row?.id ?? '',
    Prefix: encode(Prefix),
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    MaxUploads: limit,
    IsTruncated: truncated,
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
    ...(uploads.length > 0 && { Uploads: uploads }),
    ...(prefixes.length > 0 && { CommonPrefixes: prefixes }),
  }
}

/** Behind the marked upload; where that is gone meanwhile, at its key's first, so that none is missed. */
function startOf(ctx: Ctx, input: In<'ListMultipartUploads'>): Position {
  const { Prefix = '', Delimiter = '', KeyMarker = '', UploadIdMarker = '' } = input
  if (KeyMarker === '' || UploadIdMarker === '') return startAfter(KeyMarker, { prefix: Prefix, delimiter: Delimiter })
  const marked = ctx.sql.first<{ seq: number }>(
    'SELECT seq FROM s3_uploads WHERE id = ? AND key = ?',
    UploadIdMarker,
    KeyMarker,
  )
  return { key: KeyMarker, inclusive: !marked, seq: marked?.seq }
}

type Span = { prefix: string; end: SqlValue; most: number }

/** Uploads by key, the oldest first: the rest of the position's own key, then of the keys behind it. */
function uploadsFrom(ctx: Ctx, { key, inclusive, seq }: Position, { prefix, end, most }: Span): UploadRow[] {
  const rest =
    seq === undefined || !key.startsWith(prefix)
      ? []
      : ctx.sql.all<UploadRow>(
          'SELECT * FROM s3_uploads WHERE done IS NULL AND key = ? AND seq > ? ORDER BY seq LIMIT ?',
          key,
          seq,
          most,
        )
  if (rest.length === most) return rest
  const next = ctx.sql.all<UploadRow>(
    `SELECT * FROM s3_uploads INDEXED BY s3_uploads_key
     WHERE done IS NULL AND key ${inclusive ? '>=' : '>'} ? AND key >= ? AND key < ? ORDER BY key, seq LIMIT ?`,
    key,
    prefix,
    end,
    most - rest.length,
  )
  return [...rest, ...next]
}

function shownUpload(upload: UploadRow, encode: (text: string) => string) {
  return {
    UploadId: upload.id,
    Key: encode(upload.key),
    Initiated: new Date(upload.initiated),
    ...shownFacts(upload),
  }
}
