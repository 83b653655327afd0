/** A number as a policy may write it; undefined for anything else. */
export function parseNumber(text: string): number | undefined {
  return /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(text) ? Number(text) : undefined
}

/** A time in epoch milliseconds, of ISO 8601 or of epoch seconds; undefined for anything else. */
export function parseDate(text: string): number | undefined {
  if (/^\d{5,12}$/.test(text)) return Number(text) * 1000
  if (!/^\d{4}(?:-\d{2}){0,2}(?:T[\d:.]{5,20}(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

type Address = { bits: 32 | 128; value: bigint }
export type Network = Address & { prefix: number }

/** `203.0.113.0/24`, `2001:db8::/32` or one address; undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const parsed = address.includes(':') ? parseIpv6(address) : parseIpv4(address)
  if (!parsed || rest.length > 0) return undefined
  if (length === undefined) return { ...parsed, prefix: parsed.bits }
  if (!/^\d{1,3}$/.test(length) || Number(length) > parsed.bits) return undefined
  return { ...parsed, prefix: Number(length) }
}

/** Whether an address (or a whole network) lies in a network. */
export function liesIn(inner: Network, outer: Network): boolean {
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false
  const shift = BigInt(outer.bits - outer.prefix)
  return inner.value >> shift === outer.value >> shift
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined
  return { bits: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) }
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::')
  if (text.length > 45 || halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map(half => (half === '' ? [] : half.split(':').flatMap(groupsOf)))
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array(missing).fill('0'), ...tail]
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) }
}

/** A group of an IPv6 address; an IPv4 address at its end makes two. */
function groupsOf(group: string): string[] {
  const ipv4 = group.includes('.') ? parseIpv4(group) : undefined
  return ipv4 ? [(ipv4.value >> 16n).toString(16), (ipv4.value & 0xffffn).toString(16)] : [group]
}
