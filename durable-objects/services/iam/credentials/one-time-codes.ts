import { createHmac } from 'node:crypto'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000
/** How far a device's clock may be off, in steps. */
const DRIFT = 10

/** A seed as devices take it: 64 base32 characters. */
export function newSeed(): string {
  const random = crypto.getRandomValues(new Uint8Array(64))
  return Array.from(random, byte => BASE32[byte & 31]).join('')
}

function bytesOf(seed: string): Uint8Array {
  let bits = ''
  for (const letter of seed) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], byte => Number.parseInt(byte, 2))
}

/** The six digits that a device shows in one step of time (RFC 6238). */
export function codeAt(seed: string, step: number): string {
  const counter = new Uint8Array(8)
  new DataView(counter.buffer).setBigUint64(0, BigInt(Math.max(0, step)))
  const digest = createHmac('sha1', bytesOf(seed)).update(counter).digest()
  const offset = (digest[19] ?? 0) & 15
  const value = digest.readUInt32BE(offset) & 0x7fffffff
  return String(value % 1_000_000).padStart(6, '0')
}

/** Whether codes, one after the other, are what the device shows about now. */
export function areCodes(seed: string, codes: readonly string[], now: number): boolean {
  const current = Math.floor(now / STEP_MS)
  for (let step = current - DRIFT; step <= current + DRIFT; step++) {
    if (codes.every((code, i) => code === codeAt(seed, step + i))) return true
  }
  return false
}
