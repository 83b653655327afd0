import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  GetFunctionRecursionConfigCommand,
  type LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  PutFunctionRecursionConfigCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { TestClients } from '../support/clients.ts'
import { create, ECHO, invocations, invoke, setUp } from '../support/lambda.ts'
import { makeTopic, settle } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'
const LIMIT = 16

/** A function that sends its event on to a queue. */
const sender = (url: string) => `const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs")
const sqs = new SQSClient()
exports.handler = async event => {
  for (const { body } of event.Records) await sqs.send(new SendMessageCommand({ QueueUrl: "${url}", MessageBody: body }))
}`

const runsOf = async (aws: TestClients) => (await invocations(aws)).filter(({ durationMs }) => durationMs > 0)

const permit = (lambda: LambdaClient, Principal: string) =>
  lambda.send(
    new AddPermissionCommand({
      FunctionName: 'work',
      StatementId: 'source',
      Action: 'lambda:InvokeFunction',
      Principal,
    }),
  )

test('Lambda ↔ SQS: a loop is stopped after sixteen runs, and the message goes to the queue’s DLQ', async () => {
  const { aws, lambda } = setUp()
  const dead = await makeQueue(aws, 'dead')
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 })
  const queue = await makeQueue(aws, 'loop', { RedrivePolicy })
  await create(lambda, sender(queue.url), { Timeout: 20 })
  await lambda.send(new CreateEventSourceMappingCommand({ EventSourceArn: queue.arn, FunctionName: 'work' }))
  await queue.send('round and round')
  await settle(aws)
  expect(await runsOf(aws)).toHaveLength(LIMIT)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 100 })
  expect(await runsOf(aws)).toHaveLength(LIMIT)
  expect(await dead.bodies()).toEqual(['round and round'])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${queue.arn}`)
  expect(reasons.join()).toContain('RecursiveInvocationException: Lambda has detected your function being invoked')
})

test('Lambda ↔ SQS: a function that may loop goes on', async () => {
  const { aws, lambda } = setUp()
  const queue = await makeQueue(aws, 'loop')
  const code = `let runs = 0
    ${sender(queue.url).replace('exports.handler', 'const send')}
    exports.handler = async event => { if (++runs < 20) await send(event) }`
  await create(lambda, code, { Timeout: 20 })
  const FunctionName = 'work'
  const config = () => lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName }))
  expect(await config()).toMatchObject({ RecursiveLoop: 'Terminate' })
  await lambda.send(new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: 'Allow' }))
  expect(await config()).toMatchObject({ RecursiveLoop: 'Allow' })
  await lambda.send(
    new CreateEventSourceMappingCommand({
      EventSourceArn: queue.arn,
      FunctionName,
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
  )
  await queue.send('on and on')
  await settle(aws)
  expect((await runsOf(aws)).length).toBeGreaterThan(LIMIT)
})

test('Lambda ↔ SNS: a loop is stopped, and its event goes to the function’s DLQ', async () => {
  const { aws, lambda } = setUp()
  const topic = await makeTopic(aws, 'loop')
  const dead = await makeQueue(aws, 'dead')
  const code = `const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns")
    const sns = new SNSClient()
    exports.handler = async event => {
      await sns.send(new PublishCommand({ TopicArn: "${topic.arn}", Message: event.Records[0].Sns.Message }))
    }`
  await create(lambda, code, { Timeout: 20, DeadLetterConfig: { TargetArn: dead.arn } })
  await permit(lambda, 'sns.amazonaws.com')
  await topic.subscribe('lambda', ARN)
  await topic.publish('news')
  await settle(aws)
  expect(await runsOf(aws)).toHaveLength(LIMIT)
  const [letter] = await dead.receive({ MessageAttributeNames: ['All'] })
  expect(JSON.parse(letter?.Body ?? '').Records[0].Sns.Message).toBe('news')
  expect(letter?.MessageAttributes?.ErrorMessage?.StringValue).toMatch(/recursive loop/)
})

test('Lambda ↔ S3: a loop is stopped, and its event goes to the failure destination', async () => {
  const { aws, lambda } = setUp()
  const s3 = aws.client(S3Client)
  const Bucket = 'loop'
  const failed = await makeQueue(aws, 'failed')
  const code = `const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3")
    const s3 = new S3Client({ forcePathStyle: true })
    exports.handler = async event => {
      const Key = event.Records[0].s3.object.key + "x"
      await s3.send(new PutObjectCommand({ Bucket: "loop", Key, Body: "again" }))
    }`
  await Promise.all([create(lambda, code, { Timeout: 20 }), s3.send(new CreateBucketCommand({ Bucket }))])
  await permit(lambda, 's3.amazonaws.com')
  const DestinationConfig = { OnFailure: { Destination: failed.arn } }
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'work', DestinationConfig }))
  const LambdaFunctionConfigurations = [{ LambdaFunctionArn: ARN, Events: ['s3:ObjectCreated:*' as const] }]
  const NotificationConfiguration = { LambdaFunctionConfigurations }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'first' }))
  await settle(aws)
  expect(await runsOf(aws)).toHaveLength(LIMIT)
  const [body = ''] = await failed.bodies()
  expect(JSON.parse(body)).toMatchObject({
    requestPayload: { Records: [{ s3: { object: { key: 'x'.repeat(LIMIT + 1) } } }] },
    responseContext: { functionError: 'RecursiveInvocationException' },
  })
})

test('Lambda ↔ Lambda: a function that invokes itself is told of the loop', { timeout: 120_000 }, async () => {
  const { aws, lambda } = setUp()
  const code = `const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda")
    const lambda = new LambdaClient()
    exports.handler = async event => {
      try {
        const answer = await lambda.send(new InvokeCommand({ FunctionName: "work", Payload: JSON.stringify({ n: event.n + 1 }) }))
        return JSON.parse(Buffer.from(answer.Payload).toString())
      } catch (error) {
        return { n: event.n, name: error.name, message: error.message }
      }
    }`
  await create(lambda, code, { Timeout: 30 })
  const { payload } = await invoke(lambda, { n: 1 })
  expect(payload).toEqual({
    n: LIMIT,
    name: 'RecursiveInvocationException',
    message:
      "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services resources and stopped your function's invocation.",
  })
  expect(await runsOf(aws)).toHaveLength(LIMIT)
  await create(lambda, ECHO, { FunctionName: 'other' })
  expect((await invoke(lambda, {}, { FunctionName: 'other' })).StatusCode).toBe(200)
})
