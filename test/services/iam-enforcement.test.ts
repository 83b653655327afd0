import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  CreatePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  AddPermissionCommand as AddQueuePermissionCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, GetFederationTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { describe, expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy, type Somebody } from '../support/enforcing.ts'
import { create, ECHO, zip } from '../support/lambda.ts'
import { refusal } from '../support/sqs.ts'

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const queueArn = (name: string, account = ACCOUNT) => `arn:aws:sqs:us-east-1:${account}:${name}`
const createQueue = (who: Somebody, QueueName: string, more: object = {}) =>
  who.client(SQSClient).send(new CreateQueueCommand({ QueueName, ...more }))
const NOT_REFUSED = expect.stringContaining('not refused')

describe('the modes', () => {
  test('off asks nobody', async () => {
    const { user } = await enforcing('off')
    expect((await createQueue(await user('alice'), 'orders')).QueueUrl).toContain('/orders')
  })

  test('strict refuses what no policy allows, and nothing has changed', async () => {
    const { aws, user, allow } = await enforcing()
    const alice = await user('alice')
    expect(await refusal(createQueue(alice, 'orders'))).toBe(
      `AccessDenied: User: ${ALICE} is not authorized to perform: sqs:createqueue on resource: ${queueArn('orders')} because no identity-based policy allows the sqs:createqueue action`,
    )
    const root = aws.client(SQSClient)
    expect((await root.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
    await allow('alice', policy({ Action: 'sqs:CreateQueue', Resource: queueArn('orders') }))
    await createQueue(alice, 'orders')
    expect(await refusal(createQueue(alice, 'other'))).toContain('AccessDenied: ')
  })

  test('soft lets pass, journals what would be denied, and explains it', async () => {
    const { aws, user } = await enforcing('soft')
    const alice = await user('alice', policy({ Sid: 'Look', Action: 'sqs:List*', Resource: '*' }))
    await alice.client(SQSClient).send(new ListQueuesCommand({}))
    const { $metadata } = await createQueue(alice, 'orders')
    const { hops } = await aws.admin<{ hops: Record<string, unknown>[] }>('GET', '/_fakecloud/journal')
    const reason = `User: ${ALICE} is not authorized to perform: sqs:CreateQueue on resource: ${queueArn('orders')} because no identity-based policy allows the sqs:CreateQueue action`
    const denied = { from: ALICE, to: queueArn('orders'), outcome: 'denied', event: 'sqs:CreateQueue', reason }
    expect(hops.filter(({ outcome }) => outcome === 'denied')).toMatchObject([denied])
    type Explained = { decisions: Record<string, unknown>[] }
    const all = await aws.admin<Explained>('GET', '/_fakecloud/iam/explain')
    expect(all.decisions.filter(({ principal }) => principal === ALICE)).toMatchObject([
      {
        mode: 'soft',
        action: 'sqs:ListQueues',
        decision: 'allowed',
        layer: 'identity',
        statements: [{ layer: 'identity', policy: 'user/alice/own', statement: 0, sid: 'Look' }],
        reason: `${ALICE} may perform sqs:ListQueues on ${queueArn('*')} by statement Look of user/alice/own`,
      },
      { action: 'sqs:CreateQueue', decision: 'implicitDeny', layer: 'identity', statements: [], reason },
    ])
    const one = await aws.admin<Explained>('GET', `/_fakecloud/iam/explain?requestId=${$metadata.requestId}`)
    expect(one.decisions).toMatchObject([{ action: 'sqs:CreateQueue', requestId: $metadata.requestId }])
  })

  test('a namespace changes its mode at once, and root is asked nothing but denials', async () => {
    const { aws, user } = await enforcing('off')
    const alice = await user('alice')
    await createQueue(alice, 'a')
    await aws.admin('POST', '/_fakecloud/namespaces', { name: aws.namespace, iam: 'strict' })
    expect(await refusal(createQueue(alice, 'b'))).toContain('AccessDenied: ')
    await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'b' }))
  })
})

