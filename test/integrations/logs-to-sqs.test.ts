import { PutSubscriptionFilterCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Line, testLogs, unpack } from '../support/logs.ts'
import { makeQueue } from '../support/sqs.ts'

async function setUp() {
  const kit = testLogs()
  const queue = await makeQueue(kit.aws, 'errors')
  await kit.group('g', 's')
  const subscribe = (filterName: string, filterPattern: string) => {
    const input = { logGroupName: 'g', filterName, filterPattern, destinationArn: queue.arn }
    return kit.logs.send(new PutSubscriptionFilterCommand(input))
  }
  const messages = async () => {
    await kit.aws.admin('POST', '/_fakecloud/settle')
    return (await queue.bodies()).map(body => unpack(body ?? ''))
  }
  return { ...kit, queue, subscribe, messages }
}

test('M09 Logs subscription filters → SQS: a matching event becomes a message of the queue', async () => {
  const { put, subscribe, messages } = await setUp()
  await subscribe('slow', '{ $.ms > 100 }')
  const now = Date.now()
  await put('g', 's', [now, '{"ms":5}'], [now, '{"ms":500}'], [now, 'no JSON'])
  await put('g', 's', [now, '{"ms":7}'])
  expect(await messages()).toEqual([
    {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: 'g',
      logStream: 's',
      subscriptionFilters: ['slow'],
      logEvents: [{ id: expect.stringMatching(/^\d{56}$/), timestamp: now, message: '{"ms":500}' }],
    },
  ])
})

test('two filters send a message each; a batch that is too large for one goes in several', async () => {
  const { put, subscribe, messages } = await setUp()
  await subscribe('a', 'ERROR')
  await subscribe('b', '')
  await put('g', 's', [Date.now(), 'ERROR'])
  expect((await messages()).map(({ subscriptionFilters }) => subscriptionFilters)).toEqual([['a'], ['b']])
  // Random text does not shrink.
  const lines = Array.from(
    { length: 4 },
    (_, i): Line => [Date.now(), `${i} ${randomBytes(187_500).toString('base64')}`],
  )
  await put('g', 's', ...lines)
  const large = await messages()
  expect(large.length).toBeGreaterThan(1)
  expect(large.flatMap(({ logEvents }) => logEvents.map(({ message }) => message[0]))).toEqual(['0', '1', '2', '3'])
})

test('a queue that is gone refuses its events, and the journal says so', async () => {
  const { aws, put, subscribe, queue } = await setUp()
  await subscribe('all', '')
  await aws.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl: queue.url }))
  await put('g', 's', [Date.now(), 'lost'])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=DATA_MESSAGE')
  expect(reasons.join()).toMatch(/was refused: .*QueueDoesNotExist/)
})
