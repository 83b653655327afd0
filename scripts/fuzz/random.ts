/** Numbers that follow from a seed: the same seed gives the same run. */
export type Random = {
  /** 0 ≤ x < 1. */
  next(): number
  /** Whole numbers, both ends included. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
  bytes(length: number): Uint8Array
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    chance: probability => next() < probability,
    pick: values => {
      if (values.length === 0) throw new Error('nothing to pick from')
      return values[int(0, values.length - 1)] as (typeof values)[number] // the index is within
    },
    bytes: length => Uint8Array.from({ length }, () => int(0, 255)),
  }
}
