import { describe, expect, test } from 'vitest'
import { canonicalRequest, sha256Hex, type Signable } from '../../../aws/sigv4/canonical.ts'
import { asymmetricKey, scopeText, verifierOf } from '../../../aws/sigv4/keys.ts'
import { parseQuery } from '../../../aws/wire/detect.ts'

/*
 * Requests of AWS's public signing test suite (awslabs/aws-c-auth, tests/aws-signing-test-suite), with its signatures.
 * Those of version 4a differ each time they are made: these were made by that library (awscrt 0.27 or later).
 */
const KEY = { accessKeyId: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const TIME = '20150830T123600Z'
const SCOPE = { date: '20150830', region: 'us-east-1', service: 'service' }
const COMMON = { host: 'example.amazonaws.com', 'x-amz-date': TIME }

type Vector = { method?: string; target: string; headers?: Record<string, string>; body?: string }

function stringToSign(
  { method = 'GET', target, headers = {}, body = '' }: Vector,
  algorithm = 'AWS4-HMAC-SHA256',
): string {
  const sent: Record<string, string> = { ...COMMON, ...headers }
  const [path = '', query = ''] = target.split('?')
  const presigned = query.includes('X-Amz-Algorithm')
  const request: Signable = {
    method,
    path,
    query: parseQuery(query),
    header: name => sent[name],
    signedHeaders: presigned ? ['host'] : Object.keys(sent).sort(),
  }
  const scope = algorithm === 'AWS4-HMAC-SHA256' ? SCOPE : { ...SCOPE, region: '' }
  const canonical = canonicalRequest(request, 'normalized', sha256Hex(body))
  return [algorithm, TIME, scopeText(scope), sha256Hex(canonical)].join('\n')
}

describe('Signature Version 4 signs as AWS does', () => {
  test.each<[string, Vector, string]>([
    ['get-vanilla-query', { target: '/' }, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['get-utf8', { target: '/ሴ' }, '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
    [
      'get-slashes-normalized',
      { target: '//example//' },
      '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84',
    ],
    [
      'get-space-normalized',
      { target: '/example space/' },
      '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
    ],
    [
      'get-relative-relative-normalized',
      { target: '/example1/example2/../..' },
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'get-header-value-trim',
      { target: '/', headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'get-vanilla-query-order-encoded',
      { target: '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1' },
      '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        target: '/',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '13',
          'x-amz-content-sha256': '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e',
        },
        body: 'Param1=value1',
      },
      'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
    ],
  ])('%s', (_, vector, signature) => {
    const verify = verifierOf('AWS4-HMAC-SHA256', KEY, SCOPE)
    expect(verify(stringToSign(vector), signature)).toBe(true)
    expect(verify(stringToSign({ ...vector, method: 'PUT' }), signature)).toBe(false)
    expect(verifierOf('AWS4-HMAC-SHA256', { ...KEY, secret: 'another' }, SCOPE)(stringToSign(vector), signature)).toBe(
      false,
    )
  })

  test('a presigned URL, without its own signature', () => {
    const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267'
    const signature = '7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c'
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=${TIME}&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Security-Token=${token}`
    const verify = verifierOf('AWS4-HMAC-SHA256', KEY, SCOPE)
    expect(verify(stringToSign({ target: `/?${query}&X-Amz-Signature=${signature}` }), signature)).toBe(true)
    expect(verify(stringToSign({ target: `/?${query}&more=1&X-Amz-Signature=${signature}` }), signature)).toBe(false)
  })
})

describe('Signature Version 4a takes what AWS signed', () => {
  const verify = verifierOf('AWS4-ECDSA-P256-SHA256', KEY, { ...SCOPE, region: '' })
  const headers = { 'x-amz-region-set': 'us-east-1' }

  test.each<[string, Vector, string]>([
    [
      'get-vanilla',
      { target: '/', headers },
      '3046022100bb0bfead6cb86fc99bdf296920af6ba860ee91bb175708677e13729bcdcbbaea0221009e1f6acf4f4c0545fd8bd3b098d0c6ca87d6da56e1a7ae61d6da5c523b6b6c6d',
    ],
    [
      'post-vanilla',
      { method: 'POST', target: '/', headers },
      '3045022100d83ddf8e73a8ee9b40edb889e6cfcf20c8ebb4492e7c051bbf95a44bb056a80002203387b45f8dcb50f2bcf44a919b42f12a54f0d4e4e568803c3eef028e88c85721',
    ],
    [
      'get-vanilla, presigned',
      {
        target:
          '/?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fservice%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Region-Set=us-east-1',
      },
      '304402203e4cb7dd9c423282d1569bba241cc0d19557a3264b9a428e87c0d3b50b3cc9500220559d0570da0ae52fddfcb67ded638965cee4c6449d38f319cc8cb3eb92e1c6bd',
    ],
  ])('%s', (_, vector, signature) => {
    const text = stringToSign(vector, 'AWS4-ECDSA-P256-SHA256')
    expect(verify(text, signature)).toBe(true)
    expect(verify(text, signature.padStart(144, '*'))).toBe(true)
    expect(verify(`${text} `, signature)).toBe(false)
  })

  test.each(['', 'zz', '30', 'ff'.repeat(70), '*'.repeat(144)])('and no signature like %j', signature => {
    expect(verify('text', signature)).toBe(false)
  })

  test('its key lies on the curve for every secret, and differs by key and secret', () => {
    const keys = ['a', 'b', 'c'].flatMap(secret =>
      ['AKIA1', 'AKIA2'].map(accessKeyId => Buffer.from(asymmetricKey({ accessKeyId, secret })).toString('hex')),
    )
    expect(new Set(keys).size).toBe(6)
    expect(keys.every(key => key.length === 64)).toBe(true)
  })
})
