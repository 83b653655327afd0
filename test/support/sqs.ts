import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { TestClients } from './clients.ts'

/** A queue of a test, and what tests do with one most. */
export type TestQueue = {
  url: string
  arn: string
  send(body: string, more?: Partial<SendMessageCommandInput>): Promise<SendMessageCommandOutput>
  receive(more?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>
  /** Bodies of up to ten messages. */
  bodies(more?: Partial<ReceiveMessageCommandInput>): Promise<(string | undefined)[]>
  attributes(...names: QueueAttributeName[]): Promise<Record<string, string>>
}

export async function makeQueue(
  aws: TestClients,
  name: string,
  attributes: Record<string, string> = {},
): Promise<TestQueue> {
  const sqs = aws.client(SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }))
  const receive = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...more }))).Messages ?? []
  return {
    url: QueueUrl,
    arn: `arn:aws:sqs:us-east-1:123456789012:${name}`,
    send: (MessageBody, more = {}) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive,
    bodies: async more => (await receive({ MaxNumberOfMessages: 10, ...more })).map(({ Body }) => Body),
    attributes: async (...AttributeNames) =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes ?? {},
  }
}

/** What a refused call says: `name: message`; the answer of one that was not refused fails the test. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    answer => new Error(`not refused: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
