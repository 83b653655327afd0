import { describe, expect, test } from 'vitest'
import { readPolicy } from '../../../durable-objects/shared/policy-document.ts'

const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
const read = (change: object, document: object = {}) =>
  readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...change }], ...document }))

describe('a policy is read whole or not at all', () => {
  test.each<[string, object, object?]>([
    ['an effect that is none', { Effect: 'Maybe' }],
    ['no action', { Action: undefined }],
    ['both Action and NotAction', { NotAction: 's3:Get*' }],
    ['both Resource and NotResource', { NotResource: '*' }],
    ['both Principal and NotPrincipal', { Principal: '*', NotPrincipal: '*' }],
    ['a principal of no kind', { Principal: { Robot: 'r2' } }],
    ['a principal that is a text', { Principal: 'me' }],
    ['an operator that is none', { Condition: { StringIs: { a: 'b' } } }],
    ['a condition that is a list', { Condition: [] }],
    ['a condition without values', { Condition: { StringEquals: { a: null } } }],
    ['Null with IfExists', { Condition: { NullIfExists: { a: 'true' } } }],
    ['an action that is a number', { Action: 1 }],
    ['another version', {}, { Version: '2020-01-01' }],
    ['no statement', {}, { Statement: undefined }],
    ['statements that are texts', {}, { Statement: ['x'] }],
  ])('%s', (_, change, document) => {
    expect(read({})).toBeDefined()
    expect(read(change, document)).toBeUndefined()
  })

  test('no JSON, other JSON, and JSON too long or too deep', () => {
    for (const text of ['', 'x', '[]', 'null', '1', '"a"', `{"a":"${'x'.repeat(300_000)}"}`, '['.repeat(100_000)]) {
      expect(readPolicy(text)).toBeUndefined()
    }
  })
})
