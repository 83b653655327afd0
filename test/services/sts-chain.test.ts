import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, DeleteQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy, type Somebody, somebody } from '../support/enforcing.ts'
import { refusal } from '../support/sqs.ts'

const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`
const NOT_REFUSED = expect.stringContaining('not refused')
type World = Awaited<ReturnType<typeof enforcing>>

type Made = { trust: string; own?: string; boundary?: string | undefined }

async function makeRole(iam: IAMClient, RoleName: string, { trust, own, boundary }: Made) {
  const bounded = boundary === undefined ? {} : { PermissionsBoundary: boundary }
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...bounded }))
  if (own !== undefined) await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: own }))
}

async function assume(
  { aws }: World,
  who: Somebody,
  RoleArn: string,
  more: Partial<AssumeRoleCommandInput> = {},
): Promise<Somebody> {
  const input = { RoleArn, RoleSessionName: 'it', ...more }
  const { Credentials, AssumedRoleUser } = await who.client(STSClient).send(new AssumeRoleCommand(input))
  return somebody(aws, AssumedRoleUser?.Arn ?? '', Credentials)
}

const createQueue = (who: Somebody, QueueName: string, more: object = {}) =>
  refusal(who.client(SQSClient).send(new CreateQueueCommand({ QueueName, ...more })))

test('a chain: a user becomes one role, which becomes another, tags passing on and a boundary cutting', async () => {
  const world = await enforcing()
  const { root, user } = world
  const alice = await user(
    'alice',
    policy({ Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: roleArn('front') }),
  )
  const tagged = { Action: ['sts:AssumeRole', 'sts:TagSession'] }
  await makeRole(root, 'front', {
    trust: policy({
      ...tagged,
      Principal: { AWS: ACCOUNT },
      Condition: { StringEquals: { 'aws:RequestTag/team': ['red', 'blue'] } },
    }),
    own: policy({ ...tagged, Resource: roleArn('back') }),
  })
  const boundary = policy({ Action: ['s3:*', 'sqs:ListQueues', 'sqs:CreateQueue'], Resource: '*' })
  const { Policy } = await root.send(new CreatePolicyCommand({ PolicyName: 'edge', PolicyDocument: boundary }))
  const own = policy(
    { Action: 'sqs:*', Resource: `arn:aws:sqs:*:*:\${aws:PrincipalTag/team}-*` },
    { Action: 'sqs:ListQueues', Resource: '*' },
    { Action: 's3:*', Resource: '*' },
  )
  const trust = policy({ ...tagged, Principal: { AWS: roleArn('front') } })
  await makeRole(root, 'back', { trust, own, boundary: Policy?.Arn })

  expect(await refusal(assume(world, alice, roleArn('back')))).toBe(
    `AccessDenied: User: ${alice.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn('back')} because no role trust policy allows the sts:AssumeRole action`,
  )
  const tags = (team: string) => ({
    Tags: [
      { Key: 'team', Value: team },
      { Key: 'once', Value: '1' },
    ],
    TransitiveTagKeys: ['team'],
  })
  expect(await refusal(assume(world, alice, roleArn('front')))).toContain('AccessDenied')
  expect(await refusal(assume(world, alice, roleArn('front'), tags('green')))).toContain('AccessDenied')
  const front = await assume(world, alice, roleArn('front'), tags('red'))
  expect(await createQueue(front, 'red-orders')).toContain('because no identity-based policy allows')
  const retag = { Tags: [{ Key: 'team', Value: 'blue' }] }
  expect(await refusal(assume(world, front, roleArn('back'), retag))).toContain(
    "can't be set because it conflicts with a transitive tag key from the calling session",
  )

  const back = await assume(world, front, roleArn('back'))
  expect((await back.client(STSClient).send(new GetCallerIdentityCommand({}))).Arn).toBe(
    `arn:aws:sts::${ACCOUNT}:assumed-role/back/it`,
  )
  expect(await createQueue(back, 'red-orders')).toEqual(NOT_REFUSED)
  expect(await createQueue(back, 'blue-orders')).toContain('because no identity-based policy allows')
  const QueueUrl = `${world.aws.url}/${ACCOUNT}/red-orders`
  expect(await refusal(back.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl })))).toContain(
    'because no permissions boundary allows the sqs:deletequeue action',
  )

  const Session = policy({ Action: 's3:ListAllMyBuckets', Resource: '*' })
  const narrow = await assume(world, front, roleArn('back'), { Policy: Session })
  await narrow.client(S3Client).send(new ListBucketsCommand({}))
  expect(await createQueue(narrow, 'red-more')).toContain('because no session policy allows the sqs:createqueue action')
  const managed = await assume(world, front, roleArn('back'), {
    PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess' }],
  })
  await managed.client(SQSClient).send(new ListQueuesCommand({}))
  expect(await createQueue(managed, 'red-more')).toContain('because no session policy allows')
  expect(await refusal(managed.client(S3Client).send(new ListBucketsCommand({})))).toContain(
    'because no session policy',
  )
  const { decisions } = await world.aws.admin<{ decisions: { action: string; principal: string; layer: string }[] }>(
    'GET',
    '/_fakecloud/iam/explain?limit=1000',
  )
  const narrowed = decisions.filter(({ layer }) => layer === 'session')
  expect(narrowed.map(({ principal, action }) => `${principal} ${action}`)).toEqual([
    `${back.arn} sqs:CreateQueue`,
    `${back.arn} sqs:CreateQueue`,
    `${back.arn} s3:ListAllMyBuckets`,
  ])
})

test('a role of another account takes both accounts’ leave, and an external id', async () => {
  const world = await enforcing()
  const { aws, user, allow } = world
  const alice = await user('alice')
  const theirs = aws.client(IAMClient, { credentials: { accessKeyId: '000000000042', secretAccessKey: 'test' } })
  const shared = roleArn('shared', '000000000042')
  const Condition = { StringEquals: { 'sts:ExternalId': 'handshake' } }
  const trust = policy({ Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole', Condition })
  await makeRole(theirs, 'shared', { trust, own: policy({ Action: 's3:*', Resource: '*' }) })
  const ExternalId = 'handshake'
  expect(await refusal(assume(world, alice, shared, { ExternalId }))).toContain(
    'because no identity-based policy allows the sts:AssumeRole action',
  )
  await allow('alice', policy({ Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::*:role/shared' }))
  expect(await refusal(assume(world, alice, shared))).toContain('because no role trust policy allows')
  const visitor = await assume(world, alice, shared, { ExternalId })
  const s3 = visitor.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'theirs' }))
  await s3.send(new PutObjectCommand({ Bucket: 'theirs', Key: 'k', Body: 'x' }))
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'ours' }))
  const home = new PutObjectCommand({ Bucket: 'ours', Key: 'k', Body: 'x' })
  expect(await refusal(s3.send(home))).toBe('AccessDenied: Access Denied')
})

test('a trust policy that names a user lets it in alone; one that names its account lets in whom that lets', async () => {
  const world = await enforcing()
  const { root, user } = world
  const alice = await user('alice')
  const bob = await user('bob')
  await makeRole(root, 'hers', { trust: policy({ Principal: { AWS: alice.arn }, Action: 'sts:AssumeRole' }) })
  await makeRole(root, 'anyones', { trust: policy({ Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }) })
  expect((await assume(world, alice, roleArn('hers'))).arn).toContain(':assumed-role/hers/it')
  expect(await refusal(assume(world, bob, roleArn('hers')))).toContain('AccessDenied')
  expect(await refusal(assume(world, alice, roleArn('anyones')))).toContain('because no identity-based policy allows')
  const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await root.send(new AttachRolePolicyCommand({ RoleName: 'hers', PolicyArn: admin }))
  const session = await assume(world, alice, roleArn('hers'))
  expect((await assume(world, session, roleArn('anyones'))).arn).toContain(':assumed-role/anyones/it')
})

test('source identities and session names are asked for, and stay with the session', async () => {
  const world = await enforcing()
  const { root, user } = world
  const alice = await user('alice', policy({ Action: 'sts:*', Resource: '*' }))
  const own = { 'sts:RoleSessionName': `\${aws:username}`, 'sts:SourceIdentity': `\${aws:username}` }
  const named = policy({
    Principal: { AWS: ACCOUNT },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    Condition: { StringLike: own },
  })
  const queues = {
    Action: 'sqs:ListQueues',
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceIdentity': 'alice' } },
  }
  await makeRole(root, 'named', { trust: named, own: policy(queues) })
  const names = (name: string) => ({ RoleSessionName: name, SourceIdentity: name })
  expect(await refusal(assume(world, alice, roleArn('named'), names('bob')))).toContain('AccessDenied')
  const session = await assume(world, alice, roleArn('named'), names('alice'))
  await session.client(SQSClient).send(new ListQueuesCommand({}))
})
