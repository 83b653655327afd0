import { describe, expect, test } from 'vitest'
import { readPolicy } from '../../../durable-objects/shared/policy-document.ts'
import { type AccessRequest, evaluate, type NamedPolicy } from '../../../durable-objects/shared/policy-evaluate.ts'
import { evaluateResourcePolicy, trusts } from '../../../durable-objects/shared/policy.ts'

/** A policy variable. */
const variable = (name: string) => `\${${name}}`

const USER = 'arn:aws:iam::123456789012:user/alice'
const ROLE = 'arn:aws:iam::123456789012:role/app/worker'
const SESSION = 'arn:aws:sts::123456789012:assumed-role/worker/it'
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:orders'

const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const policy = (...statements: object[]): NamedPolicy => ({ name: 'p', policy: readPolicy(document(...statements)) })
const allow = (more: object = {}) => policy({ Effect: 'Allow', Action: 'sqs:*', Resource: '*', ...more })
const deny = (more: object = {}) => policy({ Effect: 'Deny', Action: 'sqs:*', Resource: '*', ...more })
const to = (AWS: unknown, more: object = {}) => allow({ Principal: { AWS }, ...more })

const ask = (policies: Parameters<typeof evaluate>[0], request: Partial<AccessRequest> = {}) => {
  const principal = { aws: USER }
  const { decision, layer } = evaluate(policies, {
    action: 'sqs:SendMessage',
    resource: QUEUE,
    principal,
    context: {},
    ...request,
  })
  return `${decision} by ${layer}`
}
const session = { principal: { aws: SESSION, role: ROLE } }

