const MASK = (1n << 64n) - 1n

/** A 64-bit mixing step (SplitMix64's finaliser): spreads a small number over all its bits. */
function mix(value: bigint): bigint {
  let z = (value + 0x9e3779b97f4a7c15n) & MASK
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK
  return z ^ (z >> 31n)
}

/** An account's canonical user id: 64 hexadecimal digits, always the same for one account. */
export function canonicalUserOf(account: string): string {
  const seed = BigInt(`0x${[...new TextEncoder().encode(account)].map(byte => byte.toString(16)).join('') || '0'}`)
  return [1n, 2n, 3n, 4n]
    .map(part =>
      mix(mix(seed) ^ part)
        .toString(16)
        .padStart(16, '0'),
    )
    .join('')
}

/** An `Owner` as S3 shows it (display names are no longer given). */
export function ownerOf(account: string): { ID: string } {
  return { ID: canonicalUserOf(account) }
}
