/** A block of addresses; the bits after its prefix are zero. */
export type Cidr = { v6: boolean; start: bigint; bits: number }

export function parseIp(text: string): { v6: boolean; value: bigint } | undefined {
  if (text.includes(':')) {
    const value = parseV6(text)
    return value === undefined ? undefined : { v6: true, value }
  }
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return { v6: false, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) }
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map(half => (half === '' ? [] : half.split(':')))
  const zeros = 8 - head.length - tail.length
  if (halves.length === 2 ? zeros < 1 : zeros !== 0) return undefined
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

export function ipText(v6: boolean, value: bigint): string {
  if (!v6) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  const runs = groups.join(':').match(/\b0(?::0)+\b/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return groups.join(':')
  const [before = '', ...after] = groups.join(':').split(longest)
  return `${before.replace(/:$/, '')}::${after.join(longest).replace(/^:/, '')}`
}

const width = (v6: boolean) => (v6 ? 128 : 32)

/** How many addresses it has. */
export const sizeOf = ({ v6, bits }: Cidr) => 1n << BigInt(width(v6) - bits)

/** A block in its canonical form: AWS makes 100.68.0.18/18 to 100.68.0.0/18. Undefined where it is none. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = '', ...more] = text.split('/')
  const ip = parseIp(address)
  if (!ip || more.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > width(ip.v6)) return undefined
  const block = { v6: ip.v6, start: 0n, bits: Number(length) }
  return { ...block, start: ip.value - (ip.value % sizeOf(block)) }
}

export const cidrText = ({ v6, start, bits }: Cidr) => `${ipText(v6, start)}/${bits}`

export const contains = (outer: Cidr, inner: Cidr) =>
  outer.v6 === inner.v6 && outer.start <= inner.start && inner.start + sizeOf(inner) <= outer.start + sizeOf(outer)

export const overlaps = (a: Cidr, b: Cidr) => contains(a, b) || contains(b, a)
