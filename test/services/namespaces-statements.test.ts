import { PutEventsCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/clients.ts'
import { type EmulatorProcess, startEmulatorProcess } from '../../scripts/processes/emulator.ts'

let emulator: EmulatorProcess
beforeAll(async () => {
  emulator = await startEmulatorProcess({
    args: ['--log-level', 'debug', '--workers', '1'],
    env: { FAKECLOUD_SQL: 'log' },
  })
})
afterAll(() => emulator.stop())

const config = () => ({
  endpoint: emulator.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  forcePathStyle: true,
})

/** What is not of the request at hand: measurements, which are written beside, and alarms. */
const BESIDE = /_metrics\b|_timers\b|FROM _outbox WHERE nextTry|MIN\(nextTry\)|_meta\b/

const MARK = /SELECT .*FROM sqs_queues/
const printed = () => [...emulator.printed().matchAll(/ sql (.*)/g)].map(([, query = '']) => query)

/** Whatever was run before is printed by then: queues are listed, by a statement that no other request has. */
async function mark(): Promise<number> {
  const before = printed().filter(query => MARK.test(query)).length
  await new SQSClient(config()).send(new ListQueuesCommand({}))
  await eventually(async () => expect(printed().filter(query => MARK.test(query)).length).toBeGreaterThan(before))
  return printed().length
}

/** The statements of a request that was made before, when all that every request reads is known. */
async function statementsOf(request: () => Promise<unknown>): Promise<string[]> {
  for (let n = 0; n < 3; n++) await request()
  const before = await mark()
  await request()
  const after = await mark()
  return printed()
    .slice(before, after)
    .filter(query => !BESIDE.test(query) && !MARK.test(query))
}

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`
const open = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
})

test('hot requests run few statements: a send one, a receive two, a PUT three, a GET one, a publish one a queue and two, an event three', async () => {
  const [sqs, sns, events, s3] = [
    new SQSClient(config()),
    new SNSClient(config()),
    new EventBridgeClient(config()),
    new S3Client(config()),
  ]
  const names = ['first', 'second', 'third']
  const made = await Promise.all(
    names.map(QueueName => sqs.send(new CreateQueueCommand({ QueueName, Attributes: { Policy: open } }))),
  )
  const QueueUrl = made[0]?.QueueUrl
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
  for (const name of names) {
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn(name) }))
  }
  await events.send(new PutRuleCommand({ Name: 'rule', EventPattern: JSON.stringify({ source: ['test'] }) }))
  await events.send(new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'queue', Arn: queueArn('first') }] }))
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  const put = () => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'x'.repeat(1000) }))
  const get = async () =>
    (await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }))).Body?.transformToString()
  const Entries = [{ Source: 'test', DetailType: 'made', Detail: '{}' }]
  const requests = {
    send: () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
    receive: () => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })),
    put,
    get,
    publish: () => sns.send(new PublishCommand({ TopicArn, Message: 'x' })),
    event: () => events.send(new PutEventsCommand({ Entries })),
  }
  const counts: Record<string, number> = {}
  for (const [name, request] of Object.entries(requests)) counts[name] = (await statementsOf(request)).length
  expect(counts).toEqual({ send: 1, receive: 2, put: 3, get: 1, publish: 5, event: 3 })
})
