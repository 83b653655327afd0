import { createVerify, X509Certificate } from 'node:crypto'
import {
  CreateTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  type PublishCommandOutput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import type { TestClients } from './clients.ts'
import { makeQueue, type TestQueue } from './sqs.ts'

/** A topic of a test, and what tests do with one most. */
export type TestTopic = {
  arn: string
  /** @returns the subscription's ARN */
  subscribe(protocol: string, endpoint: string, attributes?: Record<string, string>): Promise<string>
  publish(message: string, more?: Partial<PublishCommandInput>): Promise<PublishCommandOutput>
}

export async function makeTopic(
  aws: TestClients,
  name: string,
  attributes: Record<string, string> = {},
): Promise<TestTopic> {
  const sns = aws.client(SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name, Attributes: attributes }))
  return {
    arn: TopicArn,
    subscribe: async (Protocol, Endpoint, Attributes = {}) => {
      const input = { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }
      return (await sns.send(new SubscribeCommand(input))).SubscriptionArn ?? ''
    },
    publish: (Message, more = {}) => sns.send(new PublishCommand({ TopicArn, Message, ...more })),
  }
}

/** A queue's policy that lets a service send to it. */
export function openQueuePolicy(queueArn: string, sourceArn: string, service = 'sns.amazonaws.com'): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': sourceArn } },
    },
  })
}

/** A queue that a topic may send to. */
export function makeOpenQueue(
  aws: TestClients,
  name: string,
  topicArn: string,
  attributes: Record<string, string> = {},
): Promise<TestQueue> {
  const Policy = openQueuePolicy(`arn:aws:sqs:us-east-1:123456789012:${name}`, topicArn)
  return makeQueue(aws, name, { Policy, ...attributes })
}

/** Lets what was accepted come to rest. */
export const settle = (aws: TestClients) => aws.admin('POST', '/_fakecloud/settle')

type Member =
  | 'Type'
  | 'MessageId'
  | 'SequenceNumber'
  | 'TopicArn'
  | 'Subject'
  | 'Message'
  | 'Timestamp'
  | 'SignatureVersion'
  | 'Signature'
  | 'SigningCertURL'
  | 'SigningCertUrl'
  | 'UnsubscribeURL'
  | 'SubscribeURL'
  | 'Token'

/** What a notification says, read as its subscriber reads it. */
export type Notification = { [name in Member]?: string } & {
  MessageAttributes?: Record<string, { Type: string; Value: string }>
}

/** A body as a notification. */
export const read = (body: string | undefined) => JSON.parse(body ?? '') as Notification

const SIGNED: Record<string, readonly Member[]> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}

/**
 * Verifies a message as a careful subscriber does: the string that AWS defines, and the certificate that it names.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export async function isGenuine(message: Notification = {}): Promise<boolean> {
  const names = SIGNED[message.Type ?? ''] ?? []
  const text = names.flatMap(name => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`])).join('')
  const response = await fetch(message.SigningCertURL ?? message.SigningCertUrl ?? '')
  const key = new X509Certificate(await response.text()).publicKey
  const algorithm = message.SignatureVersion === '2' ? 'RSA-SHA256' : 'RSA-SHA1'
  return createVerify(algorithm)
    .update(text)
    .verify(key, message.Signature ?? '', 'base64')
}

export type Hop = {
  traceId: string
  from: string
  to: string
  outcome: string
  reason: string | null
  event: string | null
}

/** Every hop from or to an ARN, in the order of time. */
export async function hopsOf(aws: TestClients, arn: string): Promise<Hop[]> {
  const path = `/_fakecloud/journal?arn=${encodeURIComponent(arn)}`
  return (await aws.admin<{ hops: Hop[] }>('GET', path)).hops
}