describe('each service refuses in its own form', () => {
  const because = (action: string) => `because no identity-based policy allows the ${action} action`
  const by = `User: ${ALICE} is not authorized to perform:`
  test.each<[string, (who: Somebody) => Promise<unknown>, string]>([
    [
      'IAM',
      who => who.client(IAMClient).send(new CreateUserCommand({ UserName: 'eve', Path: '/app/' })),
      `AccessDenied: ${by} iam:CreateUser on resource: arn:aws:iam::${ACCOUNT}:user/app/eve ${because('iam:CreateUser')}`,
    ],
    [
      'STS',
      who => who.client(STSClient).send(new GetFederationTokenCommand({ Name: 'eve' })),
      `AccessDenied: ${by} sts:GetFederationToken on resource: arn:aws:sts::${ACCOUNT}:federated-user/eve ${because('sts:GetFederationToken')}`,
    ],
    [
      'Lambda',
      who => who.client(LambdaClient).send(new ListFunctionsCommand({})),
      `AccessDeniedException: ${by} lambda:ListFunctions on resource: * ${because('lambda:ListFunctions')}`,
    ],
    [
      'CloudWatch Logs',
      who => who.client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({})),
      `AccessDeniedException: ${by} logs:DescribeLogGroups on resource: arn:aws:logs:us-east-1:${ACCOUNT}:log-group::log-stream: ${because('logs:DescribeLogGroups')}`,
    ],
    [
      'CloudWatch Logs, of a group',
      who => who.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: '/app' })),
      `AccessDeniedException: ${by} logs:CreateLogGroup on resource: arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/app:log-stream: ${because('logs:CreateLogGroup')}`,
    ],
    [
      'S3, of no bucket',
      who => who.client(S3Client).send(new ListBucketsCommand({})),
      `AccessDenied: ${by} s3:ListAllMyBuckets ${because('s3:ListAllMyBuckets')}`,
    ],
    [
      'S3, of a bucket',
      who => who.client(S3Client).send(new ListObjectsV2Command({ Bucket: 'photos' })),
      `AccessDenied: ${by} s3:ListBucket on resource: "arn:aws:s3:::photos" ${because('s3:ListBucket')}`,
    ],
    [
      'S3, of an object',
      who => who.client(S3Client).send(new PutObjectCommand({ Bucket: 'photos', Key: 'a/b', Body: 'x' })),
      `AccessDenied: ${by} s3:PutObject on resource: "arn:aws:s3:::photos/a/b" ${because('s3:PutObject')}`,
    ],
    [
      'SNS',
      who => who.client(SNSClient).send(new CreateTopicCommand({ Name: 'news' })),
      `AuthorizationErrorException: ${by} SNS:CreateTopic on resource: arn:aws:sns:us-east-1:${ACCOUNT}:news ${because('SNS:CreateTopic')}`,
    ],
    [
      'EventBridge',
      who =>
        who
          .client(EventBridgeClient)
          .send(new PutEventsCommand({ Entries: [{ Source: 'a', DetailType: 'b', Detail: '{}' }] })),
      `AccessDeniedException: ${by} events:PutEvents on resource: arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default ${because('events:PutEvents')}`,
    ],
    [
      'EventBridge, of a rule',
      who =>
        who.client(EventBridgeClient).send(
          new PutRuleCommand({
            Name: 'r',
            ScheduleExpression: 'rate(1 day)',
            RoleArn: 'arn:aws:iam::123456789012:role/r',
          }),
        ),
      `AccessDeniedException: ${by} events:PutRule on resource: arn:aws:events:us-east-1:${ACCOUNT}:rule/r ${because('events:PutRule')}`,
    ],
    [
      'SQS',
      who => who.client(SQSClient).send(new ListQueuesCommand({})),
      `AccessDenied: ${by} sqs:listqueues on resource: ${queueArn('*')} ${because('sqs:listqueues')}`,
    ],
  ])('%s', async (_, call, message) => {
    const { aws, user } = await enforcing()
    await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'photos' }))
    expect(await refusal(call(await user('alice')))).toBe(message)
    const carol = await user('carol', policy({ Action: '*', Resource: '*' }))
    expect(await refusal(call(carol))).toEqual(NOT_REFUSED)
  })

  test('an explicit denial says so, and what is free is free', async () => {
    const { user } = await enforcing()
    const deny = { Effect: 'Deny', Action: 'sqs:Create*', Resource: '*' }
    const alice = await user('alice', policy({ Action: '*', Resource: '*' }, deny))
    expect(await refusal(createQueue(alice, 'orders'))).toBe(
      `AccessDenied: User: ${ALICE} is not authorized to perform: sqs:createqueue on resource: ${queueArn('orders')} with an explicit deny in an identity-based policy`,
    )
    const nobody = await user('bob')
    expect((await nobody.client(STSClient).send(new GetCallerIdentityCommand({}))).Arn).toBe(nobody.arn)
  })

  test('a key that nobody has is unknown', async () => {
    const { aws } = await enforcing()
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }
    const invalid = 'The security token included in the request is invalid.'
    const ask = (promise: Promise<unknown>) => refusal(promise)
    expect(await ask(aws.client(SQSClient, { credentials }).send(new ListQueuesCommand({})))).toBe(
      `InvalidClientTokenId: ${invalid}`,
    )
    expect(await ask(aws.client(LambdaClient, { credentials }).send(new ListFunctionsCommand({})))).toBe(
      `UnrecognizedClientException: ${invalid}`,
    )
    expect(await ask(aws.client(S3Client, { credentials }).send(new ListBucketsCommand({})))).toContain(
      'InvalidAccessKeyId: ',
    )
  })
})