describe('within an account', () => {
  test('nothing is allowed that no policy allows', () => {
    expect(ask({ identity: [] })).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow()] })).toBe('allowed by identity')
    expect(ask({ identity: [allow({ Action: 'sqs:Receive*' })] })).toBe('implicitDeny by identity')
    expect(ask({ identity: [{ name: 'unreadable', policy: undefined }] })).toBe('implicitDeny by identity')
  })

  test('a denial wins over all else, wherever it stands', () => {
    for (const layer of ['identity', 'resource', 'boundary', 'session', 'control'] as const) {
      const denial = layer === 'resource' ? deny({ Principal: '*' }) : deny()
      const set = {
        identity: [allow()],
        resource: to(USER),
        boundary: allow(),
        session: [allow()],
        control: [[allow()]],
      }
      const lists = { identity: [allow(), denial], session: [denial], control: [[allow(), denial]] }
      expect(ask({ ...set, [layer]: layer in lists ? lists[layer as keyof typeof lists] : denial })).toBe(
        `explicitDeny by ${layer}`,
      )
    }
  })

  test('actions have no case, resources have; Not means all but', () => {
    expect(ask({ identity: [allow({ Action: 'SQS:sendmessage' })] })).toBe('allowed by identity')
    expect(ask({ identity: [allow({ Resource: QUEUE.replace('orders', 'Orders') })] })).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow({ Action: undefined, NotAction: ['s3:*', 'sqs:Receive*'] })] })).toBe(
      'allowed by identity',
    )
    expect(ask({ identity: [allow({ Action: undefined, NotAction: 'sqs:Send*' })] })).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow({ Resource: undefined, NotResource: 'arn:aws:sqs:*:*:other' })] })).toBe(
      'allowed by identity',
    )
    expect(ask({ identity: [allow({ Resource: undefined, NotResource: '*:orders' })] })).toBe(
      'implicitDeny by identity',
    )
    expect(ask({ identity: [allow(), deny({ Action: undefined, NotAction: 'sqs:SendMessage' })] })).toBe(
      'allowed by identity',
    )
  })

  test('a resource is found by variables of whoever asks', () => {
    const own = { identity: [allow({ Resource: `arn:aws:sqs:*:*:${variable('aws:username')}-*` })] }
    const resource = 'arn:aws:sqs:us-east-1:123456789012:alice-inbox'
    expect(ask(own, { resource, context: { 'aws:username': 'alice' } })).toBe('allowed by identity')
    expect(ask(own, { resource, context: { 'aws:username': 'bob' } })).toBe('implicitDeny by identity')
    expect(ask(own, { resource })).toBe('implicitDeny by identity')
  })

  test('a resource’s policy allows alone whom it names; an account it names may let its own', () => {
    expect(ask({ identity: [], resource: to(USER) })).toBe('allowed by resource')
    expect(ask({ identity: [], resource: to('*') })).toBe('allowed by resource')
    expect(ask({ identity: [], resource: to('123456789012') })).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow()], resource: to('arn:aws:iam::123456789012:root') })).toBe('allowed by identity')
    expect(ask({ identity: [], resource: to('arn:aws:iam::123456789012:user/bob') })).toBe('implicitDeny by identity')
    expect(ask({ identity: [], resource: to(ROLE) }, session)).toBe('allowed by resource')
  })

  test('NotPrincipal denies all but those it names', () => {
    const resource = policy({ Effect: 'Deny', NotPrincipal: { AWS: USER }, Action: '*', Resource: '*' })
    expect(ask({ identity: [allow()], resource })).toBe('allowed by identity')
    expect(ask({ identity: [allow()], resource }, { principal: { aws: `${USER}2` } })).toBe('explicitDeny by resource')
    const account = policy({ Effect: 'Deny', NotPrincipal: { AWS: '123456789012' }, Action: '*', Resource: '*' })
    expect(ask({ identity: [allow()], resource: account })).toBe('explicitDeny by resource')
    const root = { principal: { aws: 'arn:aws:iam::123456789012:root' } }
    expect(ask({ identity: [], resource: account }, root)).toBe('allowed by identity')
  })

  test('a boundary and session policies cut what the identity’s allow', () => {
    const receive = { Action: 'sqs:Receive*' }
    expect(ask({ identity: [allow()], boundary: allow(receive) })).toBe('implicitDeny by boundary')
    expect(ask({ identity: [], boundary: allow() })).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow()], boundary: allow() })).toBe('allowed by identity')
    expect(ask({ identity: [allow()], session: [allow(receive)] }, session)).toBe('implicitDeny by session')
    expect(ask({ identity: [allow()], session: [] }, session)).toBe('implicitDeny by session')
    expect(ask({ identity: [allow()], session: [allow(receive), allow()] }, session)).toBe('allowed by identity')
  })

  test('whom a resource’s policy names itself, they do not cut; a session by its role’s name they do', () => {
    const receive = allow({ Action: 'sqs:Receive*' })
    expect(ask({ identity: [], boundary: receive, resource: to(USER) })).toBe('allowed by resource')
    expect(ask({ identity: [], session: [receive], resource: to(SESSION) }, session)).toBe('allowed by resource')
    expect(ask({ identity: [], session: [receive], resource: to(ROLE) }, session)).toBe('implicitDeny by session')
    expect(ask({ identity: [], boundary: receive, resource: to(ROLE) }, session)).toBe('implicitDeny by boundary')
  })

  test('each level of control policies must allow', () => {
    expect(ask({ identity: [allow()], control: [[allow()], [allow({ Action: 's3:*' })]] })).toBe(
      'implicitDeny by control',
    )
    expect(ask({ identity: [allow()], control: [[allow()], [allow({ Action: 's3:*' }), allow()]] })).toBe(
      'allowed by identity',
    )
  })

  test('root may all that is not denied', () => {
    const principal = { aws: 'arn:aws:iam::123456789012:root' }
    expect(ask({ identity: [] }, { principal })).toBe('allowed by identity')
    expect(ask({ identity: [], resource: deny({ Principal: '*' }) }, { principal })).toBe('explicitDeny by resource')
  })

  test('some resources decide for themselves', () => {
    const decides = { resourceDecides: true }
    expect(ask({ identity: [allow()] }, decides)).toBe('implicitDeny by resource')
    expect(ask({ identity: [allow()], resource: to('123456789012') }, decides)).toBe('allowed by identity')
  })
})

