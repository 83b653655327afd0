import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { checksumMembers } from '../objects/checksums.ts'
import { findReadable, type Found } from '../objects/object-finding.ts'
import { invalidArgument } from '../objects/object-refusals.ts'
import { shownTime, shownVersion } from '../objects/object-rows.ts'
import type { ObjectPartRow } from '../objects/object-schema.ts'

const KNOWN = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize']
const MOST_PARTS = 1000

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export function GetObjectAttributes(ctx: Ctx, input: In<'GetObjectAttributes'>): Out<'GetObjectAttributes'> {
  const wanted = input.ObjectAttributes ?? []
  const unknown = wanted.find(name => !KNOWN.includes(name))
  if (wanted.length === 0 || unknown !== undefined) {
    throw invalidArgument('Invalid attribute name specified.', 'x-amz-object-attributes', wanted.join(','))
  }
  const found = findReadable(ctx, input, 'GET')
  const { bucket, row, facts } = found
  const has = (name: string) => wanted.includes(name)
  const parts = has('ObjectParts') && row.parts ? partsOf(ctx, found, input) : undefined
  return {
    LastModified: shownTime(row.modified),
    VersionId: shownVersion(bucket, row),
    ...(has('ETag') && { ETag: row.etag }),
    ...(has('Checksum') && facts.checksum && { Checksum: checksumMembers(facts.checksum) }),
    ...(parts && { ObjectParts: parts }),
    ...(has('StorageClass') && { StorageClass: row.storageClass }),
    ...(has('ObjectSize') && { ObjectSize: row.size }),
  }
}

/** The parts themselves are told only of those that have checksums of their own. */
function partsOf(ctx: Ctx, { row, facts }: Found, input: In<'GetObjectAttributes'>) {
  const { PartNumberMarker: after = 0, MaxParts = MOST_PARTS } = input
  if (MaxParts < 0)
    throw invalidArgument(
      'Argument max-parts must be an integer between 0 and 2147483647',
      'x-amz-max-parts',
      String(MaxParts),
    )
  if (after < 0)
    throw invalidArgument(
      'Argument part-number-marker must be an integer between 0 and 2147483647',
      'x-amz-part-number-marker',
      String(after),
    )
  const TotalPartsCount = row.parts ?? 0
  const { checksum } = facts
  if (checksum?.type !== 'COMPOSITE') return { TotalPartsCount }
  const limit = Math.min(MaxParts, MOST_PARTS)
  const rows = ctx.sql.all<ObjectPartRow>(
    'SELECT * FROM s3_object_parts WHERE object = ? AND number > ? ORDER BY number LIMIT ?',
    row.seq,
    after,
    limit + 1,
  )
  const shown = rows.slice(0, limit)
  return {
    TotalPartsCount,
    PartNumberMarker: after,
    NextPartNumberMarker: shown.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: rows.length > limit,
    Parts: shown.map(({ number, size, checksum: value }) => ({
      PartNumber: number,
      Size: size,
      ...(value !== null && { [`Checksum${checksum.algorithm}`]: value }),
    })),
  }
}
