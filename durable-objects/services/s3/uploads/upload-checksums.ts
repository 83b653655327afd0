import { decodeBase64, encodeBase64 } from '../../../../aws/wire/base64.ts'
import { digestOf, type HashAlgorithm } from '../../../shared/hash.ts'
import { type CombinableAlgorithm, combineChecksums } from '../../../shared/hash-combine.ts'
import { algorithmNamed, DEFAULT_CHECKSUM } from '../objects/checksums.ts'
import { invalidRequest } from '../objects/object-refusals.ts'
import type { ChecksumType, StoredChecksum, UploadRow } from '../objects/object-schema.ts'

export type UploadChecksum = { algorithm: HashAlgorithm; type: ChecksumType }

const COMBINABLE: readonly string[] = ['CRC32', 'CRC32C', 'CRC64NVME'] satisfies CombinableAlgorithm[]

type Asked = { ChecksumAlgorithm?: string | undefined; ChecksumType?: string | undefined }

/**
 * The checksum that an upload asks for: of the checksums of its parts, or of the whole object, which can be had of the
 * parts' only for some algorithms.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * @throws AwsError InvalidRequest
 */
export function uploadChecksumOf({ ChecksumAlgorithm, ChecksumType: type }: Asked): UploadChecksum | undefined {
  if (ChecksumAlgorithm === undefined) {
    if (type === undefined) return undefined
    throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
  }
  const algorithm = algorithmNamed(ChecksumAlgorithm)
  if (type === undefined) return { algorithm, type: algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE' }
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.')
  }
  const allowed = type === 'FULL_OBJECT' ? COMBINABLE.includes(algorithm) : algorithm !== 'CRC64NVME'
  if (allowed) return { algorithm, type }
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  )
}

/** What is computed of an upload's parts: what it asked for, or else what S3 makes of its own accord. */
export function effectiveChecksum({ checksumAlgorithm, checksumType }: UploadRow): UploadChecksum {
  if (checksumAlgorithm === null) return { algorithm: DEFAULT_CHECKSUM, type: 'FULL_OBJECT' }
  return { algorithm: checksumAlgorithm, type: checksumType ?? 'COMPOSITE' }
}

/** A part as it goes into its object's checksum, base64. */
type Summed = { size: number; checksum: string | null }

/** The checksum of an object, of those of its parts. */
export function objectChecksum({ algorithm, type }: UploadChecksum, parts: readonly Summed[]): StoredChecksum {
  const digests = parts.map(({ checksum }) => decodeBase64(checksum ?? '') ?? new Uint8Array(0))
  if (type === 'COMPOSITE') {
    return { algorithm, type, value: `${encodeBase64(digestOf(algorithm, joined(digests)))}-${parts.length}` }
  }
  const pieces = parts.map(({ size }, at) => ({ size, digest: digests[at] ?? new Uint8Array(0) }))
  // Only these have a checksum of the whole.
  return { algorithm, type, value: encodeBase64(combineChecksums(algorithm as CombinableAlgorithm, pieces)) }
}

export function joined(digests: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(digests.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const digest of digests) {
    whole.set(digest, at)
    at += digest.length
  }
  return whole
}
