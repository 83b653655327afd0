const HEX = '0123456789abcdef'
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function randomText(length: number, alphabet: string): string {
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += alphabet[byte % alphabet.length]
  return text
}

/** The letters and digits of base32, RFC 4648. */
export const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The lowest `digits` base32 digits of a value, which loses what does not fit. */
export function base32(value: bigint, digits: number): string {
  let text = ''
  for (let i = 0; i < digits; i++) {
    text = BASE32[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

/** `length` random hexadecimal digits, lower case. */
export function randomHex(length: number): string {
  return randomText(length, HEX)
}

/** `length` random letters and digits. */
export function randomAlphanumeric(length: number): string {
  return randomText(length, ALPHANUMERIC)
}

/** A request id as most services give it. */
export function newRequestId(): string {
  return crypto.randomUUID()
}

/** One as S3 gives it: 16 upper-case hexadecimal digits. */
export function newShortRequestId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()
}

/** A trace id as X-Ray writes it: version, seconds in hexadecimal, 96 random bits. */
export function newTraceId(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')
  // A UUID costs one call; of its digits but six are random.
  const random = crypto.randomUUID()
  return `1-${seconds}-${random.slice(0, 8)}${random.slice(9, 13)}${random.slice(24)}`
}
