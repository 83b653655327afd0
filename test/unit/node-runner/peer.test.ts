import { describe, expect, it } from 'vitest'
import { addressOf, proxiesOf, sourceOf } from '../../../node-runner/front/peer.ts'

const isProxy = proxiesOf('10.0.0.0/8, 127.0.0.1 fd00::/8')
const from = (address: string, ...forwarded: string[]) => sourceOf({ address, secure: false, isProxy }, forwarded)

describe('trusted proxies', () => {
  it('are addresses and blocks of either version', () => {
    expect(['10.1.2.3', '127.0.0.1', 'fd12::1'].map(isProxy)).toEqual([true, true, true])
    expect(['11.1.2.3', '127.0.0.2', 'fe80::1', '', 'x'].map(isProxy)).toEqual([false, false, false, false, false])
    expect(proxiesOf(undefined)('127.0.0.1')).toBe(false)
  })

  it.each(['10.0.0.0/33', '::/129', 'localhost', '10.0.0.0/8/8', '10.0.0', '1.2.3.4/', '1.2.3.4/x'])(
    'are not %s',
    list => {
      expect(() => proxiesOf(list)).toThrow(RangeError)
    },
  )
})

describe('who asks', () => {
  it('is the peer, whatever it says, unless it is a proxy', () => {
    expect(from('192.0.2.1', '203.0.113.7')).toBe('192.0.2.1')
    expect(from('10.0.0.1')).toBe('10.0.0.1')
    expect(from('10.0.0.1', '203.0.113.7')).toBe('203.0.113.7')
  })

  it('is whom the last proxy in the row saw, not what the client wrote before', () => {
    expect(from('10.0.0.1', '198.51.100.9, 203.0.113.7')).toBe('203.0.113.7')
    expect(from('10.0.0.1', '198.51.100.9, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7')
    expect(from('10.0.0.1', '198.51.100.9', '203.0.113.7')).toBe('203.0.113.7')
  })

  it('is told with or without a port, and by no nonsense', () => {
    expect(from('10.0.0.1', '203.0.113.7:4711')).toBe('203.0.113.7')
    expect(from('10.0.0.1', '[2001:db8::1]:4711')).toBe('2001:db8::1')
    expect(from('10.0.0.1', 'unknown')).toBe('10.0.0.1')
    expect(from('10.0.0.1', '203.0.113.7, ')).toBe('10.0.0.1')
  })

  it('is an IPv4 address where the socket is IPv6’s', () => {
    expect([addressOf('::ffff:127.0.0.1'), addressOf('::1'), addressOf(undefined)]).toEqual(['127.0.0.1', '::1', ''])
  })
})
