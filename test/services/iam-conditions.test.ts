import { GetUserCommand, IAMClient, ListAccessKeysCommand, TagUserCommand } from '@aws-sdk/client-iam'
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateScheduleGroupCommand, GetScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy, type Somebody } from '../support/enforcing.ts'
import { create, ECHO } from '../support/lambda.ts'
import { refusal } from '../support/sqs.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const queueArn = (name: string, account = ACCOUNT) => `arn:aws:sqs:us-east-1:${account}:${name}`
const createQueue = (who: Somebody, QueueName: string, more: object = {}) =>
  who.client(SQSClient).send(new CreateQueueCommand({ QueueName, ...more }))
const _NOT_REFUSED = expect.stringContaining('not refused')

describe('what an operation asks for', () => {
  test('a batch needs its single operation, and only on its queue', async () => {
    const { aws, user } = await enforcing()
    const url = async (QueueName: string) =>
      (await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? ''
    const [orders, other] = [await url('orders'), await url('other')]
    const alice = await user('alice', policy({ Action: 'sqs:SendMessage', Resource: queueArn('orders') }))
    const batch = (QueueUrl: string) =>
      alice.client(SQSClient).send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'x' }] }))
    expect((await batch(orders)).Successful).toHaveLength(1)
    expect(await refusal(batch(other))).toContain('sqs:sendmessage on resource')
    expect(await refusal(alice.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl: orders })))).toContain(
      'sqs:receivemessage',
    )
  })

  test('whoever gives a function a role must be allowed to pass it, to Lambda', async () => {
    const { user, allow } = await enforcing()
    const own = { Action: 'lambda:*', Resource: '*' }
    const alice = await user('alice', policy(own))
    const Role = `arn:aws:iam::${ACCOUNT}:role/worker`
    const lambda = alice.client(LambdaClient)
    const make = () => create(lambda, ECHO, { Role })
    expect(await refusal(make())).toBe(
      `AccessDeniedException: User: ${ALICE} is not authorized to perform: iam:PassRole on resource: ${Role} because no identity-based policy allows the iam:PassRole action`,
    )
    const pass = (service: string) => ({
      Action: 'iam:PassRole',
      Resource: Role,
      Condition: { StringEquals: { 'iam:PassedToService': service } },
    })
    await allow('alice', policy(own, pass('ec2.amazonaws.com')))
    expect(await refusal(make())).toContain('iam:PassRole')
    await allow('alice', policy(own, pass('lambda.amazonaws.com')))
    await make()
    const other = new UpdateFunctionConfigurationCommand({ FunctionName: 'work', Role: `${Role}2` })
    expect(await refusal(lambda.send(other))).toContain(`iam:PassRole on resource: ${Role}2`)
  })

  test('tags that are asked for and tags that are there are conditions', async () => {
    const { aws, root, user, allow } = await enforcing()
    const team = (key: string) => ({ StringEquals: { [key]: `\${aws:PrincipalTag/team}` } })
    const alice = await user(
      'alice',
      policy(
        { Action: ['sqs:CreateQueue', 'sqs:TagQueue'], Resource: '*', Condition: team('aws:RequestTag/team') },
        { Action: ['sqs:SendMessage', 'sqs:DeleteQueue'], Resource: '*', Condition: team('aws:ResourceTag/team') },
      ),
    )
    await root.send(new TagUserCommand({ UserName: 'alice', Tags: [{ Key: 'team', Value: 'red' }] }))
    expect(await refusal(createQueue(alice, 'untagged'))).toContain('AccessDenied')
    expect(await refusal(createQueue(alice, 'blue', { tags: { team: 'blue' } }))).toContain('AccessDenied')
    const { QueueUrl } = await createQueue(alice, 'red', { tags: { team: 'red' } })
    await alice.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
    const theirs = await aws
      .client(SQSClient)
      .send(new CreateQueueCommand({ QueueName: 'blue', tags: { team: 'blue' } }))
    const remove = (QueueUrl: string | undefined) => alice.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl }))
    expect(await refusal(remove(theirs.QueueUrl))).toContain('sqs:deletequeue')
    await remove(QueueUrl)
    await allow('alice', policy({ Action: 'iam:GetUser', Resource: '*', Condition: team('iam:ResourceTag/team') }))
    const get = (UserName: string) => alice.client(IAMClient).send(new GetUserCommand({ UserName }))
    expect((await get('alice')).User?.Arn).toBe(ALICE)
    await user('bob')
    expect(await refusal(get('bob'))).toContain('iam:GetUser')
  })

  test('tags are conditions on whatever has an ARN', async () => {
    const { aws, user } = await enforcing()
    const Condition = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
    const alice = await user('alice', policy({ Action: 'scheduler:*', Resource: '*', Condition }))
    const make = (Name: string) =>
      aws.client(SchedulerClient).send(new CreateScheduleGroupCommand({ Name, Tags: [{ Key: 'team', Value: Name }] }))
    await Promise.all(['red', 'blue'].map(make))
    const get = (Name: string) => alice.client(SchedulerClient).send(new GetScheduleGroupCommand({ Name }))
    expect((await get('red')).Name).toBe('red')
    expect(await refusal(get('blue'))).toContain('scheduler:GetScheduleGroup on resource')
  })

  test('a user has a folder of its own by a variable, and lists no other', async () => {
    const { aws, user } = await enforcing()
    await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'home' }))
    const username = `\${aws:username}`
    const own = `home/${username}`
    const alice = await user(
      'alice',
      policy(
        { Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${own}/*` },
        {
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::home',
          Condition: { StringLike: { 's3:prefix': `${username}/*` } },
        },
      ),
    )
    const s3 = alice.client(S3Client)
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'home', Key, Body: 'x' }))
    await put('alice/diary')
    expect(await refusal(put('bob/diary'))).toContain('s3:PutObject on resource: "arn:aws:s3:::home/bob/diary"')
    const list = (Prefix?: string) => s3.send(new ListObjectsV2Command({ Bucket: 'home', Prefix }))
    expect((await list('alice/')).KeyCount).toBe(1)
    expect(await refusal(list('bob/'))).toContain('s3:ListBucket')
    expect(await refusal(list())).toContain('s3:ListBucket')
  })

  test('a user sees its own keys by its name, and no other’s', async () => {
    const { user } = await enforcing()
    const Resource = `arn:aws:iam::${ACCOUNT}:user/\${aws:username}`
    const alice = await user('alice', policy({ Action: 'iam:ListAccessKeys', Resource }))
    await user('bob')
    const iam = alice.client(IAMClient)
    expect((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(1)
    expect(await refusal(iam.send(new ListAccessKeysCommand({ UserName: 'bob' })))).toContain('iam:ListAccessKeys')
  })

  test('address, region and time are conditions', async () => {
    const { aws, user, allow } = await enforcing()
    const alice = await user('alice')
    const may = async (Condition: object, region = 'us-east-1') => {
      await allow('alice', policy({ Action: 'sqs:ListQueues', Resource: '*', Condition }))
      return (await refusal(alice.client(SQSClient, { region }).send(new ListQueuesCommand({})))).startsWith(
        'Error: not refused',
      )
    }
    expect(await may({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })).toBe(true)
    expect(await may({ NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })).toBe(false)
    const eu = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }
    expect([await may(eu), await may(eu, 'eu-west-1')]).toEqual([false, true])
    await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2030-06-01T00:00:00Z' })
    expect(await may({ DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } })).toBe(false)
    expect(await may({ DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } })).toBe(true)
    expect(await may({ Bool: { 'aws:SecureTransport': 'true' } })).toBe(false)
    expect(await may({ Bool: { 'aws:ViaAWSService': 'false' } })).toBe(true)
    expect(await may({ StringEquals: { 'aws:PrincipalType': 'User', 'aws:PrincipalAccount': ACCOUNT } })).toBe(true)
    expect(await may({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/al*' } })).toBe(true)
  })
})
