import { describe, expect, test } from 'vitest'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { functionToken } from '../../../durable-objects/kernel/namespace/claims.ts'
import { routeOf, sourceIpOf } from '../../../worker/route.ts'

const EDGE = { FAKECLOUD_SECRET: 'secret' } as Env // no other binding is read
const FRONT = { ...EDGE, FAKECLOUD_FRONT: 'true' }

const CLAIMS = {
  'x-forwarded-for': '203.0.113.1',
  'x-forwarded-proto': 'https',
  'x-fakecloud-peer': '203.0.113.2',
  'x-fakecloud-raw-path': '/claimed/../path',
  'x-fakecloud-host': 'claimed',
}

const TOKEN = functionToken(EDGE, {
  namespace: 'main',
  namespaceId: 'first-life',
  source: 'arn:aws:lambda:us-east-1:123456789012:function:f',
})

/** What is taken of a request's origin. */
function taken(headers: Record<string, string>, env: Env) {
  const { wire, baseUrl } = routeOf(new Request('http://host/path', { headers: { host: 'host', ...headers } }), env)
  return { ip: sourceIpOf(wire, env), baseUrl, path: wire.path }
}

describe('where a request comes from', () => {
  test('is Cloudflare’s word on the edge, and nothing that a client says', () => {
    const plain = { baseUrl: 'http://host', path: '/path' }
    expect(taken({ ...CLAIMS, 'cf-connecting-ip': '192.0.2.1' }, EDGE)).toEqual({ ...plain, ip: '192.0.2.1' })
    expect(taken(CLAIMS, EDGE)).toEqual({ ...plain, ip: '127.0.0.1' })
  })

  test('is the front’s word behind it, and not what would be Cloudflare’s', () => {
    expect(taken({ ...CLAIMS, 'cf-connecting-ip': '192.0.2.1' }, FRONT)).toEqual({
      ip: '203.0.113.2',
      baseUrl: 'https://host',
      path: '/claimed/../path',
    })
    expect(taken({}, FRONT).ip).toBe('127.0.0.1')
  })

  test.each([
    ['on the edge', EDGE],
    ['behind the front', FRONT],
  ])('is this machine for what a function sends, whatever it says, %s', (_, env) => {
    const sent = { ...CLAIMS, 'cf-connecting-ip': '192.0.2.1', 'x-fakecloud-internal': TOKEN }
    expect(taken(sent, env)).toEqual({ ip: '127.0.0.1', baseUrl: 'http://claimed', path: '/path' })
  })
})
