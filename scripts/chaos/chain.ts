import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateEventSourceMappingCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { strToU8, zipSync } from 'fflate'
import { counted, drain, outOfOrder } from './draining.ts'
import type { Endpoint } from './endpoint.ts'
import { acknowledged, insist, type Part, sleep } from './part.ts'

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:123456789012:${name}`
const Bucket = 'chain'
const LAST = 'last.fifo'
const GROUPS = 2

const open = (Resource: string, Service: string, Action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource }],
  })

/** Sends on what each message is about: an object's key, or an ordered message's own text. */
const CODE = `
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
const events = new EventBridgeClient()
const subject = text => {
  const { Records, Event } = text.startsWith('{') ? JSON.parse(text) : {}
  return Event === 's3:TestEvent' ? undefined : Records ? Records[0].s3.object.key : text
}
export const handler = async ({ Records }) => {
  for (const { body } of Records) {
    const id = subject(JSON.parse(body).Message)
    if (!id) continue
    const Entries = [{ Source: 'chain', DetailType: 'Seen', Detail: JSON.stringify({ id }) }]
    const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }))
    if (FailedEntryCount) throw new Error('not taken')
  }
}`

/**
 * S3 → SNS → SQS → Lambda → EventBridge → SQS FIFO: whatever was accepted arrives, once in the FIFO queue; and SNS FIFO
 * → SQS FIFO on the same way, in order.
 */
export async function chain(endpoint: Endpoint): Promise<Part> {
  const sqs = endpoint.client(SQSClient)
  const sns = endpoint.client(SNSClient)
  const s3 = endpoint.client<S3Client>(S3Client as new (config: S3ClientConfig) => S3Client) // its config is a union
  const last = await makeLast(endpoint, sqs)
  await makeFunction(endpoint)
  await makeWay(endpoint, 'passing', { FifoQueue: undefined })
  await makeWay(endpoint, 'ordered.fifo', { FifoQueue: 'true' })
  await s3.send(new CreateBucketCommand({ Bucket }))
  const told = { TopicArn: arn('sns', 'passing'), Events: ['s3:ObjectCreated:*' as const] }
  const NotificationConfiguration = { TopicConfigurations: [told] }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  const accepted = new Set<string>()

  async function upload(isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const Key = `object-${n}`
      if (await acknowledged(() => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key })))) accepted.add(Key)
      await sleep(20)
    }
  }

  async function publish(group: string, isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const Message = `${group}-${n}`
      const ids = { MessageGroupId: group, MessageDeduplicationId: Message }
      await insist(() => sns.send(new PublishCommand({ TopicArn: arn('sns', 'ordered.fifo'), Message, ...ids })))
      accepted.add(Message)
      await sleep(20)
    }
  }

  return {
    name: 'S3 → SNS → SQS → Lambda → EventBridge → SQS FIFO',
    work: async isOver => {
      const groups = Array.from({ length: GROUPS }, (_, i) => publish(`g${i}`, isOver))
      await Promise.all([upload(isOver), ...groups])
    },
    async verify() {
      const bodies = (await drain(sqs, last)).map(({ Body = '' }) => JSON.parse(Body) as string)
      const counts = counted(bodies)
      const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => `${id} is there twice`)
      return {
        figure: `${accepted.size} events`,
        lost: [...accepted].filter(id => !counts.has(id)),
        wrong: [...twice, ...outOfOrder(bodies.filter(body => body.startsWith('g')))],
        repeated: 0,
      }
    },
  }
}

/** The FIFO queue at the end, its rule and its target. */
async function makeLast(endpoint: Endpoint, sqs: SQSClient): Promise<string> {
  const events = endpoint.client(EventBridgeClient)
  const Arn = arn('sqs', LAST)
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({
      QueueName: LAST,
      Attributes: {
        FifoQueue: 'true',
        ContentBasedDeduplication: 'true',
        Policy: open(Arn, 'events.amazonaws.com', 'sqs:SendMessage'),
      },
    }),
  )
  await events.send(new PutRuleCommand({ Name: 'seen', EventPattern: JSON.stringify({ source: ['chain'] }) }))
  const target = { Id: 'last', Arn, InputPath: '$.detail.id', SqsParameters: { MessageGroupId: 'all' } }
  await events.send(new PutTargetsCommand({ Rule: 'seen', Targets: [target] }))
  return QueueUrl
}

async function makeFunction(endpoint: Endpoint): Promise<void> {
  await endpoint.client(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'chain',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::123456789012:role/none',
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8(CODE) }) },
      Timeout: 10,
    }),
  )
}

/** A topic, a queue that is subscribed to it, and its mapping to the function. */
async function makeWay(endpoint: Endpoint, name: string, fifo: { FifoQueue: string | undefined }): Promise<void> {
  const sns = endpoint.client(SNSClient)
  const [TopicArn, QueueArn] = [arn('sns', name), arn('sqs', name)]
  const Policy = open(QueueArn, 'sns.amazonaws.com', 'sqs:SendMessage')
  const queue = { QueueName: name, Attributes: { Policy, ...(fifo.FifoQueue && { FifoQueue: fifo.FifoQueue }) } }
  await endpoint.client(SQSClient).send(new CreateQueueCommand(queue))
  const topic = fifo.FifoQueue
    ? { FifoTopic: fifo.FifoQueue }
    : { Policy: open(TopicArn, 's3.amazonaws.com', 'sns:Publish') }
  await sns.send(new CreateTopicCommand({ Name: name, Attributes: topic }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: QueueArn }))
  const mapping = { EventSourceArn: QueueArn, FunctionName: 'chain', BatchSize: 5 }
  await endpoint.client(LambdaClient).send(new CreateEventSourceMappingCommand(mapping))
}
