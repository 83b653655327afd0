import { describe, expect, test } from 'vitest'
import { readPolicy } from '../../../durable-objects/shared/policy-document.ts'
import { evaluate } from '../../../durable-objects/shared/policy-evaluate.ts'
import type { ContextValues } from '../../../durable-objects/shared/policy-statement.ts'

/** A policy variable. */
const variable = (name: string) => `\${${name}}`

const principal = { aws: 'arn:aws:iam::123456789012:user/alice' }

/** Whether a Condition block holds for a request of that context. */
function holds(Condition: unknown, context: ContextValues = {}): boolean {
  const Statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition }
  const policy = readPolicy(JSON.stringify({ Version: '2012-10-17', Statement }))
  if (!policy) throw new Error(`not a policy: ${JSON.stringify(Condition)}`)
  const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::a/b', principal, context }
  return evaluate({ identity: [{ name: 'it', policy }] }, request).decision === 'allowed'
}

type Case = [operator: string, wanted: unknown, given: string, outcome: boolean]

describe('each operator, and its opposite, says of one value', () => {
  test.each<Case>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', ['b', 'a'], 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringEqualsIgnoreCase', 'PayRoll', 'payroll', true],
    ['StringNotEqualsIgnoreCase', 'PayRoll', 'payroll', false],
    ['StringLike', 'home/*/docs', 'home/alice/x/docs', true],
    ['StringLike', 'home/?', 'home/ab', false],
    ['StringNotLike', 'home/*', 'home/a', false],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', 10, '10', true],
    ['NumericNotEquals', '10', '11', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '-1', '0', true],
    ['NumericGreaterThanEquals', '10', '9.99', false],
    ['NumericEquals', 'ten', 'ten', false],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', true],
    ['DateNotEquals', '2026-01-01', '2026-01-02T00:00:00Z', true],
    ['DateLessThan', '2026-01-02T00:00:00Z', '2026-01-01T23:59:59Z', true],
    ['DateGreaterThan', '2026-01-02T00:00:00Z', '2026-01-01T23:59:59Z', false],
    ['DateLessThanEquals', '1767225600', '2026-01-01T00:00:00Z', true],
    ['DateGreaterThanEquals', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z', true],
    ['DateLessThan', 'soon', '2026-01-01T00:00:00Z', false],
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'true', true],
    ['Bool', 'false', 'true', false],
    ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
    ['IpAddress', '203.0.113.0/24', '203.0.113.77', true],
    ['IpAddress', ['10.0.0.0/8', '192.0.2.1'], '192.0.2.1', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.1', false],
    ['IpAddress', '2001:db8:1234:5678::/64', '2001:DB8:1234:5678::1', true],
    ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
    ['IpAddress', '203.0.113.0/33', '203.0.113.1', false],
    ['NotIpAddress', '203.0.113.0/24', '203.0.113.77', false],
    ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', true],
    ['ArnEquals', 'arn:aws:sns:*:123456789012:topic', 'arn:aws:sns:eu-west-1:123456789012:topic', true],
    ['ArnLike', 'arn:aws:s3:::bucket*', 'arn:aws:s3:::bucket-2', true],
    ['ArnLike', 'arn:aws:*:topic', 'arn:aws:sns:us-east-1:123456789012:topic', false],
    ['ArnLike', 'arn:aws:iam::*:role/*', 'arn:aws:iam::123456789012:role/app/worker', true],
    ['ArnNotEquals', 'arn:aws:sns:*:*:topic', 'arn:aws:sns:us-east-1:123456789012:topic', false],
    ['ArnNotLike', 'arn:aws:sns:*:*:topic', 'arn:aws:sns:us-east-1:123456789012:other', true],
  ])('%s %j %s', (operator, wanted, given, outcome) => {
    expect(holds({ [operator]: { 'aws:Some/Key': wanted } }, { 'AWS:some/KEY': given })).toBe(outcome)
  })
})

