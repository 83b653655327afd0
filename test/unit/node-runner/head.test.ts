import { describe, expect, it } from 'vitest'
import { readRequestHead, readResponseHead } from '../../../node-runner/front/head.ts'
import { type Peer, proxiesOf } from '../../../node-runner/front/peer.ts'

const LOCAL: Peer = { address: '127.0.0.1', secure: false, isProxy: proxiesOf(undefined) }
const head = (...lines: string[]) => Buffer.from([...lines, '', ''].join('\r\n'), 'latin1')
const request = (...fields: string[]) => readRequestHead(head('PUT /bucket/key HTTP/1.1', 'Host: x', ...fields), LOCAL)
const passedOn = (target: string) =>
  readRequestHead(head(`GET ${target} HTTP/1.1`, 'Host: x'), LOCAL).bytes.toString('latin1')

describe('a request', () => {
  it('goes on as the very bytes that came', () => {
    const bytes = head('PUT /bucket/k%C3%A9y?a=../ HTTP/1.1', 'HOST:x', 'X-Amz-Meta-A:  \xe9 ', 'content-length: 3')
    expect(readRequestHead(bytes, LOCAL).bytes).toBe(bytes)
  })

  it('loses the expectation of 100-continue, which is ours to answer', () => {
    const { bytes, expectsContinue } = request('Expect: 100-Continue', 'Content-Length: 3')
    expect(expectsContinue).toBe(true)
    expect(bytes.toString()).toBe('PUT /bucket/key HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
  })

  it('keeps any other expectation', () => {
    expect(request('Expect: 200-ok')).toMatchObject({ expectsContinue: false })
    expect(request('Expect: 200-ok').bytes.toString()).toContain('Expect: 200-ok')
  })

  it.each([
    'X-Fakecloud-Internal',
    'x-fakecloud-host',
    'x-fakecloud-code',
    'x-fakecloud-inside',
    'X-FAKECLOUD-RAW-PATH',
  ])('cannot say %s from outside', name => {
    expect(request(`${name}: secret`).bytes.toString()).toBe('PUT /bucket/key HTTP/1.1\r\nHost: x\r\n\r\n')
  })

  it.each(['/a/../b', '/a/./b', '/..', '/a/%2e%2E/b', '/a/.%2e/', '/a/..?x=1', '/a\\..\\b'])(
    'tells its real path: %s',
    target => {
      expect(passedOn(target)).toContain(`\r\nx-fakecloud-raw-path: ${target}\r\n`)
    },
  )

  it.each(['/a/..b', '/a...b/c', '/.hidden', '/a?x=/../b', '/%2e%2e%2e/', '/'])(
    'tells nothing of a path without dot segments: %s',
    target => {
      expect(passedOn(target)).not.toContain('raw-path')
    },
  )

  it('over TLS says so, whatever the client claims', () => {
    const { bytes } = readRequestHead(head('GET / HTTP/1.1', 'X-Forwarded-Proto: http'), { ...LOCAL, secure: true })
    expect(bytes.toString()).toBe('GET / HTTP/1.1\r\nx-forwarded-proto: https\r\n\r\n')
  })

  it.each([
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Real-IP',
    'CF-Connecting-IP',
    'X-Fakecloud-Peer',
    'X-Fakecloud-Inside',
    'X-Fakecloud-Code',
  ])('cannot claim %s, unless it comes from a proxy that is trusted', name => {
    expect(request(`${name}: 203.0.113.7`).bytes.toString()).toBe('PUT /bucket/key HTTP/1.1\r\nHost: x\r\n\r\n')
  })

  const from = (address: string, ...fields: string[]) =>
    readRequestHead(head('GET / HTTP/1.1', ...fields), { address, secure: true, isProxy: proxiesOf('10.0.0.0/8') })
      .bytes.toString()
      .split('\r\n')
      .filter(line => /peer|proto/i.test(line))

  it('from another machine says which', () => {
    expect(from('192.0.2.1', 'X-Forwarded-For: 203.0.113.7')).toEqual([
      'x-forwarded-proto: https',
      'x-fakecloud-peer: 192.0.2.1',
    ])
  })

  it('from a trusted proxy says for whom it speaks, and how', () => {
    expect(from('10.0.0.1', 'X-Forwarded-For: 203.0.113.7', 'X-Forwarded-Proto: http')).toEqual([
      'X-Forwarded-Proto: http',
      'x-fakecloud-peer: 203.0.113.7',
    ])
  })

  it('closes its connection when it says so, or is HTTP/1.0', () => {
    expect(request('Connection: close').close).toBe(true)
    expect(request().close).toBe(false)
    expect(readRequestHead(head('GET / HTTP/1.0'), LOCAL).close).toBe(true)
    expect(readRequestHead(head('GET / HTTP/1.0', 'Connection: Keep-Alive'), LOCAL).close).toBe(false)
  })

  it.each([
    ['a line that is no header', 400, ['no colon here']],
    ['a space before the colon', 400, ['Content-Length : 3']],
    ['a folded line', 400, ['X-A: b', ' c']],
    ['a lone LF', 400, ['X-A: b\nx-fakecloud-internal: secret']],
    ['a lone CR', 400, ['X-A: b\rc']],
    ['a NUL', 400, ['X-A: b\0']],
    ['two lengths', 400, ['Content-Length: 3', 'Content-Length: 3']],
    ['a length that is no number', 400, ['Content-Length: +3']],
    ['a length and chunks', 400, ['Content-Length: 3', 'Transfer-Encoding: chunked']],
    ['an encoding that we cannot follow', 501, ['Transfer-Encoding: gzip, chunked']],
  ])('is refused with %s', (_, status, fields) => {
    expect(() => request(...fields)).toThrow(expect.objectContaining({ status }))
  })

  it.each(['GET /', 'GET  / HTTP/1.1', 'GET /a b HTTP/1.1', 'PRI * HTTP/2.0', 'GET / HTTP/1.2', ''])(
    'is refused with the line %j',
    line => {
      expect(() => readRequestHead(head(line, 'Host: x'), LOCAL)).toThrow(expect.objectContaining({ status: 400 }))
    },
  )
})

describe('a response', () => {
  const bodyOf = (toHead: boolean, ...lines: string[]) =>
    readResponseHead(head(...lines), toHead).body?.(Buffer.from('0\r\n\r\nrest'))

  it('has the body that it says', () => {
    expect(bodyOf(false, 'HTTP/1.1 200 OK', 'Content-Length: 2')).toBe(2)
    expect(bodyOf(false, 'HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')).toBe(5)
  })

  it.each([
    ['a HEAD', true, 'HTTP/1.1 200 OK'],
    ['204', false, 'HTTP/1.1 204 No Content'],
    ['304', false, 'HTTP/1.1 304 Not Modified'],
    ['an interim one', false, 'HTTP/1.1 103 Early Hints'],
  ])('to %s has none, whatever it says', (_, toHead, line) => {
    expect(readResponseHead(head(line, 'Content-Length: 2'), toHead).body).toBeUndefined()
  })
})
