import type { Hash } from './hash.ts'

/** CRC-32C (Castagnoli), reflected. */
const POLYNOMIAL = 0x82f63b78

let tables: Eight | undefined

/** Tables for eight bytes at a step, made when the first checksum asks. */
function slices(): Eight {
  tables ??= makeTables()
  return tables
}

function makeTables(): Eight {
  const made = Array.from({ length: 8 }, () => new Uint32Array(256))
  const first = made[0] as Uint32Array // made above
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    first[byte] = crc
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = first[byte] as number
    for (const table of made.slice(1)) {
      crc = (crc >>> 8) ^ (first[crc & 255] as number)
      table[byte] = crc
    }
  }
  return made as Eight // made with that length
}

/** The checksum of `data` appended to what `crc` is the checksum of. */
export function crc32c(data: Uint8Array, crc = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = slices()
  let state = ~crc
  let at = 0
  for (const end = data.length - 7; at < end; at += 8) {
    // Within bounds: `at` stays below the length less seven, and each index below is a byte.
    const low = state ^ word(data, at)
    const high = word(data, at + 4)
    state =
      (t7[low & 255] as number) ^
      (t6[(low >>> 8) & 255] as number) ^
      (t5[(low >>> 16) & 255] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[high & 255] as number) ^
      (t2[(high >>> 8) & 255] as number) ^
      (t1[(high >>> 16) & 255] as number) ^
      (t0[high >>> 24] as number)
  }
  for (; at < data.length; at++) state = (state >>> 8) ^ (t0[(state ^ (data[at] as number)) & 255] as number)
  return ~state >>> 0
}

type Eight = [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array]

/** Four bytes from `at`, the first lowest. */
function word(data: Uint8Array, at: number): number {
  return (
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24)
  )
}

export function newCrc32c(): Hash {
  let crc = 0
  return {
    update: data => {
      crc = crc32c(data, crc)
    },
    digest: () => {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, crc)
      return bytes
    },
  }
}
