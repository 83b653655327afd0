import { expect, test } from 'vitest'
import { filterMismatch, invalidFilterPolicy, isNested } from '../../../durable-objects/services/sns/filter-policies.ts'

const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`)

test.each<[object, string | undefined]>([
  [{}, undefined],
  [{ a: values(150) }, undefined],
  [{ a: values(151) }, 'Filter policy is too complex'],
  [{ a: values(15), b: values(10) }, undefined],
  [{ a: values(16), b: values(10) }, 'Filter policy is too complex'],
  // A key's depth multiplies.
  [{ a: { b: values(75) } }, undefined],
  [{ a: { b: values(76) } }, 'Filter policy is too complex'],
  // Alternatives add up.
  [{ $or: [{ a: values(100) }, { b: values(50) }] }, undefined],
  [{ $or: [{ a: values(100) }, { b: values(51) }] }, 'Filter policy is too complex'],
  [{ a: [1], b: [1], c: [1], d: [1], $or: [{ e: [1] }, { e: [2] }] }, undefined],
  [{ a: [1], b: [1], c: [1], d: [1], $or: [{ e: [1] }, { f: [2] }] }, 'Filter policy can not have more than 5 keys'],
  [[], 'Filter policy must be an object'],
])('%j is a filter policy, or is not', (policy, why) => {
  expect(invalidFilterPolicy(JSON.stringify(policy))).toBe(why)
})

test('only a body has objects in it', () => {
  expect(isNested('{"a":["b"]}')).toBe(false)
  expect(isNested('{"a":{"b":["c"]}}')).toBe(true)
  expect(isNested('{"$or":[{"a":["b"]},{"c":{"d":["e"]}}]}')).toBe(true)
  expect(isNested('not JSON')).toBe(false)
})

test('a name with a dot and a nested one are the same', () => {
  const body = (text: string) => ({ body: text, attributes: {} })
  for (const policy of ['{"a.b":["c"]}', '{"a":{"b":["c"]}}']) {
    expect(filterMismatch(policy, 'MessageBody', body('{"a":{"b":"c"}}'))).toBeUndefined()
    expect(filterMismatch(policy, 'MessageBody', body('{"a.b":"c"}'))).toBeUndefined()
    expect(filterMismatch(policy, 'MessageBody', body('{"a":{"b":"d"}}'))).toContain('a.b is "d"')
  }
  expect(filterMismatch('{"__proto__":["x"]}', 'MessageBody', body('{"__proto__":"x"}'))).toBeUndefined()
})

test('a body of any depth is looked into, or is none', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  expect(filterMismatch('{"a":["b"]}', 'MessageBody', { body: deep, attributes: {} })).toBeTypeOf('string')
})
