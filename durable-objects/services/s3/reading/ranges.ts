import { AwsError } from '../../../../aws/errors.ts'
import { invalidArgument } from '../objects/object-refusals.ts'

/** Bytes `from` (included) to `to` (excluded). */
export type Span = { from: number; to: number }

const RANGE = /^bytes=(\d{0,18})-(\d{0,18})$/

/**
 * The span that a Range header asks for; undefined for all of it, as S3 answers what it does not understand, several
 * ranges among it.
 * @throws AwsError InvalidRange
 */
export function spanOf(range: string | undefined, size: number): Span | undefined {
  const found = range === undefined ? null : RANGE.exec(range.replaceAll(' ', ''))
  if (!found) return undefined
  const [, first = '', last = ''] = found
  if (first === '' && last === '') return undefined
  const span = first === '' ? suffix(Number(last), size) : bounded(Number(first), last, size)
  if (!span) return undefined
  if (span.from >= size || span.to <= span.from) throw invalidRange(range ?? '', size)
  return span
}

const suffix = (length: number, size: number): Span => ({ from: Math.max(0, size - length), to: size })

function bounded(from: number, last: string, size: number): Span | undefined {
  if (last === '') return { from, to: size }
  return Number(last) < from ? undefined : { from, to: Math.min(Number(last) + 1, size) }
}

function invalidRange(RangeRequested: string, ActualObjectSize: number): AwsError {
  const fields = { RangeRequested, ActualObjectSize, 'content-range': `bytes */${ActualObjectSize}` }
  return new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, fields)
}

/** The span of `x-amz-copy-source-range`, which has both ends. @throws AwsError InvalidArgument */
export function copySpanOf(range: string | undefined, size: number): Span | undefined {
  if (range === undefined) return undefined
  const found = /^bytes=(\d{1,18})-(\d{1,18})$/.exec(range)
  const name = 'x-amz-copy-source-range'
  if (!found || Number(found[1]) > Number(found[2])) {
    const message =
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy'
    throw invalidArgument(message, name, range)
  }
  const span = { from: Number(found[1]), to: Number(found[2]) + 1 }
  if (span.to > size)
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, name, range)
  return span
}
