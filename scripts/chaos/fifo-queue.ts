import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { drain, outOfOrder } from './draining.ts'
import type { Endpoint } from './endpoint.ts'
import { acknowledged, insist, type Part, sleep } from './part.ts'

const GROUPS = 3

/** Messages of a FIFO queue: sent again until acknowledged, each is there once and in its group's order. */
export async function fifoQueue(endpoint: Endpoint): Promise<Part> {
  const sqs = endpoint.client(SQSClient)
  const make = new CreateQueueCommand({ QueueName: 'orders.fifo', Attributes: { FifoQueue: 'true' } })
  const { QueueUrl = '' } = await insist(() => sqs.send(make))
  const sent = new Set<string>()
  const deleted = new Set<string>()
  /** Message ids by body: one each, however often it was sent and received. */
  const ids = new Map<string, Set<string>>()
  const see = ({ Body = '', MessageId = '' }: Message) => ids.set(Body, (ids.get(Body) ?? new Set()).add(MessageId))

  async function produce(group: string, isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const body = `${group}-${n}`
      const input = { QueueUrl, MessageBody: body, MessageGroupId: group, MessageDeduplicationId: body }
      await insist(() => sqs.send(new SendMessageCommand(input)))
      sent.add(body)
      await sleep(4)
    }
  }

  async function consume(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const input = { QueueUrl, MaxNumberOfMessages: 1, VisibilityTimeout: 5 }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input)).catch(() => ({ Messages: [] }))
      for (const message of Messages) {
        see(message)
        const { Body = '', ReceiptHandle } = message
        if (await acknowledged(() => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })))) deleted.add(Body)
      }
      await sleep(40)
    }
  }

  return {
    name: 'SQS FIFO',
    work: async isOver => {
      const producers = Array.from({ length: GROUPS }, (_, i) => produce(`g${i}`, isOver))
      await Promise.all([...producers, consume(isOver)])
    },
    async verify() {
      const messages = await drain(sqs, QueueUrl)
      for (const message of messages) see(message)
      const left = new Set(messages.map(({ Body = '' }) => Body))
      const lost = [...sent].filter(body => !ids.has(body))
      const twice = [...ids].filter(([, own]) => own.size > 1).map(([body]) => `${body} is there twice`)
      const back = [...deleted].filter(body => left.has(body)).map(body => `${body} was deleted and is back`)
      const figure = `${sent.size} messages in order, ${deleted.size} deletions`
      return {
        figure,
        lost,
        wrong: [...twice, ...back, ...outOfOrder(messages.map(({ Body = '' }) => Body))],
        repeated: 0,
      }
    },
  }
}
