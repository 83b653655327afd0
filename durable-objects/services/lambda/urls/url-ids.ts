import { BASE32, base32, randomHex } from '../../../../aws/ids.ts'

const ALPHABET = BASE32.toLowerCase()
const ACCOUNT_DIGITS = 8
const SEAL_DIGITS = 2

/** Host names are lower case. */
const letters = (value: bigint, digits: number) => base32(value, digits).toLowerCase()

/** Two letters (FNV-1a of the rest) that tell our ids from any other text; not for security. */
function seal(head: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < head.length; i++) hash = Math.imul(hash ^ head.charCodeAt(i), 0x01000193)
  return letters(BigInt(hash >>> 0), SEAL_DIGITS)
}

/**
 * The id of a new function URL: 32 letters and digits that carry the account, as AWS's do, so that no look-up is
 * needed to place a request.
 * @param account 12 digits
 */
export function newUrlId(account: string): string {
  const random = letters(BigInt(`0x${randomHex(28)}`), 32 - ACCOUNT_DIGITS - SEAL_DIGITS)
  const head = letters(BigInt(account), ACCOUNT_DIGITS) + random
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
