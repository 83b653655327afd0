import { expect, test } from 'vitest'
import { canonicalUserOf } from '../../../durable-objects/services/s3/buckets/bucket-owner.ts'
import { corsRuleFor } from '../../../durable-objects/services/s3/website/cors.ts'
import { checkPolicy } from '../../../durable-objects/services/s3/access/policy-grammar.ts'
import { isPublicPolicy } from '../../../durable-objects/services/s3/access/policy-status.ts'

const statement = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::site/*',
  ...more,
})
const checked = (...Statement: object[]) => checkPolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'site')

test('policies that people write are taken', () => {
  const taken = [
    statement({ Action: ['s3:Get*', 's3:ListBucket'], Resource: ['arn:aws:s3:::site', 'arn:aws:s3:::site/*'] }),
    statement({ Action: 's3:*', Resource: '*' }),
    statement({ Resource: 'arn:aws:s3:::si*' }),
    statement({ Resource: `arn:aws:s3:::site/\${aws:username}/*` }),
    statement({ NotAction: 's3:DeleteBucket', Action: undefined }),
    statement({ Principal: { Service: ['cloudfront.amazonaws.com', 'logging.s3.amazonaws.com'] } }),
    statement({ Principal: { CanonicalUser: canonicalUserOf('123456789012') } }),
    statement({ Principal: { AWS: ['arn:aws:iam::123456789012:role/app', '123456789012', 'AIDAEXAMPLEEXAMPLE12'] } }),
    statement({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Action: 's3:*' }),
    statement({ Condition: { 'ForAnyValue:StringLikeIfExists': { 's3:prefix': ['a', 'b'] } } }),
    statement({ Action: 's3:PutBucketPolicy', Resource: 'arn:aws:s3:::site' }),
  ]
  for (const each of taken) expect(() => checked(each), JSON.stringify(each)).not.toThrow()
})

test('a policy is public when it lets everyone in, and nothing fixed limits it', () => {
  const isPublic = (more: object) => isPublicPolicy(checked(statement(more)))
  expect(isPublic({})).toBe(true)
  expect(isPublic({ Effect: 'Deny' })).toBe(false)
  expect(isPublic({ Principal: { AWS: ['123456789012', '*'] } })).toBe(true)
  expect(isPublic({ Principal: { Service: 'cloudfront.amazonaws.com' } })).toBe(false)
  const when = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } })
  expect(isPublic(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))).toBe(false)
  expect(isPublic(when('StringLike', 'aws:SourceVpce', 'vpce-*'))).toBe(true)
  expect(isPublic(when('StringNotEquals', 'aws:SourceVpce', 'vpce-1'))).toBe(true)
  expect(isPublic(when('StringLike', 'aws:Referer', 'https://example.com/*'))).toBe(true)
  expect(isPublic(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::123456789012:role/*'))).toBe(false)
  expect(isPublic(when('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '0.0.0.0/1']))).toBe(true)
})

test('patterns of bucket names end even when they are hostile', () => {
  const hostile = `arn:aws:s3:::${'*a'.repeat(500)}b/*`
  expect(() => checked(statement({ Resource: hostile }))).toThrow('Policy has invalid resource')
})

test('an account has one canonical id, unlike any other’s', () => {
  const ids = ['123456789012', '123456789013', '111122223333', '000000000000'].map(canonicalUserOf)
  expect(new Set(ids).size).toBe(4)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(canonicalUserOf('123456789012')).toBe(ids[0])
})

test('the first CORS rule that fits counts', () => {
  const rules = [
    { ID: 'one', AllowedOrigins: ['https://*.a.com'], AllowedMethods: ['GET'], AllowedHeaders: ['x-*'] },
    { ID: 'two', AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT'] },
  ]
  const ruleFor = (origin: string, method: string, headers: string[] = []) =>
    corsRuleFor(rules, { origin, method, headers })?.ID
  expect(ruleFor('https://www.a.com', 'GET', ['X-Token'])).toBe('one')
  expect(ruleFor('https://www.a.com', 'PUT')).toBe('two')
  expect(ruleFor('https://www.b.com', 'GET')).toBe('two')
  expect(ruleFor('https://www.b.com', 'GET', ['x-token'])).toBeUndefined()
  expect(ruleFor('https://www.b.com', 'DELETE')).toBeUndefined()
})
