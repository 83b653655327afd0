/** The polynomials of the checksums that can be combined, reflected, and their widths in bits. */
const KINDS = {
  CRC32: { polynomial: 0xedb88320n, bits: 32 },
  CRC32C: { polynomial: 0x82f63b78n, bits: 32 },
  CRC64NVME: { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64 },
} as const

export type CombinableAlgorithm = keyof typeof KINDS

type Kind = (typeof KINDS)[CombinableAlgorithm]

/** One piece of a whole: its checksum, highest byte first, and its length in bytes. */
export type Piece = { digest: Uint8Array; size: number }

/** The checksum of pieces one after the other, from theirs alone. */
export function combineChecksums(algorithm: CombinableAlgorithm, pieces: Iterable<Piece>): Uint8Array {
  const kind = KINDS[algorithm]
  // Pieces mostly have one length, and moving a checksum by it takes the same factor.
  const factors = new Map<number, bigint>()
  let whole = 0n
  for (const { digest, size } of pieces) {
    let factor = factors.get(size)
    if (factor === undefined) {
      factor = powerOfX(BigInt(size) * 8n, kind)
      factors.set(size, factor)
    }
    whole = multiply(whole, factor, kind) ^ numberOf(digest)
  }
  return bytesOf(whole, kind.bits / 8)
}

/** The product of two polynomials, modulo the checksum's own. */
function multiply(a: bigint, b: bigint, { polynomial, bits }: Kind): bigint {
  let product = 0n
  let shifted = b
  for (let bit = 1n << BigInt(bits - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}

/** x to the power of `exponent`, modulo the polynomial. */
function powerOfX(exponent: bigint, kind: Kind): bigint {
  let power = 1n << BigInt(kind.bits - 1)
  let square = power >> 1n
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(power, square, kind)
    square = multiply(square, square, kind)
  }
  return power
}

function numberOf(digest: Uint8Array): bigint {
  let number = 0n
  for (const byte of digest) number = (number << 8n) | BigInt(byte)
  return number
}

function bytesOf(number: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let rest = number
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 255n)
    rest >>= 8n
  }
  return bytes
}