describe('a key that the request does not have', () => {
  test.each([
    ['StringEquals', false],
    ['StringNotEquals', true],
    ['StringNotLike', true],
    ['NotIpAddress', true],
    ['ArnNotLike', true],
    ['StringEqualsIfExists', true],
    ['NumericLessThanIfExists', true],
    ['BoolIfExists', true],
    ['ForAllValues:StringEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['ForAnyValue:StringNotEquals', false],
    ['ForAnyValue:StringEqualsIfExists', true],
  ])('%s: %s', (operator, outcome) => {
    expect(holds({ [operator]: { 'aws:TagKeys': '1' } })).toBe(outcome)
    expect(holds({ [operator]: { 'aws:TagKeys': '1' } }, { 'aws:TagKeys': [] })).toBe(outcome)
  })

  test('Null asks for just that', () => {
    expect(holds({ Null: { 'aws:TokenIssueTime': 'true' } })).toBe(true)
    expect(holds({ Null: { 'aws:TokenIssueTime': 'false' } })).toBe(false)
    expect(holds({ Null: { 'aws:TokenIssueTime': false } }, { 'aws:TokenIssueTime': 'x' })).toBe(true)
    expect(holds({ Null: { 'aws:TokenIssueTime': 'true' } }, { 'aws:TokenIssueTime': 'x' })).toBe(false)
  })
})

describe('several values', () => {
  const tags = { 'aws:TagKeys': ['env', 'team'] }

  test.each([
    ['ForAllValues:StringEquals', ['env', 'team', 'cost'], true],
    ['ForAllValues:StringEquals', ['env'], false],
    ['ForAnyValue:StringEquals', ['env'], true],
    ['ForAnyValue:StringEquals', ['cost'], false],
    ['ForAllValues:StringNotEquals', ['cost'], true],
    ['ForAllValues:StringNotEquals', ['env'], false],
    ['ForAnyValue:StringNotLike', ['e*'], true],
    ['ForAnyValue:StringNotLike', ['e*', 't*'], false],
    ['forallvalues:stringlike', ['e*', 't*'], true],
  ])('%s %j: %s', (operator, wanted, outcome) => {
    expect(holds({ [operator]: { 'aws:TagKeys': wanted } }, tags)).toBe(outcome)
  })

  test('all operators and all keys must hold, any value of each', () => {
    const condition = {
      StringEquals: { 'aws:PrincipalTag/team': ['a', 'b'], 'aws:RequestedRegion': 'eu-west-1' },
      Bool: { 'aws:SecureTransport': 'true' },
    }
    const context = { 'aws:PrincipalTag/team': 'b', 'aws:RequestedRegion': 'eu-west-1', 'aws:SecureTransport': 'true' }
    expect(holds(condition, context)).toBe(true)
    for (const key of Object.keys(context)) expect(holds(condition, { ...context, [key]: 'other' })).toBe(false)
  })
})

describe('variables', () => {
  const context = { 'aws:username': 'alice', 'aws:PrincipalTag/team': 'red', 'aws:TagKeys': ['a', 'b'] }

  test('are the request’s values, in conditions too', () => {
    const own = {
      StringEquals: { 's3:prefix': [`home/${variable('aws:username')}/`, variable('aws:PrincipalTag/team')] },
    }
    expect(holds(own, { ...context, 's3:prefix': 'home/alice/' })).toBe(true)
    expect(holds(own, { ...context, 's3:prefix': 'red' })).toBe(true)
    expect(holds(own, { ...context, 's3:prefix': 'home/bob/' })).toBe(false)
  })

  test('without a value match nothing, unless they have a default', () => {
    expect(holds({ StringEquals: { k: variable('aws:userid') } }, { k: variable('aws:userid') })).toBe(false)
    expect(holds({ StringLike: { k: `${variable('aws:TagKeys')}*` } }, { ...context, k: 'a' })).toBe(false)
    expect(holds({ StringEquals: { k: variable("aws:PrincipalTag/x, 'none'") } }, { k: 'none' })).toBe(true)
  })

  test('are taken as text: a value with a star is a star', () => {
    const like = { StringLike: { k: variable('aws:username') } }
    expect(holds(like, { 'aws:username': '*', k: 'anything' })).toBe(false)
    expect(holds(like, { 'aws:username': '*', k: '*' })).toBe(true)
    expect(holds({ StringLike: { k: `a${variable('*')}b${variable('$')}${variable('?')}` } }, { k: 'a*b$?' })).toBe(
      true,
    )
    expect(holds({ StringLike: { k: `a${variable('*')}b` } }, { k: 'axb' })).toBe(false)
  })
})
