import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Reading } from '../../../kernel/object/sql.ts'
import { pageStart, pageToken } from '../../../../aws/pages.ts'
import { ownerOf } from '../buckets/bucket-owner.ts'
import { encodingOf, incorrectToken, pageLimit } from './listing-parameters.ts'
import { type Entry, type Position, startAfter, walk } from './listing-walk.ts'
import { isRestored } from '../lifecycle/object-restore.ts'
import { openBucket, quoted, shownTime } from '../objects/object-rows.ts'
import { factsOf, OBJECT_COLUMNS, type ObjectRow } from '../objects/object-schema.ts'
import { isArchived } from '../objects/storage-classes.ts'

type Listed = NonNullable<Out<'ListObjectsV2'>['Contents']>[number]

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function ListObjects(ctx: Ctx, input: In<'ListObjects'>): Out<'ListObjects'> {
  const { name } = openBucket(ctx, input)
  const { Prefix = '', Delimiter = '', Marker = '' } = input
  const encode = encodingOf(input.EncodingType)
  const limit = pageLimit(input.MaxKeys, 'max-keys')
  const start = startAfter(Marker, { prefix: Prefix, delimiter: Delimiter })
  const { entries, truncated } = currentPage(ctx, { prefix: Prefix, delimiter: Delimiter, limit, start })
  const showing: Showing = { encode, owner: true, restore: wantsRestore(input) }
  const last = entries.at(-1)
  return {
    Name: name,
    Prefix: encode(Prefix),
    Marker: encode(Marker),
    MaxKeys: limit,
    IsTruncated: truncated,
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    ...(truncated && Delimiter !== '' && last && { NextMarker: encode(last.prefix ?? last.row.key) }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
    ...shown(ctx, entries, showing),
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function ListObjectsV2(ctx: Ctx, input: In<'ListObjectsV2'>): Out<'ListObjectsV2'> {
  const { name } = openBucket(ctx, input)
  const { Prefix = '', Delimiter = '', StartAfter, ContinuationToken } = input
  const encode = encodingOf(input.EncodingType)
  const limit = pageLimit(input.MaxKeys, 'max-keys')
  const after = pageStart(ContinuationToken, 'objects', incorrectToken()) ?? StartAfter ?? ''
  const start = startAfter(after, { prefix: Prefix, delimiter: Delimiter })
  const { entries, truncated } = currentPage(ctx, { prefix: Prefix, delimiter: Delimiter, limit, start })
  const showing: Showing = { encode, owner: input.FetchOwner === true, restore: wantsRestore(input) }
  const last = entries.at(-1)
  return {
    Name: name,
    Prefix: encode(Prefix),
    ...(StartAfter !== undefined && { StartAfter: encode(StartAfter) }),
    MaxKeys: limit,
    KeyCount: entries.length,
    IsTruncated: truncated,
    ...(Delimiter !== '' && { Delimiter: encode(Delimiter) }),
    ...(ContinuationToken !== undefined && { ContinuationToken }),
    ...(truncated && last && { NextContinuationToken: pageToken(last.prefix ?? last.row.key, 'objects') }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
    ...shown(ctx, entries, showing),
  }
}

type Page = { prefix: string; delimiter: string; limit: number; start: Position }

/** Keys as they are now: delete markers and older versions are not in the index. */
function currentPage(ctx: Ctx, page: Page): { entries: Entry<ObjectRow>[]; truncated: boolean } {
  const query = (comparison: string): Reading =>
    `SELECT ${OBJECT_COLUMNS} FROM s3_objects INDEXED BY s3_objects_current
     WHERE latest = 1 AND marker = 0 AND key ${comparison} ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4`
  return walk(page, ({ key, inclusive }, end, limit) =>
    ctx.sql.all<ObjectRow>(query(inclusive ? '>=' : '>'), key, page.prefix, end, limit),
  )
}

type Showing = { encode: (text: string) => string; owner: boolean; restore: boolean }

function wantsRestore({ OptionalObjectAttributes }: { OptionalObjectAttributes?: string[] | undefined }): boolean {
  return OptionalObjectAttributes?.includes('RestoreStatus') ?? false
}

function shown(ctx: Ctx, entries: readonly Entry<ObjectRow>[], showing: Showing) {
  const Contents = entries.flatMap(({ row }) => (row ? [shownObject(ctx, row, showing)] : []))
  const CommonPrefixes = entries.flatMap(({ prefix }) => (prefix ? [{ Prefix: showing.encode(prefix) }] : []))
  return {
    ...(Contents.length > 0 && { Contents }),
    ...(CommonPrefixes.length > 0 && { CommonPrefixes }),
  }
}

function shownObject(ctx: Ctx, row: ObjectRow, { encode, owner, restore }: Showing): Listed {
  const facts = factsOf(row)
  return {
    Key: encode(row.key),
    LastModified: shownTime(row.modified),
    ETag: quoted(row.etag),
    ...(facts.checksum && { ChecksumAlgorithm: [facts.checksum.algorithm], ChecksumType: facts.checksum.type }),
    Size: row.size,
    StorageClass: row.storageClass,
    ...(owner && { Owner: ownerOf(row.owner) }),
    ...(restore && isArchived(row.storageClass) && { RestoreStatus: restoreStatus(ctx, row) }),
  }
}

export function restoreStatus(ctx: Ctx, row: ObjectRow) {
  const facts = factsOf(row)
  const { restore } = facts
  if (isRestored(ctx, facts) && restore) {
    return { IsRestoreInProgress: false, RestoreExpiryDate: new Date(restore.until) }
  }
  return { IsRestoreInProgress: restore !== undefined && restore.from > ctx.now }
}
