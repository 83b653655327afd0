import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { newCrc32c } from './hash-crc32c.ts'
import { newCrc64Nvme } from './hash-crc64.ts'

/** A digest made piece by piece. */
export type Hash = {
  update(data: Uint8Array): void
  /** The digest, highest byte first. To be asked once. */
  digest(): Uint8Array
}

export type HashAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'MD5' | 'SHA1' | 'SHA256' | 'SHA512'

/** Length of each algorithm's digest in bytes. */
export const DIGEST_BYTES: Readonly<Record<HashAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  MD5: 16,
  SHA1: 20,
  SHA256: 32,
  SHA512: 64,
}

const NATIVE = { MD5: 'md5', SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' } as const

export function newHash(algorithm: HashAlgorithm): Hash {
  if (algorithm === 'CRC32') return newCrc32()
  if (algorithm === 'CRC32C') return newCrc32c()
  if (algorithm === 'CRC64NVME') return newCrc64Nvme()
  const hash = createHash(NATIVE[algorithm])
  return { update: data => void hash.update(data), digest: () => hash.digest() }
}

function newCrc32(): Hash {
  let crc = 0
  return {
    update: data => {
      crc = crc32(data, crc)
    },
    digest: () => {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, crc)
      return bytes
    },
  }
}

/** The digest of bytes that are all there. */
export function digestOf(algorithm: HashAlgorithm, data: Uint8Array): Uint8Array {
  const hash = newHash(algorithm)
  hash.update(data)
  return hash.digest()
}