describe('boundaries and resources’ policies', () => {
  test('a boundary cuts what a user’s policies allow', async () => {
    const { root, user } = await enforcing()
    const alice = await user('alice', policy({ Action: '*', Resource: '*' }))
    const PolicyDocument = policy({ Action: 's3:*', Resource: '*' })
    const { Policy } = await root.send(new CreatePolicyCommand({ PolicyName: 'only-s3', PolicyDocument }))
    const PermissionsBoundary = Policy?.Arn ?? ''
    await root.send(new PutUserPermissionsBoundaryCommand({ UserName: 'alice', PermissionsBoundary }))
    expect(await refusal(createQueue(alice, 'orders'))).toBe(
      `AccessDenied: User: ${ALICE} is not authorized to perform: sqs:createqueue on resource: ${queueArn('orders')} because no permissions boundary allows the sqs:createqueue action`,
    )
    await alice.client(S3Client).send(new ListBucketsCommand({}))
  })

  test('a queue’s policy lets in whom it names, and denies even who may all', async () => {
    const { aws, user } = await enforcing()
    const alice = await user('alice')
    const carol = await user('carol', policy({ Action: '*', Resource: '*' }))
    const Policy = policy(
      { Principal: { AWS: ALICE }, Action: 'sqs:SendMessage', Resource: queueArn('orders') },
      { Effect: 'Deny', Principal: '*', Action: 'sqs:DeleteQueue', Resource: '*' },
    )
    const made = await aws
      .client(SQSClient)
      .send(new CreateQueueCommand({ QueueName: 'orders', Attributes: { Policy } }))
    const { QueueUrl } = made
    await alice.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
    expect(await refusal(alice.client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl })))).toContain(
      'AccessDenied',
    )
    expect(await refusal(carol.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl })))).toBe(
      `AccessDenied: User: ${carol.arn} is not authorized to perform: sqs:deletequeue on resource: ${queueArn('orders')} with an explicit deny in a resource-based policy`,
    )
  })

  test('a bucket’s policy opens it to nobody’s requests, and its owner can always mend it', async () => {
    const { aws } = await enforcing()
    const s3 = aws.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'site' }))
    await s3.send(new PutObjectCommand({ Bucket: 'site', Key: 'index.html', Body: 'hello' }))
    const get = async () => (await fetch(`${aws.url}/site/index.html`)).status
    expect(await get()).toBe(403)
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'site' }))
    const open = policy({ Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' })
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'site', Policy: open }))
    expect(await get()).toBe(200)
    const put = await fetch(`${aws.url}/site/index.html`, { method: 'PUT', body: 'stolen' })
    expect([put.status, await put.text()]).toEqual([403, expect.stringContaining('<Message>Access Denied</Message>')])
    const closed = policy({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::site', 'arn:aws:s3:::site/*'],
    })
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'site', Policy: closed }))
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket: 'site', Key: 'index.html' })))).toContain(
      'with an explicit deny in a resource-based policy',
    )
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: 'site' }))
    expect(
      await (await s3.send(new GetObjectCommand({ Bucket: 'site', Key: 'index.html' }))).Body?.transformToString(),
    ).toBe('hello')
  })

  test('NotAction, NotResource and NotPrincipal mean all others', async () => {
    const { aws, user } = await enforcing()
    const alice = await user('alice', policy({ NotAction: 'sqs:Create*', NotResource: queueArn('secret') }))
    const Policy = policy({
      Effect: 'Deny',
      NotPrincipal: { AWS: [ALICE, `arn:aws:iam::${ACCOUNT}:root`] },
      Action: '*',
      Resource: '*',
    })
    const make = async (QueueName: string) =>
      (await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName, Attributes: { Policy } }))).QueueUrl
    const [open, secret] = [await make('open'), await make('secret')]
    const send = (who: Somebody, QueueUrl: string | undefined) =>
      refusal(who.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))
    expect(await send(alice, open)).toEqual(NOT_REFUSED)
    expect(await send(alice, secret)).toContain('because no identity-based policy allows')
    expect(await refusal(createQueue(alice, 'third'))).toContain('because no identity-based policy allows')
    const bob = await user('bob', policy({ Action: '*', Resource: '*' }))
    expect(await send(bob, open)).toContain('with an explicit deny in a resource-based policy')
  })

  test('across accounts both sides must allow', async () => {
    const { aws, user, allow } = await enforcing()
    const alice = await user('alice')
    const theirs = { credentials: { accessKeyId: '000000000042', secretAccessKey: 'test' } }
    const sqs = aws.client(SQSClient, theirs)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    const send = () => refusal(alice.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))
    const who = `User: ${ALICE} is not authorized to perform: sqs:sendmessage on resource: ${queueArn('orders', '000000000042')}`
    expect(await send()).toBe(`AccessDenied: ${who} because no resource-based policy allows the sqs:sendmessage action`)
    const grant = { QueueUrl, Label: 'share', AWSAccountIds: [ACCOUNT], Actions: ['SendMessage'] }
    await sqs.send(new AddQueuePermissionCommand(grant))
    expect(await send()).toBe(`AccessDenied: ${who} because no identity-based policy allows the sqs:sendmessage action`)
    await allow('alice', policy({ Action: 'sqs:SendMessage', Resource: queueArn('orders', '000000000042') }))
    expect(await send()).toEqual(NOT_REFUSED)
    const s3 = aws.client(S3Client, theirs)
    await s3.send(new CreateBucketCommand({ Bucket: 'theirs' }))
    await allow('alice', policy({ Action: '*', Resource: '*' }))
    const list = () => refusal(alice.client(S3Client).send(new ListObjectsV2Command({ Bucket: 'theirs' })))
    expect(await list()).toBe('AccessDenied: Access Denied')
    const Policy = policy({ Principal: { AWS: ALICE }, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::theirs' })
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'theirs', Policy }))
    expect(await list()).toEqual(NOT_REFUSED)
  })

  test('a function’s policy lets another account’s user invoke it', async () => {
    const { aws, user } = await enforcing()
    const lambda = aws.client(LambdaClient, { credentials: { accessKeyId: '000000000042', secretAccessKey: 'test' } })
    const { FunctionArn = '' } = await create(lambda, ECHO, { Role: 'arn:aws:iam::000000000042:role/any' })
    const alice = await user('alice', policy({ Action: 'lambda:*', Resource: '*' }))
    const invoke = () => alice.client(LambdaClient).send(new InvokeCommand({ FunctionName: FunctionArn, Payload: '1' }))
    expect(await refusal(invoke())).toContain(
      'because no resource-based policy allows the lambda:InvokeFunction action',
    )
    const grant = { FunctionName: 'work', StatementId: 'a', Action: 'lambda:InvokeFunction', Principal: ALICE }
    await lambda.send(new AddPermissionCommand(grant))
    expect((await invoke()).StatusCode).toBe(200)
  })
})

describe('explain, of what nobody has asked', () => {
  test('says which statement would decide', async () => {
    const { aws, user } = await enforcing('off')
    await user(
      'alice',
      policy(
        { Action: 'sqs:*', Resource: '*' },
        { Sid: 'Never', Effect: 'Deny', Action: 'sqs:Delete*', Resource: '*' },
      ),
    )
    const ask = (query: object) => aws.admin('POST', '/_fakecloud/iam/explain', { principal: ALICE, ...query })
    const resource = queueArn('orders')
    expect(await ask({ action: 'sqs:DeleteQueue', resource })).toEqual({
      principal: ALICE,
      action: 'sqs:DeleteQueue',
      resource,
      decision: 'explicitDeny',
      layer: 'identity',
      statements: [{ layer: 'identity', policy: 'user/alice/own', statement: 1, sid: 'Never' }],
      reason: `User: ${ALICE} is not authorized to perform: sqs:DeleteQueue on resource: ${resource} with an explicit deny in an identity-based policy`,
    })
    const foreign = queueArn('orders', '000000000042')
    expect(await ask({ action: 'sqs:SendMessage', resource: foreign })).toMatchObject({
      decision: 'implicitDeny',
      layer: 'resource',
    })
    const resourcePolicy = policy({ Principal: { AWS: ACCOUNT }, Action: 'sqs:SendMessage', Resource: '*' })
    expect(await ask({ action: 'sqs:SendMessage', resource: foreign, resourcePolicy })).toMatchObject({
      decision: 'allowed',
    })
    const path = `/_fakecloud/iam/explain?principal=${ACCOUNT}&action=s3:GetObject`
    expect(await aws.admin('GET', path)).toMatchObject({
      decision: 'allowed',
      reason: expect.stringContaining('it being the account itself'),
    })
  })

  test('refuses who is not there and what is not asked well', async () => {
    const { aws } = await enforcing('off')
    const ask = (body: object) => refusal(aws.admin('POST', '/_fakecloud/iam/explain', body))
    expect(await ask({ principal: ALICE, action: 'sqs:SendMessage' })).toContain(
      `404 {"error":"IAM knows no ${ALICE}"}`,
    )
    expect(await ask({ principal: 'alice', action: 'sqs:SendMessage' })).toContain('400')
    expect(await ask({ principal: ALICE, action: 'SendMessage' })).toContain('400')
    expect(await ask({ principal: ALICE })).toContain('400')
  })
})

test('a function has what its role allows, and no more', async () => {
  const { aws, root } = await enforcing()
  const trust = policy({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' })
  const { Role } = await root.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust }))
  const may = policy({ Action: 'sqs:ListQueues', Resource: '*' })
  await root.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'own', PolicyDocument: may }))
  const code = `const { SQSClient, ListQueuesCommand, CreateQueueCommand } = require('@aws-sdk/client-sqs')
    const sqs = new SQSClient({})
    const outcome = command => sqs.send(command).then(() => 'done', error => error.message)
    exports.handler = async () => [await outcome(new ListQueuesCommand({})), await outcome(new CreateQueueCommand({ QueueName: 'q' }))]`
  const lambda = aws.client(LambdaClient)
  const settings = {
    FunctionName: 'work',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: Role?.Arn,
    Timeout: 20,
  } as const
  await lambda.send(new CreateFunctionCommand({ ...settings, Code: { ZipFile: zip(code) } }))
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'work' }))
  expect(JSON.parse(new TextDecoder().decode(Payload))).toEqual([
    'done',
    expect.stringMatching(
      /^User: arn:aws:sts::123456789012:assumed-role\/worker\/work is not authorized to perform: sqs:createqueue/,
    ),
  ])
})
