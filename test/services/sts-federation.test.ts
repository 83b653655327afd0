import { createSign, generateKeyPairSync } from 'node:crypto'
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import {
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  DecodeAuthorizationMessageCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { describe, expect, test } from 'vitest'
import { codeAt } from '../../durable-objects/services/iam/credentials/one-time-codes.ts'
import { ACCOUNT, enforcing, policy, somebody } from '../support/enforcing.ts'
import { refusal } from '../support/sqs.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const seconds = () => Math.floor(Date.now() / 1000)

/** A real token of GitHub's kind. */
function jwt(claims: object = {}): string {
  const sub = 'repo:octo/app:ref:refs/heads/main'
  const usual = {
    iss: 'https://token.actions.githubusercontent.com',
    aud: 'sts.amazonaws.com',
    sub,
    exp: seconds() + 300,
  }
  const text = `${base64url({ alg: 'RS256', typ: 'JWT', kid: '1' })}.${base64url({ ...usual, ...claims })}`
  return `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`
}

describe('AssumeRoleWithWebIdentity', () => {
  async function setUp() {
    const world = await enforcing()
    const { root, aws } = world
    const ThumbprintList = ['6938fd4d98bab03faadb97b34396831e3780aea1']
    const Url = 'https://token.actions.githubusercontent.com'
    const provider = new CreateOpenIDConnectProviderCommand({
      Url,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList,
    })
    const { OpenIDConnectProviderArn: Federated } = await root.send(provider)
    const host = 'token.actions.githubusercontent.com'
    const AssumeRolePolicyDocument = policy({
      Principal: { Federated },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      Condition: {
        StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com' },
        StringLike: { [`${host}:sub`]: 'repo:octo/app:*' },
      },
    })
    await root.send(new CreateRoleCommand({ RoleName: 'ci', AssumeRolePolicyDocument }))
    const tag = { StringEquals: { 'aws:PrincipalTag/env': 'prod' } }
    const PolicyDocument = policy(
      { Action: 's3:ListAllMyBuckets', Resource: '*' },
      { Action: 'sqs:ListQueues', Resource: '*', Condition: tag },
    )
    await root.send(new PutRolePolicyCommand({ RoleName: 'ci', PolicyName: 'own', PolicyDocument }))
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/ci`
    const assume = (WebIdentityToken: string, more: object = {}) =>
      aws
        .client(STSClient)
        .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'build', WebIdentityToken, ...more }))
    return { ...world, assume, Federated }
  }

  test('gives a session to whom the provider vouches for, by audience and subject', async () => {
    const { aws, assume, Federated } = await setUp()
    const { Credentials, ...rest } = await assume(jwt())
    expect(rest).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ci/build` },
      Audience: 'sts.amazonaws.com',
      Provider: Federated,
      SubjectFromWebIdentityToken: 'repo:octo/app:ref:refs/heads/main',
    })
    const ci = somebody(aws, '', Credentials)
    await ci.client(S3Client).send(new ListBucketsCommand({}))
    expect(await refusal(ci.client(SQSClient).send(new ListQueuesCommand({})))).toContain('sqs:listqueues')
    const tags = { 'https://aws.amazon.com/tags': { principal_tags: { env: ['prod'] } } }
    const tagged = somebody(aws, '', (await assume(jwt(tags))).Credentials)
    await tagged.client(SQSClient).send(new ListQueuesCommand({}))
  })

  test('refuses everyone else', async () => {
    const { assume } = await setUp()
    const not = 'AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity'
    expect(await refusal(assume(jwt({ sub: 'repo:eve/app:ref:refs/heads/main' })))).toBe(not)
    expect(await refusal(assume(jwt(), { RoleArn: `arn:aws:iam::${ACCOUNT}:role/none` }))).toBe(not)
    expect(await refusal(assume(jwt({ aud: 'other' })))).toBe('InvalidIdentityTokenException: Incorrect token audience')
    expect(await refusal(assume(jwt({ iss: 'https://eve.example' })))).toBe(
      'InvalidIdentityTokenException: No OpenIDConnect provider found in your account for https://eve.example',
    )
    expect(await refusal(assume(jwt({ exp: seconds() - 1 })))).toMatch(/^ExpiredTokenException: Token expired: /)
    expect(await refusal(assume('not.a.token'))).toMatch(/^InvalidIdentityTokenException: The ID Token provided is not/)
    expect(await refusal(assume(jwt({ sub: undefined })))).toBe(
      'InvalidIdentityTokenException: Missing a required claim: sub',
    )
  })
})

