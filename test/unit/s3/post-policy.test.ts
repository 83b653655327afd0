import { expect, test } from 'vitest'
import { checkPosted, readPostPolicy } from '../../../durable-objects/services/s3/uploads/post-policy.ts'

const EXPIRATION = '2027-03-10T10:00:00Z'
const NOW = Date.parse('2027-03-10T09:00:00Z')

const encoded = (policy: unknown) =>
  Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)).toString('base64')
const policyOf = (...conditions: unknown[]) => readPostPolicy(encoded({ expiration: EXPIRATION, conditions }))

function post(fields: Record<string, string>, ...conditions: unknown[]) {
  const values = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  values.set('bucket', 'b')
  return checkPosted(policyOf(...conditions), { values, names: Object.keys(fields), now: NOW })
}

const REFUSED = 'Invalid according to Policy: '

test('a form that meets every condition passes, names in any case', () => {
  const sizes = post(
    {
      Key: 'user/a.png',
      'Content-Type': 'image/png,image/gif',
      'x-amz-meta-UUID': '1',
      'x-ignore-me': 'x',
      policy: 'p',
    },
    { bucket: 'b' },
    ['starts-with', '$key', 'user/'],
    ['starts-with', '$content-type', 'image/'],
    { 'x-amz-meta-uuid': '1' },
    ['content-length-range', 5, '10'],
  )
  expect(sizes).toEqual({ least: 5, most: 10 })
})

test.each<[string, Record<string, string>, unknown[], string]>([
  ['another value', { key: 'b' }, [{ key: 'a' }], 'Policy Condition failed: ["eq", "$key", "a"]'],
  ['another case', { key: 'A' }, [['eq', '$key', 'a']], 'Policy Condition failed: ["eq", "$key", "a"]'],
  [
    'another prefix',
    { key: 'b' },
    [['starts-with', '$key', 'a']],
    'Policy Condition failed: ["starts-with", "$key", "a"]',
  ],
  [
    'no such field',
    { key: 'b' },
    [['starts-with', '$acl', '']],
    'Policy Condition failed: ["starts-with", "$acl", ""]',
  ],
  ['a name without its sign', { key: 'b' }, [['eq', 'key', 'b']], 'Policy Condition failed: ["eq", "key", "b"]'],
  [
    'a type of a list',
    { 'Content-Type': 'image/a,text/b' },
    [['starts-with', '$Content-Type', 'image/']],
    'Policy Condition failed: ["starts-with", "$Content-Type", "image/"]',
  ],
  [
    'sizes that are none',
    { key: 'b' },
    [{ key: 'b' }, ['content-length-range', 'test', '10']],
    'Policy Condition failed: ["content-length-range", "test", "10"]',
  ],
  [
    'fields that nothing names',
    { key: 'b', acl: 'x', Filename: 'y' },
    [{ key: 'b' }],
    'Extra input fields: acl, Filename',
  ],
])('%s is refused', (_, fields, conditions, reason) => {
  expect(() => post(fields, ...conditions)).toThrow(REFUSED + reason)
})

test('a policy ends', () => {
  const form = { values: new Map<string, string>(), names: [], now: Date.parse(EXPIRATION) }
  expect(() => checkPosted(policyOf(), form)).toThrow(`${REFUSED}Policy expired.`)
})

test.each<[unknown, string]>([
  ['{', 'Invalid JSON.'],
  ['[]', 'Invalid JSON.'],
  [{ conditions: [] }, 'Policy missing expiration.'],
  [{ expiration: EXPIRATION }, 'Policy missing conditions.'],
  [{ expiration: EXPIRATION, conditions: {} }, "Invalid 'conditions' value: must be a List."],
  [{ expiration: '2027-03-10 10:00', conditions: [] }, "Invalid 'expiration' value: '2027-03-10 10:00'"],
  [{ Version: '1', expiration: EXPIRATION, conditions: [] }, "Unexpected: 'version'"],
  [
    { expiration: EXPIRATION, conditions: [{ a: 'b', c: 'd' }] },
    'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
  ],
  [{ expiration: EXPIRATION, conditions: [{ a: 1 }] }, 'Invalid Simple-Condition: value must be a string.'],
  [{ expiration: EXPIRATION, conditions: [[]] }, 'Invalid Condition: missing operation identifier.'],
])('%j is no policy', (policy, reason) => {
  expect(() => readPostPolicy(encoded(policy))).toThrow(`Invalid Policy: ${reason}`)
})

test('what is not base64 is no policy', () => {
  expect(() => readPostPolicy('{}')).toThrow('Invalid Policy: invalid Base64 encoding.')
})
