import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidArgument, invalidRequest } from '../objects/object-refusals.ts'
import { factsOf, type ObjectPartRow, type ObjectRow, type StoredChecksum } from '../objects/object-schema.ts'
import { type Span, spanOf } from './ranges.ts'

/** What a read wants of an object: bytes, and what the answer says of them. */
export type Selection = {
  span: Span
  contentRange?: string | undefined
  partsCount?: number | undefined
  checksum?: StoredChecksum | undefined
}

type Selecting = { Range?: string | undefined; PartNumber?: number | undefined }

/** The whole object, a range of it, or one of the parts that it was uploaded in. @throws AwsError */
export function selectionOf(ctx: Ctx, row: ObjectRow, { Range, PartNumber }: Selecting): Selection {
  if (PartNumber !== undefined) {
    if (Range !== undefined) {
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter')
    }
    return partSelection(ctx, row, PartNumber)
  }
  const span = spanOf(Range, row.size)
  if (span) return { span, contentRange: contentRange(span, row.size) }
  return { span: { from: 0, to: row.size }, checksum: factsOf(row).checksum }
}

function partSelection(ctx: Ctx, row: ObjectRow, number: number): Selection {
  if (number < 1 || number > 10_000) {
    const message = 'Part number must be an integer between 1 and 10000, inclusive'
    throw invalidArgument(message, 'partNumber', String(number))
  }
  if (!row.parts) {
    if (number !== 1) throw noSuchPart(number, 1)
    const span = { from: 0, to: row.size }
    return { span, contentRange: contentRange(span, row.size), checksum: factsOf(row).checksum }
  }
  const part = ctx.sql.first<ObjectPartRow>(
    'SELECT * FROM s3_object_parts WHERE object = ? AND number = ?',
    row.seq,
    number,
  )
  if (!part) throw noSuchPart(number, row.parts)
  const span = { from: part.start, to: part.start + part.size }
  return { span, contentRange: contentRange(span, row.size), partsCount: row.parts, checksum: partChecksum(row, part) }
}

function partChecksum(row: ObjectRow, part: ObjectPartRow): StoredChecksum | undefined {
  const { checksum } = factsOf(row)
  return checksum && part.checksum ? { ...checksum, value: part.checksum } : undefined
}

function contentRange({ from, to }: Span, size: number): string | undefined {
  return to > from ? `bytes ${from}-${to - 1}/${size}` : undefined
}

function noSuchPart(PartNumberRequested: number, ActualPartCount: number): AwsError {
  const message = 'The requested partnumber is not satisfiable'
  return new AwsError('InvalidPartNumber', message, 416, { PartNumberRequested, ActualPartCount })
}