describe('AssumeRoleWithSAML', () => {
  const PrincipalArn = `arn:aws:iam::${ACCOUNT}:saml-provider/idp`
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/staff`
  const NAMES = 'https://aws.amazon.com/SAML/Attributes'

  function assertion(change: { issuer?: string; role?: string; until?: number } = {}): string {
    const { issuer = 'https://idp.example', role = `${RoleArn},${PrincipalArn}`, until = Date.now() + 300_000 } = change
    const attribute = (name: string, value: string) =>
      `<Attribute Name="${NAMES}/${name}"><AttributeValue>${value}</AttributeValue></Attribute>`
    return Buffer.from(
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion><Issuer>${issuer}</Issuer>
      <Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</NameID><SubjectConfirmation>
      <SubjectConfirmationData NotOnOrAfter="${new Date(until).toISOString()}" Recipient="https://signin.aws.amazon.com/saml"/>
      </SubjectConfirmation></Subject><AttributeStatement>${attribute('Role', role)}${attribute('RoleSessionName', 'alice@example')}
      ${attribute('PrincipalTag:team', 'red')}</AttributeStatement></Assertion></samlp:Response>`,
    ).toString('base64')
  }

  async function setUp() {
    const world = await enforcing()
    const { root, aws } = world
    const SAMLMetadataDocument = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example">${' '.repeat(1000)}</EntityDescriptor>`
    await root.send(new CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument }))
    const AssumeRolePolicyDocument = policy({
      Principal: { Federated: PrincipalArn },
      Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
      Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
    })
    await root.send(new CreateRoleCommand({ RoleName: 'staff', AssumeRolePolicyDocument }))
    const PolicyDocument = policy({ Action: 'sqs:*', Resource: `arn:aws:sqs:*:*:\${aws:PrincipalTag/team}-*` })
    await root.send(new PutRolePolicyCommand({ RoleName: 'staff', PolicyName: 'own', PolicyDocument }))
    const assume = (SAMLAssertion: string) =>
      aws.client(STSClient).send(new AssumeRoleWithSAMLCommand({ RoleArn, PrincipalArn, SAMLAssertion }))
    return { ...world, assume }
  }

  test('gives a session, with the tags of the assertion', async () => {
    const { aws, assume } = await setUp()
    const { Credentials, ...rest } = await assume(assertion())
    expect(rest).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/staff/alice@example` },
      Issuer: 'https://idp.example',
      Subject: 'alice',
      SubjectType: 'persistent',
      Audience: 'https://signin.aws.amazon.com/saml',
      NameQualifier: expect.stringMatching(/^[\w+/]{27}=$/),
    })
    const sqs = somebody(aws, '', Credentials).client(SQSClient)
    await sqs.send(new CreateQueueCommand({ QueueName: 'red-orders' }))
    expect(await refusal(sqs.send(new CreateQueueCommand({ QueueName: 'blue-orders' })))).toContain('AccessDenied')
  })

  test('refuses another issuer, another role, and what is too old', async () => {
    const { assume } = await setUp()
    expect(await refusal(assume(assertion({ issuer: 'https://eve.example' })))).toBe(
      'InvalidIdentityTokenException: Issuer not present in specified provider',
    )
    expect(await refusal(assume(assertion({ role: `${RoleArn}2,${PrincipalArn}` })))).toBe(
      'AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML',
    )
    expect(await refusal(assume(assertion({ until: Date.now() - 1000 })))).toBe(
      'ExpiredTokenException: Token must be redeemed within 5 minutes of issuance',
    )
    expect(await refusal(assume(Buffer.from('nonsense').toString('base64')))).toBe(
      'InvalidIdentityTokenException: Invalid base64 SAMLResponse',
    )
  })
})

describe('a user’s own sessions', () => {
  test('with a second factor may what asks for one', async () => {
    const world = await enforcing()
    const { aws, root, user } = world
    const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }
    const alice = await user('alice', policy({ Action: 'sqs:*', Resource: '*', Condition }))
    const made = await root.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }))
    const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? ''
    const seed = new TextDecoder().decode(made.VirtualMFADevice?.Base32StringSeed)
    const step = Math.floor(Date.now() / 30_000)
    const codes = { AuthenticationCode1: codeAt(seed, step), AuthenticationCode2: codeAt(seed, step + 1) }
    await root.send(new EnableMFADeviceCommand({ UserName: 'alice', SerialNumber, ...codes }))
    const get = (input: object) => alice.client(STSClient).send(new GetSessionTokenCommand(input))
    const list = async (given: Awaited<ReturnType<typeof get>>) =>
      refusal(somebody(aws, '', given.Credentials).client(SQSClient).send(new ListQueuesCommand({})))
    const plain = await get({})
    expect(await list(plain)).toContain('sqs:listqueues')
    const TokenCode = codeAt(seed, step)
    expect(await list(await get({ SerialNumber, TokenCode }))).toContain('not refused')
    const wrong = TokenCode === '000000' ? '000001' : '000000'
    expect(await refusal(get({ SerialNumber, TokenCode: wrong }))).toBe(
      'AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.',
    )
    const session = somebody(aws, '', plain.Credentials).client(STSClient)
    expect(await refusal(session.send(new GetSessionTokenCommand({})))).toBe(
      'AccessDenied: Cannot call GetSessionToken with session credentials',
    )
    expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(alice.arn)
  })

  test('of federated users have what both the user and the session allow', async () => {
    const { aws, user } = await enforcing()
    const alice = await user('alice', policy({ Action: ['sts:GetFederationToken', 'sqs:*'], Resource: '*' }))
    const federate = async (more: object) => {
      const { Credentials, FederatedUser } = await alice
        .client(STSClient)
        .send(new GetFederationTokenCommand({ Name: 'guest', ...more }))
      return somebody(aws, FederatedUser?.Arn ?? '', Credentials)
    }
    const guest = await federate({ Policy: policy({ Action: ['sqs:ListQueues', 's3:*'], Resource: '*' }) })
    expect(guest.arn).toBe(`arn:aws:sts::${ACCOUNT}:federated-user/guest`)
    await guest.client(SQSClient).send(new ListQueuesCommand({}))
    expect(await refusal(guest.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'q' })))).toBe(
      `AccessDenied: User: ${guest.arn} is not authorized to perform: sqs:createqueue on resource: arn:aws:sqs:us-east-1:${ACCOUNT}:q because no session policy allows the sqs:createqueue action`,
    )
    expect(await refusal(guest.client(S3Client).send(new ListBucketsCommand({})))).toContain(
      'because no identity-based',
    )
    const bare = await federate({})
    expect(await refusal(bare.client(SQSClient).send(new ListQueuesCommand({})))).toContain('because no session policy')
  })

  test('and keys say whose they are; a message that nobody encoded says nothing', async () => {
    const { aws, root, user } = await enforcing('off')
    await root.send(new CreateUserCommand({ UserName: 'bob' }))
    const alice = await user('alice')
    const key = (await alice.client(IAMClient).config.credentials()).accessKeyId
    const sts = aws.client(STSClient)
    expect((await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: key }))).Account).toBe(ACCOUNT)
    expect(await refusal(sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' })))).toBe(
      'ValidationError: Invalid Access Key ID: AKIAIOSFODNN7EXAMPLE',
    )
    expect(await refusal(sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'nonsense' })))).toBe(
      'InvalidAuthorizationMessageException: The specified authorization message is invalid.',
    )
  })
})
