import { BlockList, isIP } from 'node:net'

/** Who is at the other end of a connection. */
export type Peer = {
  /** IP address. */
  address: string
  /** Whether it speaks TLS to us. */
  secure: boolean
  isProxy: IsProxy
}

/** Whether an address is a proxy's, whose word is taken on whom it speaks for. */
export type IsProxy = (address: string) => boolean

/** @throws RangeError for what is no list of addresses and CIDR blocks */
export function proxiesOf(list: string | undefined): IsProxy {
  const entries = (list ?? '').split(/[\s,]+/).filter(Boolean)
  if (entries.length === 0) return () => false
  const blocks = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const version = isIP(address)
    const longest = version === 6 ? 128 : 32
    const length = Number(prefix ?? longest)
    if (version === 0 || !/^\d{1,3}$/.test(prefix ?? '0') || length > longest || entry.split('/').length > 2) {
      throw new RangeError(`expected addresses and CIDR blocks such as 10.0.0.0/8, not ${entry}`)
    }
    blocks.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
  }
  return address => isIP(address) !== 0 && blocks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** A socket's address; IPv4 as such, also where the socket is IPv6's. */
export function addressOf(remote: string | undefined): string {
  return (remote ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
}

/**
 * Who asks: the peer itself, or whom the proxies in a row say. The client's own words stand to the left of what the
 * first proxy has added, and are not heard.
 * @param forwarded X-Forwarded-For
 */
export function sourceOf({ address, isProxy }: Peer, forwarded: readonly string[]): string {
  let source = address
  for (const entry of forwarded.join(',').split(',').reverse()) {
    if (!isProxy(source)) return source
    const named = withoutPort(entry.trim())
    if (isIP(named) === 0) return source
    source = named
  }
  return source
}

/** Some proxies add the client's port. */
function withoutPort(entry: string): string {
  return addressOf(/^\[(.*)\](?::\d+)?$/.exec(entry)?.[1] ?? entry.replace(/^([\d.]+):\d+$/, '$1'))
}
