import type { Hash } from './hash.ts'

/** CRC-64/NVME, reflected, in two halves: 32-bit arithmetic is what JavaScript does fast. */
const POLYNOMIAL_HIGH = 0x9a6c9329
const POLYNOMIAL_LOW = 0xac4bc9b5

/** Eight tables of 256 entries, one after the other, for eight bytes at a step. */
type Tables = { high: Uint32Array; low: Uint32Array }

let tables: Tables | undefined

/** Made when the first checksum asks. */
function slices(): Tables {
  tables ??= makeTables()
  return tables
}

function makeTables(): Tables {
  const high = new Uint32Array(2048)
  const low = new Uint32Array(2048)
  for (let byte = 0; byte < 256; byte++) {
    let crcHigh = 0
    let crcLow = byte
    for (let bit = 0; bit < 8; bit++) {
      const odd = crcLow & 1
      crcLow = (crcLow >>> 1) | (crcHigh << 31)
      crcHigh >>>= 1
      if (odd) {
        crcHigh ^= POLYNOMIAL_HIGH
        crcLow ^= POLYNOMIAL_LOW
      }
    }
    high[byte] = crcHigh
    low[byte] = crcLow
  }
  for (let at = 256; at < 2048; at++) {
    const crcHigh = high[at - 256] as number
    const crcLow = low[at - 256] as number
    const entry = crcLow & 255
    low[at] = ((crcLow >>> 8) | (crcHigh << 24)) ^ (low[entry] as number)
    high[at] = (crcHigh >>> 8) ^ (high[entry] as number)
  }
  return { high, low }
}

/** A checksum under way: both halves inverted, as the algorithm keeps them. */
type State = { high: number; low: number }

function append(state: State, data: Uint8Array): void {
  const { high: th, low: tl } = slices()
  let { high, low } = state
  let at = 0
  // Every index is a byte within its table, and `at` within the data.
  for (const end = data.length - 7; at < end; at += 8) {
    const a = 1792 + ((low ^ (data[at] as number)) & 255)
    const b = 1536 + (((low >>> 8) ^ (data[at + 1] as number)) & 255)
    const c = 1280 + (((low >>> 16) ^ (data[at + 2] as number)) & 255)
    const d = 1024 + ((low >>> 24) ^ (data[at + 3] as number))
    const e = 768 + ((high ^ (data[at + 4] as number)) & 255)
    const f = 512 + (((high >>> 8) ^ (data[at + 5] as number)) & 255)
    const g = 256 + (((high >>> 16) ^ (data[at + 6] as number)) & 255)
    const h = (high >>> 24) ^ (data[at + 7] as number)
    high =
      (th[a] as number) ^
      (th[b] as number) ^
      (th[c] as number) ^
      (th[d] as number) ^
      (th[e] as number) ^
      (th[f] as number) ^
      (th[g] as number) ^
      (th[h] as number)
    low =
      (tl[a] as number) ^
      (tl[b] as number) ^
      (tl[c] as number) ^
      (tl[d] as number) ^
      (tl[e] as number) ^
      (tl[f] as number) ^
      (tl[g] as number) ^
      (tl[h] as number)
  }
  for (; at < data.length; at++) {
    const entry = (low ^ (data[at] as number)) & 255
    low = ((low >>> 8) | (high << 24)) ^ (tl[entry] as number)
    high = (high >>> 8) ^ (th[entry] as number)
  }
  state.high = high
  state.low = low
}

export function newCrc64Nvme(): Hash {
  const state: State = { high: -1, low: -1 }
  return {
    update: data => append(state, data),
    digest: () => {
      const bytes = new Uint8Array(8)
      const view = new DataView(bytes.buffer)
      view.setUint32(0, ~state.high)
      view.setUint32(4, ~state.low)
      return bytes
    },
  }
}
