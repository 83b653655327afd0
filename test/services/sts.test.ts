import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { type TestClients, testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

const account = '123456789012'
const trust = (principal: unknown, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }],
  })

const setUp = () => {
  const aws = testClients()
  return { aws, iam: aws.client(IAMClient), sts: aws.client(STSClient) }
}

const withKey = (aws: TestClients, key: { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined }) =>
  aws.client(STSClient, {
    credentials: { accessKeyId: key.AccessKeyId ?? '', secretAccessKey: key.SecretAccessKey ?? '' },
  })

const withSession = (aws: TestClients, session: Credentials | undefined) =>
  aws.client(STSClient, {
    credentials: {
      accessKeyId: session?.AccessKeyId ?? '',
      secretAccessKey: session?.SecretAccessKey ?? '',
      sessionToken: session?.SessionToken ?? '',
    },
  })

const identityOf = async (sts: STSClient) => {
  const { $metadata: _, ...identity } = await sts.send(new GetCallerIdentityCommand({}))
  return identity
}

async function makeUser({ aws, iam }: { aws: TestClients; iam: IAMClient }, UserName: string) {
  const { User } = await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { user: User, key: AccessKey, sts: withKey(aws, AccessKey ?? {}) }
}

async function makeRole(iam: IAMClient, RoleName: string, AssumeRolePolicyDocument: string, more: object = {}) {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
  return { arn: Role?.Arn ?? '', id: Role?.RoleId ?? '' }
}

test('keys that are nobody’s are root’s, in the account they name', async () => {
  const { aws, sts } = setUp()
  expect(await identityOf(sts)).toEqual({ UserId: account, Account: account, Arn: `arn:aws:iam::${account}:root` })
  const other = withKey(aws, { AccessKeyId: '000000000042', SecretAccessKey: 'any' })
  expect((await identityOf(other)).Arn).toBe('arn:aws:iam::000000000042:root')
})

test('a user’s key says which user it is, while it is active', async () => {
  const at = setUp()
  const { user, key, sts } = await makeUser(at, 'alice')
  expect(await identityOf(sts)).toEqual({ UserId: user?.UserId, Account: account, Arn: user?.Arn })
  const info = await at.sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: key?.AccessKeyId }))
  expect(info.Account).toBe(account)
  await at.iam.send(
    new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId: key?.AccessKeyId, Status: 'Inactive' }),
  )
  expect(await refusal(identityOf(sts))).toBe(
    'InvalidClientTokenId: The security token included in the request is invalid.',
  )
})

test('a session of a role says which role, and by which name', async () => {
  const at = setUp()
  const { sts, user } = await makeUser(at, 'alice')
  const role = await makeRole(at.iam, 'worker', trust({ AWS: user?.Arn }), { Path: '/app/' })
  const { Credentials, AssumedRoleUser } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'night-shift' }),
  )
  expect(AssumedRoleUser).toEqual({
    AssumedRoleId: `${role.id}:night-shift`,
    Arn: `arn:aws:sts::${account}:assumed-role/worker/night-shift`,
  })
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA/)
  expect(await identityOf(withSession(at.aws, Credentials))).toEqual({
    UserId: `${role.id}:night-shift`,
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/worker/night-shift`,
  })
})

test('only whom the trust policy names may assume a role; one that does not exist is refused alike', async () => {
  const at = setUp()
  const alice = await makeUser(at, 'alice')
  const bob = await makeUser(at, 'bob')
  const role = await makeRole(at.iam, 'worker', trust({ AWS: alice.user?.Arn }))
  const assume = (sts: STSClient, RoleArn: string) =>
    refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'it' })))
  const denied = (arn: string) =>
    `AccessDenied: User: arn:aws:iam::${account}:user/bob is not authorized to perform: sts:AssumeRole on resource: ${arn}`
  expect(await assume(bob.sts, role.arn)).toBe(denied(role.arn))
  const nothing = `arn:aws:iam::${account}:role/nothing`
  expect(await assume(bob.sts, nothing)).toBe(denied(nothing))
  expect(await assume(bob.sts, 'arn:aws:s3:::not-a-role-at-all')).toBe(
    'ValidationError: arn:aws:s3:::not-a-role-at-all is invalid',
  )
})

test('a role of another account is assumed with its external id only', async () => {
  const at = setUp()
  const { sts } = await makeUser(at, 'alice')
  const theirs = at.aws.client(IAMClient, { credentials: { accessKeyId: '000000000042', secretAccessKey: 'any' } })
  const condition = { Condition: { StringEquals: { 'sts:ExternalId': 'secret-handshake' } } }
  const role = await makeRole(theirs, 'shared', trust({ AWS: account }, condition))
  const assume = (ExternalId?: string) =>
    sts.send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'visit', ExternalId }))
  expect(await refusal(assume())).toContain('is not authorized to perform: sts:AssumeRole')
  expect(await refusal(assume('guess'))).toContain('is not authorized to perform: sts:AssumeRole')
  const { Credentials } = await assume('secret-handshake')
  expect(await identityOf(withSession(at.aws, Credentials))).toMatchObject({
    Account: '000000000042',
    Arn: 'arn:aws:sts::000000000042:assumed-role/shared/visit',
  })
})

test('a session lasts as long as asked, within the role’s limit, and ends by the virtual clock', async () => {
  const { aws, iam, sts } = setUp()
  const role = await makeRole(iam, 'worker', trust({ AWS: account }), { MaxSessionDuration: 7200 })
  const assume = (DurationSeconds?: number, from = sts) =>
    from.send(new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'it', DurationSeconds }))
  expect(await refusal(assume(7201))).toBe(
    'ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  )
  const { Credentials } = await assume(7200)
  const session = withSession(aws, Credentials)
  expect(await refusal(assume(3601, session))).toBe(
    'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
  )
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 7100 })
  expect((await identityOf(session)).Account).toBe(account)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 101 })
  expect(await refusal(identityOf(session))).toBe('ExpiredToken: The security token included in the request is expired')
})
