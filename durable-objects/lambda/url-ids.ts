import { randomHex } from '../shared/ids.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const ACCOUNT_DIGITS = 8
const SEAL_DIGITS = 2

function base32(value: bigint, digits: number): string {
  let text = ''
  for (let i = 0; i < digits; i++) {
    text = ALPHABET[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

/** Two letters (FNV-1a of the rest) that tell our ids from any other text; not for security. */
function seal(head: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < head.length; i++) hash = Math.imul(hash ^ head.charCodeAt(i), 0x01000193)
  return base32(BigInt(hash >>> 0), SEAL_DIGITS)
}

/**
 * The id of a new function URL: 32 letters and digits that carry the account, as AWS's do, so that no look-up is
 * needed to place a request.
 * @param account 12 digits
 */
export function newUrlId(account: string): string {
  const random = base32(BigInt(`0x${randomHex(28)}`), 32 - ACCOUNT_DIGITS - SEAL_DIGITS)
  const head = base32(BigInt(account), ACCOUNT_DIGITS) + random
  return head + seal(head)
}

/** The account of an id that newUrlId made; undefined for any other text. */
export function accountOfUrlId(id: string): string | undefined {
  if (!/^[a-z2-7]{32}$/.test(id) || seal(id.slice(0, -SEAL_DIGITS)) !== id.slice(-SEAL_DIGITS)) return undefined
  let account = 0n
  for (const letter of id.slice(0, ACCOUNT_DIGITS)) account = (account << 5n) | BigInt(ALPHABET.indexOf(letter))
  const digits = account.toString().padStart(12, '0')
  return digits.length === 12 ? digits : undefined
}
