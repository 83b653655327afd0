import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type Message,
  type SendMessageBatchRequestEntry,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const setUp = async (attributes: Record<string, string> = { ContentBasedDeduplication: 'true' }) => {
  const aws = testClients()
  const sqs = aws.client(SQSClient)
  const queue = await makeQueue(aws, 'orders.fifo', { FifoQueue: 'true', ...attributes })
  const QueueUrl = queue.url
  return {
    sqs,
    queue,
    QueueUrl,
    send: (MessageGroupId: string, body: string) => queue.send(body, { MessageGroupId }),
    remove: (message: Message | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle })),
    batch: (Entries: SendMessageBatchRequestEntry[]) => sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    advance: (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds }),
  }
}

test('a group comes in order, and waits while any of it is in flight', async () => {
  const { queue, send, remove } = await setUp()
  for (const body of ['a1', 'a2', 'a3']) await send('a', body)
  await send('b', 'b1')
  const first = await queue.receive({ MaxNumberOfMessages: 2 })
  expect(first.map(({ Body }) => Body)).toEqual(['a1', 'a2'])
  expect(await queue.bodies()).toEqual(['b1'])
  await remove(first[0])
  expect(await queue.bodies()).toEqual([])
  await remove(first[1])
  expect(await queue.bodies()).toEqual(['a3'])
})

test('a receive fills up with other groups after the first', async () => {
  const { queue, send } = await setUp()
  for (const [group, body] of [
    ['a', 'a1'],
    ['b', 'b1'],
    ['a', 'a2'],
  ] as const)
    await send(group, body)
  expect(await queue.bodies()).toEqual(['a1', 'a2', 'b1'])
})

test('a timeout brings a group back in its order', async () => {
  const { sqs, QueueUrl, queue, send, advance } = await setUp()
  for (const body of ['a1', 'a2', 'a3']) await send('a', body)
  const [first, second] = await queue.receive({ MaxNumberOfMessages: 2, VisibilityTimeout: 60 })
  const change = (message: Message | undefined) =>
    sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 }),
    )
  await change(first)
  expect(await queue.bodies()).toEqual([])
  await change(second)
  expect(await queue.bodies({ VisibilityTimeout: 60 })).toEqual(['a1', 'a2', 'a3'])
  await advance(60)
  expect(await queue.bodies()).toEqual(['a1', 'a2', 'a3'])
})

test('a message shows its group, its deduplication id and a sequence number that grows', async () => {
  const { queue } = await setUp({})
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd1' }
  const one = await queue.send('one', ids)
  const two = await queue.send('two', { ...ids, MessageDeduplicationId: 'd2' })
  expect(one.SequenceNumber).toMatch(/^\d{20}$/)
  expect(BigInt(two.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(one.SequenceNumber ?? 0))
  const [message] = await queue.receive({ MessageSystemAttributeNames: ['All'] })
  expect(message?.Attributes).toMatchObject({ ...ids, SequenceNumber: one.SequenceNumber })
})

test('a message sent twice within five minutes arrives once, even after it was deleted', async () => {
  const { queue, remove, advance } = await setUp({})
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'd' }
  const first = await queue.send('one', ids)
  const second = await queue.send('another body', { ...ids, MessageGroupId: 'other' })
  expect([second.MessageId, second.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber])
  const messages = await queue.receive({ MaxNumberOfMessages: 10 })
  expect(messages.map(({ Body }) => Body)).toEqual(['one'])
  await remove(messages[0])
  await queue.send('one', ids)
  expect(await queue.bodies()).toEqual([])
  await advance(300)
  await queue.send('one', ids)
  expect(await queue.bodies()).toEqual(['one'])
})

test('equal bodies are one message where deduplication is by content, whatever their attributes', async () => {
  const { queue, send } = await setUp()
  await send('g', 'same')
  await queue.send('same', { MessageGroupId: 'g', MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } })
  await queue.send('same', { MessageGroupId: 'g', MessageDeduplicationId: 'other' })
  expect(await queue.bodies()).toEqual(['same', 'same'])
})

