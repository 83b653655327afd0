import { AwsError } from '../../../../aws/errors.ts'
import { notImplementedHeader, noSuchKey, preconditionFailed } from './object-refusals.ts'

/** What conditions are held against. `etag` has no quotes, `modified` is in epoch milliseconds. */
export type Conditioned = { etag: string; modified: number }

export type ReadConditions = {
  IfMatch?: string | undefined
  IfNoneMatch?: string | undefined
  IfModifiedSince?: Date | undefined
  IfUnmodifiedSince?: Date | undefined
}

export type ReadVerdict = 'proceed' | 'not-modified' | { failed: string }

/** ETags of a header's list, without quotes or weakness. */
function etagsIn(header: string): string[] {
  return header.split(',').map(bare)
}

const bare = (etag: string) => etag.trim().replace(/^W\//, '').replaceAll('"', '')

export function matches(header: string, etag: string): boolean {
  return etagsIn(header).some(each => each === '*' || each === etag)
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

/**
 * RFC 9110's order, as S3 has it: If-Match decides over If-Unmodified-Since, If-None-Match over If-Modified-Since.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 */
export function verdictOf(conditions: ReadConditions, object: Conditioned): ReadVerdict {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions
  const modified = seconds(object.modified)
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object.etag)) return { failed: 'If-Match' }
  } else if (IfUnmodifiedSince && modified > seconds(IfUnmodifiedSince.getTime())) {
    return { failed: 'If-Unmodified-Since' }
  }
  if (IfNoneMatch !== undefined) return matches(IfNoneMatch, object.etag) ? 'not-modified' : 'proceed'
  if (IfModifiedSince && modified <= seconds(IfModifiedSince.getTime())) return 'not-modified'
  return 'proceed'
}

export type WriteConditions = { IfMatch?: string | undefined; IfNoneMatch?: string | undefined }

/**
 * Whether a write may replace what its key names now.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws AwsError PreconditionFailed, NoSuchKey, NotImplemented
 */
export function checkWrite(conditions: WriteConditions, key: string, current: Conditioned | undefined): void {
  const { IfMatch, IfNoneMatch } = conditions
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch.trim() !== '*' || IfMatch !== undefined) throw notImplementedHeader('If-None-Match')
    if (current) throw preconditionFailed('If-None-Match')
  }
  if (IfMatch === undefined) return
  if (bare(IfMatch) === '*') throw notImplementedHeader('If-Match')
  if (!current) throw noSuchKey(key)
  if (!matches(IfMatch, current.etag)) throw preconditionFailed('If-Match')
}

/** A conditional read that finds nothing new. */
export function notModified(headers: Record<string, string>): AwsError {
  return new AwsError('NotModified', 'Not Modified', 304, headers)
}
