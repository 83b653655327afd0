import { encodeBase64 } from '../../../../aws/wire/base64.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { DIGEST_BYTES, type HashAlgorithm } from '../../../shared/hash.ts'
import { invalidRequest } from './object-refusals.ts'
import type { StoredChecksum } from './object-schema.ts'

/** Checksums that S3 knows and we can make. */
export const CHECKSUMS: readonly HashAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5']

/** Those that it knows beside. */
const UNSUPPORTED = ['XXHASH64', 'XXHASH3', 'XXHASH128']

/** What S3 computes where nobody asked for another. */
export const DEFAULT_CHECKSUM: HashAlgorithm = 'CRC64NVME'

const NAMES = 'CRC32, CRC32C, CRC64NVME, SHA1, SHA256'

export const headerOf = (algorithm: string) => `x-amz-checksum-${algorithm.toLowerCase()}`

/** The members of the model that carry checksums. */
type ChecksumMembers = { [A in HashAlgorithm as `Checksum${A}`]?: string | undefined }

export type ChecksumInput = ChecksumMembers & {
  ChecksumAlgorithm?: string | undefined
  ChecksumXXHASH64?: string | undefined
  ChecksumXXHASH3?: string | undefined
  ChecksumXXHASH128?: string | undefined
}

/** A checksum that an upload has: `expected` is base64, unknown where it comes in a trailer or is ours to make. */
export type ChecksumPlan = {
  algorithm: HashAlgorithm
  expected?: string | undefined
  trailer: boolean
  stated: boolean
}

/** @throws AwsError InvalidRequest */
export function algorithmNamed(name: string): HashAlgorithm {
  const upper = name.toUpperCase()
  const found = CHECKSUMS.find(each => each === upper)
  if (found) return found
  if (UNSUPPORTED.includes(upper)) throw new AwsError('NotImplemented', `The checksum ${upper} is not implemented`, 501)
  throw invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${NAMES}]`,
  )
}

/** The one checksum that a request states in its headers. @throws AwsError InvalidRequest */
export function statedChecksum(input: ChecksumInput): { algorithm: HashAlgorithm; expected: string } | undefined {
  for (const name of UNSUPPORTED) {
    if (input[`Checksum${name}` as 'ChecksumXXHASH64'] !== undefined) algorithmNamed(name)
  }
  const stated = CHECKSUMS.filter(algorithm => input[`Checksum${algorithm}`] !== undefined)
  const [algorithm] = stated
  if (!algorithm) return undefined
  if (stated.length > 1) {
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.')
  }
  return { algorithm, expected: input[`Checksum${algorithm}`] ?? '' }
}

/**
 * Which checksum an upload carries, in a header or a trailer.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws AwsError InvalidRequest
 */
export function planChecksum(ctx: Ctx, input: ChecksumInput, fallback = DEFAULT_CHECKSUM): ChecksumPlan {
  const stated = statedChecksum(input)
  const asked = input.ChecksumAlgorithm === undefined ? undefined : algorithmNamed(input.ChecksumAlgorithm)
  const trailing = trailingAlgorithm(ctx) ?? (ctx.trailers ? asked : undefined)
  const algorithm = stated?.algorithm ?? trailing
  if (stated) checkDigest(stated)
  if (asked && !algorithm) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  if (asked && asked !== algorithm) throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.')
  if (!algorithm) return { algorithm: fallback, trailer: false, stated: false }
  return { algorithm, expected: stated?.expected, trailer: !stated, stated: true }
}

/** The checksum that `x-amz-trailer` announces. */
function trailingAlgorithm(ctx: Ctx): HashAlgorithm | undefined {
  const announced = ctx.http?.headers?.['x-amz-trailer']?.toLowerCase()
  const found = announced && /x-amz-checksum-([a-z0-9]+)/.exec(announced)?.[1]
  return found ? algorithmNamed(found) : undefined
}

/** Whether a stated checksum can be one. @throws AwsError InvalidRequest */
export function checkDigest({ algorithm, expected }: { algorithm: HashAlgorithm; expected: string }): void {
  if (isDigest(expected, DIGEST_BYTES[algorithm])) return
  throw invalidRequest(`Value for ${headerOf(algorithm)} header is invalid.`)
}

/** Whether text is base64 of that many bytes. */
export function isDigest(text: string, bytes: number): boolean {
  const padding = (3 - (bytes % 3)) % 3
  const letters = Math.ceil(bytes / 3) * 4 - padding
  return text.length === letters + padding && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.endsWith('='.repeat(padding))
}

/** What a trailer must say of the upload, once it was read to its end. @throws AwsError */
export async function trailingChecksum(ctx: Ctx, algorithm: HashAlgorithm): Promise<string> {
  const expected = (await ctx.trailers)?.[headerOf(algorithm)]
  if (expected === undefined) {
    const message =
      'The request contained trailing data that was not well-formed or did not conform to our published schema.'
    throw new AwsError('MalformedTrailerError', message, 400)
  }
  checkDigest({ algorithm, expected })
  return expected
}

/** @throws AwsError BadDigest when what was stated is not what came */
export function compareChecksum(algorithm: HashAlgorithm, expected: string, digest: Uint8Array): void {
  if (encodeBase64(digest) === expected) return
  throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400)
}

/** A stored checksum as the members of an output. */
export function checksumMembers(checksum: StoredChecksum | undefined): ChecksumMembers & { ChecksumType?: string } {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {}
}