test('with high throughput a deduplication id counts for its group alone', async () => {
  const { queue } = await setUp({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' })
  for (const MessageGroupId of ['a', 'a', 'b'])
    await queue.send(MessageGroupId, { MessageGroupId, MessageDeduplicationId: 'd' })
  expect(await queue.bodies()).toEqual(['a', 'b'])
})

test('a handle deletes only while it hides the message', async () => {
  const { sqs, QueueUrl, queue, send, remove, advance } = await setUp({
    ContentBasedDeduplication: 'true',
    VisibilityTimeout: '10',
  })
  await send('g', 'one')
  const [message] = await queue.receive()
  await advance(10)
  const ReceiptHandle = message?.ReceiptHandle
  expect(await refusal(remove(message))).toContain(
    `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  )
  const { Failed } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', ReceiptHandle }] }))
  expect(Failed).toEqual([
    { Id: '1', SenderFault: true, Code: 'ReceiptHandleIsInvalid', Message: 'The receipt handle has expired' },
  ])
  expect(await queue.bodies()).toEqual(['one'])
})

test('a receive tried again with its attempt id gets the same messages and handles', async () => {
  const { queue, send, remove } = await setUp()
  for (const body of ['a1', 'a2']) await send('a', body)
  const attempt = { ReceiveRequestAttemptId: 'try-1', MaxNumberOfMessages: 10 }
  const first = await queue.receive(attempt)
  expect(await queue.receive(attempt)).toEqual(first)
  expect(await queue.receive({ ...attempt, ReceiveRequestAttemptId: 'try-2' })).toEqual([])
  await remove(first[0])
  expect(await queue.receive(attempt)).toEqual([])
})

test('the queue’s delay holds for all its messages, those already sent as well', async () => {
  const { sqs, QueueUrl, queue, send, advance } = await setUp({
    ContentBasedDeduplication: 'true',
    DelaySeconds: '600',
  })
  await send('g', 'one')
  expect(await queue.bodies()).toEqual([])
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '60' } }))
  await advance(60)
  expect(await queue.bodies()).toEqual(['one'])
  const own = queue.send('two', { MessageGroupId: 'g', DelaySeconds: 2 })
  expect(await refusal(own)).toContain(
    'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  )
})

test('what orders a message must be given', async () => {
  const { queue } = await setUp({})
  expect(await refusal(queue.send('x', { MessageDeduplicationId: 'd' }))).toBe(
    'MissingParameter: The request must contain the parameter MessageGroupId.',
  )
  expect(await refusal(queue.send('x', { MessageGroupId: 'g' }))).toContain(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  )
})

test('a batch is taken whole, in order, or refused whole', async () => {
  const { queue, batch } = await setUp()
  const entry = (Id: string, more = {}) => ({ Id, MessageBody: Id, MessageGroupId: 'g', ...more })
  expect(await refusal(batch([entry('a'), entry('b', { MessageGroupId: undefined })]))).toBe(
    'InvalidParameterValue: The request must contain the parameter MessageGroupId.',
  )
  expect(await queue.bodies()).toEqual([])
  const { Successful } = await batch([entry('c'), entry('d'), entry('e', { MessageDeduplicationId: 'own' })])
  const numbers = Successful?.map(({ SequenceNumber }) => BigInt(SequenceNumber ?? 0)) ?? []
  expect([...numbers].sort((a, b) => Number(a - b))).toEqual(numbers)
  expect(await queue.bodies()).toEqual(['c', 'd', 'e'])
})

test('retention ends a group’s oldest messages and lets the next come', async () => {
  const { queue, send, advance } = await setUp({ ContentBasedDeduplication: 'true', MessageRetentionPeriod: '60' })
  await send('g', 'old')
  await queue.receive({ VisibilityTimeout: 43_200 })
  await advance(30)
  await send('g', 'new')
  expect(await queue.bodies()).toEqual([])
  await advance(30)
  expect(await queue.bodies()).toEqual(['new'])
})
