import { AwsError } from '../errors.ts'
import type { WireRequest } from '../wire/types.ts'
import type { Dialect, Lifetime } from './proof.ts'
import { halfPresigned, halfVersionTwo, malformedUrl } from './refusals.ts'
import { parseTime } from './times.ts'

const REQUIRED = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
]
const ALGORITHMS = ['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256']
const WEEK = 604_800
/** Services other than S3 take a signed URL as long as any other signature. */
const LEAST_SECONDS = 900

type Parameters = (name: string) => string | undefined

/**
 * A presigned URL's lifetime, and S3's rules for such URLs, which hold whether or not signatures are verified.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function lifetimeOf({ query, headers }: WireRequest, dialect: Dialect): Lifetime | undefined {
  if (query.length === 0) return undefined
  const parameter: Parameters = name => query.find(([key]) => key === name)?.[1]
  const signed = parameter('X-Amz-Signature') !== undefined || parameter('X-Amz-Algorithm') !== undefined
  if (dialect !== 's3') return signed ? lenient(parameter) : undefined
  const legacy = parameter('AWSAccessKeyId') !== undefined && parameter('Signature') !== undefined
  if (!signed && !legacy) return undefined
  const authorization = headers.get('authorization')
  if (authorization !== null) throw twoMechanisms(authorization)
  return signed ? strict(parameter) : legacyLifetime(parameter)
}

function lenient(parameter: Parameters): Lifetime | undefined {
  const from = parseTime(parameter('X-Amz-Date') ?? '')
  const stated = parameter('X-Amz-Expires') ?? String(LEAST_SECONDS)
  if (from === undefined || !/^\d{1,9}$/.test(stated)) return undefined
  return { from, seconds: Math.max(LEAST_SECONDS, Number(stated)), stated }
}

function strict(parameter: Parameters): Lifetime {
  if (REQUIRED.some(name => !parameter(name))) {
    throw halfPresigned()
  }
  if (!ALGORITHMS.includes(parameter('X-Amz-Algorithm') ?? '')) {
    throw malformedUrl('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  const from = parseTime(parameter('X-Amz-Date') ?? '')
  if (from === undefined) {
    throw malformedUrl("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  }
  const stated = parameter('X-Amz-Expires') ?? ''
  if (!/^[+-]?\d{1,18}$/.test(stated)) throw malformedUrl('X-Amz-Expires should be a number')
  const seconds = Number(stated)
  if (seconds < 0) throw malformedUrl('X-Amz-Expires must be non-negative')
  if (seconds > WEEK) {
    throw malformedUrl(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  }
  return { from, seconds, stated }
}

function legacyLifetime(parameter: Parameters): Lifetime {
  const stated = parameter('Expires')
  if (!stated) throw halfVersionTwo()
  if (!/^\d{1,12}$/.test(stated))
    throw new AwsError('AccessDenied', `Invalid date (should be seconds since epoch): ${stated}`, 403)
  return { from: Number(stated) * 1000, seconds: 0, stated, legacy: true }
}

function twoMechanisms(authorization: string): AwsError {
  const message =
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified'
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: 'Authorization', ArgumentValue: authorization })
}
