import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { counted, drain } from './draining.ts'
import type { Endpoint } from './endpoint.ts'
import { acknowledged, insist, type Part, sleep } from './part.ts'

const PRODUCERS = 3

/** Messages of a standard queue: what was acknowledged is there, what was deleted is not. */
export async function standardQueue(endpoint: Endpoint): Promise<Part> {
  const sqs = endpoint.client(SQSClient)
  const { QueueUrl = '' } = await insist(() => sqs.send(new CreateQueueCommand({ QueueName: 'standard' })))
  const sent = new Set<string>()
  const received = new Set<string>()
  const deleted = new Set<string>()

  async function produce(producer: number, isOver: () => boolean): Promise<void> {
    for (let n = 0; !isOver(); n++) {
      const bodies = n % 8 === 0 ? Array.from({ length: 5 }, (_, i) => `${producer}-${n}-${i}`) : [`${producer}-${n}`]
      if (bodies.length === 1) {
        if (await acknowledged(() => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: bodies[0] }))))
          note(bodies)
      } else {
        const Entries = bodies.map((MessageBody, i) => ({ Id: String(i), MessageBody }))
        if (await acknowledged(() => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))) note(bodies)
      }
      await sleep(3)
    }
  }
  const note = (bodies: string[]) => {
    for (const body of bodies) sent.add(body)
  }

  async function consume(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const input = { QueueUrl, MaxNumberOfMessages: 2, WaitTimeSeconds: 1, VisibilityTimeout: 5 }
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input)).catch(() => ({ Messages: [] }))
      for (const { Body = '', ReceiptHandle } of Messages) {
        received.add(Body)
        if (await acknowledged(() => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })))) deleted.add(Body)
      }
      await sleep(20)
    }
  }

  return {
    name: 'SQS standard',
    work: async isOver => {
      await Promise.all([...Array.from({ length: PRODUCERS }, (_, i) => produce(i, isOver)), consume(isOver)])
    },
    async verify() {
      const counts = counted((await drain(sqs, QueueUrl)).map(({ Body = '' }) => Body))
      const lost = [...sent].filter(body => !counts.has(body) && !received.has(body))
      const back = [...deleted].filter(body => counts.has(body)).map(body => `${body} was deleted and is back`)
      const repeated = [...counts.values()].filter(count => count > 1).length
      return { figure: `${sent.size} messages, ${deleted.size} deletions`, lost, wrong: back, repeated }
    },
  }
}