describe('across accounts', () => {
  const foreign = { resource: 'arn:aws:sqs:us-east-1:000000000042:orders' }

  test('both sides must allow', () => {
    expect(ask({ identity: [allow()] }, foreign)).toBe('implicitDeny by resource')
    expect(ask({ identity: [], resource: to(USER) }, foreign)).toBe('implicitDeny by identity')
    expect(ask({ identity: [allow()], resource: to(USER) }, foreign)).toBe('allowed by identity')
    expect(ask({ identity: [allow()], resource: to('123456789012') }, foreign)).toBe('allowed by identity')
    expect(ask({ identity: [allow()], resource: to('000000000007') }, foreign)).toBe('implicitDeny by resource')
    expect(ask({ identity: [allow()], resource: to(USER), boundary: allow({ Action: 's3:*' }) }, foreign)).toBe(
      'implicitDeny by boundary',
    )
  })

  test('the owner is told where the ARN does not say', () => {
    const bucket = { action: 's3:GetObject', resource: 'arn:aws:s3:::theirs/key', resourceAccount: '000000000042' }
    expect(ask({ identity: [allow({ Action: 's3:*' })] }, bucket)).toBe('implicitDeny by resource')
    expect(ask({ identity: [allow({ Action: 's3:*' })] }, { ...bucket, resourceAccount: '123456789012' })).toBe(
      'allowed by identity',
    )
  })

  test('nobody gets what is given to all', () => {
    const nobody = { principal: {} }
    expect(ask({ identity: [], resource: to('*') }, nobody)).toBe('allowed by resource')
    expect(ask({ identity: [] }, nobody)).toBe('implicitDeny by resource')
    expect(ask({ identity: [], resource: to('123456789012') }, nobody)).toBe('implicitDeny by resource')
  })
})

describe('a resource’s policy alone', () => {
  const request = { action: 'sqs:SendMessage', resource: QUEUE, principal: { service: 's3.amazonaws.com' } }
  const byArn = (arn: string) => ({ ArnLike: { 'aws:SourceArn': arn } })

  test('lets a service in from the sources that it names', () => {
    const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE }
    const service = { Principal: { Service: 's3.amazonaws.com' }, Condition: byArn('arn:aws:s3:*:*:photos') }
    const from = (arn: string) => ({ ...request, context: { 'aws:SourceArn': arn } })
    const text = document({ ...statement, ...service })
    expect(evaluateResourcePolicy(text, from('arn:aws:s3:::photos'))).toBe('allow')
    expect(evaluateResourcePolicy(text, from('arn:aws:s3:::music'))).toBe('none')
    expect(evaluateResourcePolicy(null, from('arn:aws:s3:::photos'))).toBe('none')
    expect(evaluateResourcePolicy('not json', from('arn:aws:s3:::photos'))).toBe('none')
    const denied = document({ ...statement, ...service }, { ...statement, Effect: 'Deny', Principal: '*' })
    expect(evaluateResourcePolicy(denied, from('arn:aws:s3:::photos'))).toBe('deny')
  })

  test('trusts a service, by its regional name too', () => {
    const trust = (Service: unknown, more: object = {}) =>
      document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', ...more })
    expect(trusts(trust('lambda.amazonaws.com'), 'lambda.amazonaws.com')).toBe(true)
    expect(trusts(trust(['ec2.amazonaws.com', 'logs.eu-west-1.amazonaws.com']), 'logs.amazonaws.com')).toBe(true)
    expect(trusts(trust('ec2.amazonaws.com'), 'lambda.amazonaws.com')).toBe(false)
    expect(trusts(trust('lambda.amazonaws.com', { Action: 'sts:TagSession' }), 'lambda.amazonaws.com')).toBe(false)
    expect(trusts(document({ Effect: 'Allow', Principal: { AWS: USER }, Action: '*' }), 'lambda.amazonaws.com')).toBe(
      false,
    )
  })
})
