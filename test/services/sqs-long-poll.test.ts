import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { eventually, testClients } from '../support/clients.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const setUp = async (name = 'orders', attributes: Record<string, string> = {}) => {
  const aws = testClients()
  const queue = await makeQueue(aws, name, attributes)
  const clock = (action: string, body = {}) => aws.admin('POST', `/_fakecloud/clock/${action}`, body)
  return { aws, sqs: aws.client(SQSClient), queue, clock, QueueUrl: queue.url }
}

/** Polls longer than a test may last: only what wakes the poll lets the test end. */
const WAIT = { WaitTimeSeconds: 20 }

/** A request later, whatever was asked before it has reached the queue. */
const reached = (queue: { attributes: (name: 'QueueArn') => Promise<unknown> }) => queue.attributes('QueueArn')

test('a poll that waits gets a message as soon as it is sent', async () => {
  const { queue } = await setUp()
  const poll = queue.bodies(WAIT)
  await reached(queue)
  await queue.send('news')
  expect(await poll).toEqual(['news'])
})

test('the queue’s own wait holds for polls that name none, and zero waits not at all', async () => {
  const { queue } = await setUp('orders', { ReceiveMessageWaitTimeSeconds: '20' })
  expect(await queue.bodies({ WaitTimeSeconds: 0 })).toEqual([])
  const poll = queue.bodies()
  await reached(queue)
  await queue.send('news')
  expect(await poll).toEqual(['news'])
})

test('of many polls each message reaches one', async () => {
  const { queue } = await setUp()
  const polls = Array.from({ length: 5 }, () => queue.bodies({ ...WAIT, MaxNumberOfMessages: 1 }))
  await reached(queue)
  for (const body of ['1', '2', '3', '4', '5']) await queue.send(body)
  expect((await Promise.all(polls)).flat().sort()).toEqual(['1', '2', '3', '4', '5'])
})

test('a poll wakes when a message comes into sight by time alone', async () => {
  const { queue } = await setUp()
  await queue.send('delayed', { DelaySeconds: 1 })
  expect(await queue.bodies(WAIT)).toEqual(['delayed'])
})

test('a poll wakes when a message is given back, and when the clock is moved past its delay', async () => {
  const { sqs, QueueUrl, queue, clock } = await setUp()
  await queue.send('work')
  const [{ ReceiptHandle } = {}] = await queue.receive({ VisibilityTimeout: 43_200 })
  const poll = queue.bodies({ ...WAIT, VisibilityTimeout: 600 })
  await reached(queue)
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
  expect(await poll).toEqual(['work'])
  await clock('freeze')
  const later = queue.bodies({ WaitTimeSeconds: 20 })
  await reached(queue)
  await queue.send('later', { DelaySeconds: 15 })
  await clock('advance', { seconds: 15 })
  expect(await later).toEqual(['later'])
})

test('a poll is over when the clock is moved past its wait', async () => {
  const { queue, clock } = await setUp()
  const poll = queue.bodies(WAIT)
  await reached(queue)
  await clock('advance', { seconds: 20 })
  expect(await poll).toEqual([])
})

test('a poll of a FIFO queue wakes when the group is free again', async () => {
  const { sqs, QueueUrl, queue } = await setUp('orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  for (const body of ['one', 'two']) await queue.send(body, { MessageGroupId: 'g' })
  const [{ ReceiptHandle } = {}] = await queue.receive()
  const poll = queue.bodies(WAIT)
  await reached(queue)
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  expect(await poll).toEqual(['two'])
})

test('a poll of a queue that is deleted meanwhile is refused', async () => {
  const { sqs, QueueUrl, queue } = await setUp()
  const poll = refusal(queue.receive(WAIT))
  await reached(queue)
  await sqs.send(new DeleteQueueCommand({ QueueUrl }))
  expect(await poll).toBe('QueueDoesNotExist: The specified queue does not exist.')
})

test('a poll whose client has gone takes no message', async () => {
  const { sqs, QueueUrl, queue } = await setUp()
  const client = new AbortController()
  const input = { QueueUrl, ...WAIT, VisibilityTimeout: 43_200 }
  const gone = refusal(sqs.send(new ReceiveMessageCommand(input), { abortSignal: client.signal }))
  await reached(queue)
  client.abort()
  expect(await gone).toContain('AbortError')
  await queue.send('kept', { DelaySeconds: 1 })
  await eventually(async () => {
    const { ApproximateNumberOfMessages: visible } = await queue.attributes('ApproximateNumberOfMessages')
    expect(visible).toBe('1')
  })
  expect(await queue.bodies()).toEqual(['kept'])
})
