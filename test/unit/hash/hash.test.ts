import { describe, expect, test } from 'vitest'
import { DIGEST_BYTES, digestOf, type HashAlgorithm, newHash } from '../../../durable-objects/shared/hash.ts'
import { type CombinableAlgorithm, combineChecksums } from '../../../durable-objects/shared/hash-combine.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const CHECK = new TextEncoder().encode('123456789')

/** Check values of the catalogue of parametrised CRC algorithms, and of FIPS 180-4. */
const KNOWN: Record<HashAlgorithm, string> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  MD5: '25f9e794323b453885f5181f1b624d0b',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  SHA512:
    'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
}

const algorithms = Object.keys(KNOWN) as HashAlgorithm[]
const noise = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 2654435761) >>> 13)

describe.each(algorithms)('%s', algorithm => {
  test('gives the published check value', () => {
    expect(hex(digestOf(algorithm, CHECK))).toBe(KNOWN[algorithm])
    expect(digestOf(algorithm, CHECK)).toHaveLength(DIGEST_BYTES[algorithm])
  })

  test('does not depend on how the data is cut', () => {
    const data = noise(1000)
    const whole = hex(digestOf(algorithm, data))
    for (const size of [1, 3, 7, 8, 9, 64, 333]) {
      const hash = newHash(algorithm)
      for (let at = 0; at < data.length; at += size) hash.update(data.subarray(at, at + size))
      expect(hex(hash.digest())).toBe(whole)
    }
  })
})

describe.each(['CRC32', 'CRC32C', 'CRC64NVME'] satisfies CombinableAlgorithm[])('combined %s', algorithm => {
  test('is the checksum of the whole', () => {
    const data = noise(5000)
    const cuts = [0, 0, 1, 1234, 2468, 2468, 4999, 5000]
    const pieces = cuts.slice(1).map((end, at) => data.subarray(cuts[at], end))
    const combined = combineChecksums(
      algorithm,
      pieces.map(piece => ({ digest: digestOf(algorithm, piece), size: piece.length })),
    )
    expect(hex(combined)).toBe(hex(digestOf(algorithm, data)))
  })
})
