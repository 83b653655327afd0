import { describe, expect, test } from 'vitest'
import { InvalidPattern, mismatch, patternOf, readPattern } from '../../../durable-objects/shared/pattern.ts'

const matches = (pattern: object, event: unknown) => mismatch(patternOf(pattern), event) === undefined

describe('a pattern matches', () => {
  test.each<[string, object, unknown, unknown]>([
    ['one of its values', { a: ['x', 'y'] }, { a: 'y', b: 1 }, { a: 'z' }],
    ['numbers, booleans and null', { a: [1, true, null] }, { a: null }, { a: false }],
    ['no text for a number', { a: [1] }, { a: 1 }, { a: '1' }],
    ['all of its fields', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, { a: 'x' }],
    ['nested fields', { d: { e: ['x'] } }, { d: { e: 'x' } }, { d: 'x' }],
    ['any item of an array', { a: ['x'] }, { a: ['w', 'x'] }, { a: [] }],
    ['one item that meets all', { a: { b: [1], c: [2] } }, { a: [{}, { b: 1, c: 2 }] }, { a: [{ b: 1 }, { c: 2 }] }],
    ['a prefix', { a: [{ prefix: 'eu-' }] }, { a: 'eu-west-1' }, { a: 'us-eu-1' }],
    ['a prefix whatever its case', { a: [{ prefix: { 'equals-ignore-case': 'EU-' } }] }, { a: 'eu-x' }, { a: 'us' }],
    ['a suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, { a: 'x.png.gz' }],
    ['a suffix whatever its case', { a: [{ suffix: { 'equals-ignore-case': '.PNG' } }] }, { a: 'x.png' }, { a: 'x' }],
    ['text whatever its case', { a: [{ 'equals-ignore-case': 'AliCE' }] }, { a: 'alice' }, { a: 'bob' }],
    ['a wildcard', { a: [{ wildcard: 'dir/*.png' }] }, { a: 'dir/a/b.png' }, { a: 'dir/a.jpg' }],
    ['an escaped wildcard', { a: [{ wildcard: '\\*.*' }] }, { a: '*.x' }, { a: 'x.x' }],
    ['a range of addresses', { a: [{ cidr: '10.0.0.0/24' }] }, { a: '10.0.0.255' }, { a: '10.0.1.0' }],
    ['a range of IPv6 addresses', { a: [{ cidr: '2001:db8::/32' }] }, { a: '2001:db8::1' }, { a: '2001:db9::1' }],
    ['a number equal to one', { a: [{ numeric: ['=', 3] }] }, { a: 3 }, { a: '3' }],
    ['a range of numbers', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, { a: 0 }],
    ['what is there', { a: [{ exists: true }] }, { a: null }, { b: 1 }],
    ['no object that is there', { a: [{ exists: true }] }, { a: [1] }, { a: { b: 1 } }],
    ['what is not there', { a: [{ exists: false }] }, {}, { a: 1 }],
    ['what is not there in nothing', { a: { b: [{ exists: false }] } }, {}, { a: { b: 1 } }],
    ['anything but a value', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, { a: 'x' }],
    ['anything but values, of any type', { a: [{ 'anything-but': [1, 2] }] }, { a: 'y' }, { a: 2 }],
    ['nothing as anything but', { a: [{ 'anything-but': 'x' }] }, { a: null }, {}],
    ['anything but a prefix', { a: [{ 'anything-but': { prefix: ['i', 'j'] } }] }, { a: 'x' }, { a: 'jx' }],
    ['anything but a suffix', { a: [{ 'anything-but': { suffix: '.png' } }] }, { a: 'x' }, { a: 'x.png' }],
    ['anything but a wildcard', { a: [{ 'anything-but': { wildcard: '*/b/*' } }] }, { a: 'a/c/d' }, { a: 'a/b/d' }],
    ['one of $or', { s: ['x'], $or: [{ a: [1] }, { b: [2] }] }, { s: 'x', b: 2 }, { s: 'x', a: 2, b: 1 }],
    ['a field called $or', { $or: ['x'] }, { $or: 'x' }, { $or: 'y' }],
    ['no inherited member', { constructor: [{ exists: false }] }, {}, { constructor: 'x' }],
  ])('%s', (_, pattern, yes, no) => {
    expect(matches(pattern, yes)).toBe(true)
    expect(matches(pattern, no)).toBe(false)
  })
})

test('a mismatch names the part that failed, and what was there', () => {
  const pattern = patternOf({ detail: { state: ['running', 'pending'] }, source: ['aws.ec2'] })
  expect(mismatch(pattern, { source: 'aws.ec2', detail: { state: 'stopped' } })).toBe(
    'detail.state is "stopped", and the pattern wants ["running","pending"]',
  )
  expect(mismatch(pattern, { detail: { state: 'running' } })).toBe(
    'source is not there, and the pattern wants ["aws.ec2"]',
  )
})

test.each<[string, string]>([
  ['[]', 'Filter is not an object'],
  ['{', 'Invalid JSON'],
  ['{}', 'Empty objects are not allowed'],
  ['{"a":"x"}', '"a" must be an object or an array'],
  ['{"a":[]}', 'Empty arrays are not allowed'],
  ['{"a":[["x"]]}', 'Match value must be String, number, true, false, or null'],
  ['{"a":[{"like":"x"}]}', 'Unrecognized match type like'],
  ['{"a":[{"toString":"x"}]}', 'Unrecognized match type toString'],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', 'Only one key allowed in match expression'],
  ['{"a":[{"prefix":1}]}', 'prefix match pattern must be a string'],
  ['{"a":[{"exists":"yes"}]}', 'exists match pattern must be either true or false.'],
  ['{"a":[{"wildcard":"a**b"}]}', 'Consecutive wildcard characters at pos 1'],
  ['{"a":[{"cidr":"10.0.0.0"}]}', "Malformed CIDR, one '/' required"],
  ['{"a":[{"numeric":">"}]}', 'Value of numeric must be an array.'],
  ['{"a":[{"numeric":[">",5,"<",1]}]}', 'Bottom must be less than top'],
  ['{"a":[{"numeric":["~",5]}]}', 'Unrecognized numeric range operator: ~'],
  ['{"a":[{"anything-but":[1,"x"]}]}', 'mixed type is not supported'],
])('%s is refused', (pattern, reason) => {
  expect(() => readPattern(pattern)).toThrow(InvalidPattern)
  expect(() => readPattern(pattern)).toThrow(reason)
})
