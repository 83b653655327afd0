/** Names that never lead to the public internet: https://www.rfc-editor.org/rfc/rfc6761, and clouds' metadata. */
const LOCAL_NAME = /^(?:[^.]+|(?:.+\.)?(?:localhost|local|internal|intranet|lan|home\.arpa))\.?$/

/**
 * Whether a URL's hostname is an address of this machine, of a private network or of a cloud's metadata service, as far
 * as it can be told without resolving it. A URL has brought IPv4 addresses of all spellings into dotted form.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1))
  const v4 = bytesOf(host)
  return v4 ? isPrivateV4(v4) : LOCAL_NAME.test(host)
}

function bytesOf(host: string): number[] | undefined {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? host.split('.').map(Number) : undefined
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
function isPrivateV4([a = 0, b = 0, c = 0]: number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 169) return b === 254
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168 || (b === 0 && c === 0)
  return a === 198 && (b === 18 || b === 19)
}

/** https://www.iana.org/assignments/iana-ipv6-special-registry; addresses that stand for an IPv4 one are as private as that. */
function isPrivateV6(host: string): boolean {
  const groups = groupsOf(host)
  const [first = 0] = groups
  const last = [groups[6] ?? 0, groups[7] ?? 0].flatMap(group => [group >> 8, group & 255])
  const head = groups.slice(0, 6)
  if (head.every(group => group === 0) || head.join() === '0,0,0,0,0,65535') return isPrivateV4(last)
  if (first === 0x64 && groups[1] === 0xff9b) return isPrivateV4(last)
  if (first === 0x2002) return isPrivateV4([groups[1] ?? 0, groups[2] ?? 0].flatMap(group => [group >> 8, group & 255]))
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00
}

/** The eight groups of an address as a URL writes it: hexadecimal, with at most one `::`. */
function groupsOf(host: string): number[] {
  const [before = '', after] = host.split('::')
  const read = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  const [head, tail] = [read(before), read(after ?? '')]
  return after === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail]
}
