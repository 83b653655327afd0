import {
  CancelMessageMoveTaskCommand,
  DeleteMessageCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { eventually, testClients } from '../support/clients.ts'
import { makeQueue, refusal, type TestQueue } from '../support/sqs.ts'

const policy = (target: { arn: string }, maxReceiveCount = 1) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: target.arn, maxReceiveCount }),
})

const setUp = async (attributes: Record<string, string> = {}) => {
  const aws = testClients()
  const dead = await makeQueue(aws, 'dead', attributes)
  const source = await makeQueue(aws, 'orders', policy(dead))
  return { aws, sqs: aws.client(SQSClient), dead, source }
}

/** Receives a message often enough that the next receive moves it. */
const fail = async (queue: TestQueue, body: string) => {
  await queue.send(body)
  await queue.receive({ VisibilityTimeout: 0 })
  expect(await queue.bodies()).toEqual([])
}

test('a message received too often moves to the dead-letter queue as it was', async () => {
  const { dead, source } = await setUp()
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } }
  const sent = await source.send('bad', { MessageAttributes })
  const [received] = await source.receive({ VisibilityTimeout: 0, MessageSystemAttributeNames: ['SentTimestamp'] })
  expect(await dead.bodies()).toEqual([])
  expect(await source.bodies()).toEqual([])
  const [letter] = await dead.receive({ MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] })
  expect(letter).toMatchObject({ MessageId: sent.MessageId, Body: 'bad', MessageAttributes })
  expect(letter?.Attributes).toMatchObject({
    DeadLetterQueueSourceArn: source.arn,
    SentTimestamp: received?.Attributes?.SentTimestamp,
  })
})

test('other messages are received past one that is moved', async () => {
  const { dead, source } = await setUp()
  for (let i = 0; i < 12; i++) await source.send(`bad ${i}`)
  for (let i = 0; i < 2; i++) await source.receive({ MaxNumberOfMessages: 10, VisibilityTimeout: 0 })
  await source.send('good')
  const found = [...(await source.bodies()), ...(await source.bodies())]
  expect(found).toContain('good')
  const { ApproximateNumberOfMessages } = await dead.attributes('ApproximateNumberOfMessages')
  expect(Number(ApproximateNumberOfMessages) + found.length).toBe(13)
})

test('a queue names a dead-letter queue that exists, is near, alike and willing, or is refused', async () => {
  const { aws, sqs, dead, source } = await setUp({
    RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'allowAll' }),
  })
  const set = (queue: TestQueue, Attributes: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }))
  const reason = async (arn: string) => refusal(set(source, policy({ arn })))
  expect(await reason(source.arn)).toContain('Dead letter target cannot be the same as the source.')
  expect(await reason(`${dead.arn}2`)).toContain('Reason: Dead letter target does not exist.')
  expect(await reason(`${dead.arn}.fifo`)).toContain(
    'Reason: Dead-letter queue must be same type of queue as the source..',
  )
  expect(await reason(dead.arn.replace('123456789012', '111111111111'))).toContain(
    'owner should be same as the source.',
  )
  expect(await reason(dead.arn.replace('us-east-1', 'eu-west-1'))).toContain('region should be same as the source.')
  await set(dead, {
    RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [source.arn] }),
  })
  await set(source, policy(dead, 5))
  expect(await refusal(makeQueue(aws, 'other', policy(dead)))).toContain('does not allow this queue as a source.')
  expect(await source.attributes('RedrivePolicy')).toEqual(policy(dead, 5))
  await set(source, { RedrivePolicy: '' })
  expect(await source.attributes('RedrivePolicy')).toEqual({})
})

test('a dead-letter queue knows its sources, in pages', async () => {
  const { aws, sqs, dead, source } = await setUp()
  const second = await makeQueue(aws, 'zebra', policy(dead))
  const list = (more = {}) => sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url, ...more }))
  expect((await list()).queueUrls).toEqual([source.url, second.url])
  const first = await list({ MaxResults: 1 })
  expect(first.queueUrls).toEqual([source.url])
  expect((await list({ MaxResults: 1, NextToken: first.NextToken })).queueUrls).toEqual([second.url])
})

test('a move task brings messages back to where they came from, as new ones', async () => {
  const { sqs, dead, source } = await setUp()
  await fail(source, 'again')
  const [letter] = await dead.receive({ VisibilityTimeout: 0 })
  const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
  expect(TaskHandle).toBeTruthy()
  const [back] = await source.receive({ WaitTimeSeconds: 20, MessageSystemAttributeNames: ['All'] })
  expect(back?.Body).toBe('again')
  expect(back?.MessageId).not.toBe(letter?.MessageId)
  expect(back?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' })
  expect(back?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn')
  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
  expect(Results).toEqual([
    {
      Status: 'COMPLETED',
      SourceArn: dead.arn,
      ApproximateNumberOfMessagesMoved: 1,
      ApproximateNumberOfMessagesToMove: 1,
      StartedTimestamp: expect.any(Number),
    },
  ])
})

test('a move task keeps its rate on the namespace’s clock, and can be cancelled', async () => {
  const { aws, sqs, dead, source } = await setUp()
  const other = await makeQueue(aws, 'other')
  for (const body of ['1', '2', '3', '4']) await fail(source, body)
  await aws.admin('POST', '/_fakecloud/clock/freeze')
  const start = { SourceArn: dead.arn, DestinationArn: other.arn, MaxNumberOfMessagesPerSecond: 1 }
  const { TaskHandle } = await sqs.send(new StartMessageMoveTaskCommand(start))
  expect(await refusal(sqs.send(new StartMessageMoveTaskCommand(start)))).toContain('There is already a task running.')
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 1 })
  const { ApproximateNumberOfMessagesMoved } = await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }))
  expect(ApproximateNumberOfMessagesMoved).toBe(2)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
  expect(await other.bodies()).toHaveLength(2)
  const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
  expect(Results).toMatchObject([
    { Status: 'CANCELLED', DestinationArn: other.arn, ApproximateNumberOfMessagesToMove: 4 },
  ])
  expect(await refusal(sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })))).toBe(
    'ResourceNotFoundException: Task does not exist.',
  )
})

test('a move task fails on a message that came from nowhere, and names what it cannot start with', async () => {
  const { sqs, dead, source } = await setUp()
  await dead.send('sent here')
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
  await eventually(async () => {
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
    expect(Results).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }])
  })
  expect(await dead.bodies()).toEqual(['sent here'])
  const start = (SourceArn: string, more = {}) =>
    refusal(sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...more })))
  expect(await start(source.arn)).toContain('Source queue must be configured as a Dead Letter Queue.')
  expect(await start(`${dead.arn}2`)).toContain("for the SourceArn parameter doesn't exist.")
  expect(await start('dead')).toContain('You must use this format to specify the SourceArn: arn:<partition>')
  expect(await start(dead.arn, { DestinationArn: dead.arn })).toContain('cannot be the same.')
  expect(await start(dead.arn, { MaxNumberOfMessagesPerSecond: 501 })).toContain("a number that's between 1 and 500.")
})

test('a queue’s messages can be forced into its dead-letter queue', async () => {
  const { aws, dead, source } = await setUp()
  await source.send('one')
  await source.receive()
  await source.send('two')
  expect(await aws.admin('POST', '/_fakecloud/sqs/orders/force-dlq')).toEqual({ movedMessages: 2 })
  expect((await dead.bodies()).sort()).toEqual(['one', 'two'])
  expect(await aws.admin('POST', '/_fakecloud/sqs/dead/force-dlq')).toEqual({ movedMessages: 0 })
  await expect(aws.admin('POST', '/_fakecloud/sqs/orders/force-dlq?region=eu-west-1')).rejects.toThrow('404')
})

test('an order pipeline: a poisoned order holds up its customer alone, dies, and is redriven in order', async () => {
  const aws = testClients()
  const sqs = aws.client(SQSClient)
  const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '30' }
  const dead = await makeQueue(aws, 'dead.fifo', fifo)
  const orders = await makeQueue(aws, 'orders.fifo', { ...fifo, ...policy(dead, 2) })
  for (const [customer, order] of ['ann:poison', 'bob:1', 'ann:2', 'bob:3'].map(
    text => [text.slice(0, 3), text] as const,
  )) {
    await orders.send(order, { MessageGroupId: customer })
  }
  let healed = false
  const done: string[] = []
  const work = async () => {
    for (const { Body = '', ReceiptHandle } of await orders.receive({ MaxNumberOfMessages: 1 })) {
      if (Body.endsWith('poison') && !healed) continue
      done.push(Body)
      await sqs.send(new DeleteMessageCommand({ QueueUrl: orders.url, ReceiptHandle }))
    }
  }
  const shift = async () => {
    for (let i = 0; i < 4; i++) await work()
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 30 })
  }
  await shift()
  expect(done).toEqual(['bob:1', 'bob:3'])
  await shift()
  await shift()
  expect(done).toEqual(['bob:1', 'bob:3', 'ann:2'])
  const [letter] = await dead.receive({ VisibilityTimeout: 0, MessageSystemAttributeNames: ['All'] })
  expect(letter?.Attributes).toMatchObject({
    MessageGroupId: 'ann',
    MessageDeduplicationId: letter?.MessageId,
    DeadLetterQueueSourceArn: orders.arn,
  })
  healed = true
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }))
  await eventually(async () => {
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }))
    expect(Results?.[0]?.Status).toBe('COMPLETED')
  })
  await shift()
  expect(done).toEqual(['bob:1', 'bob:3', 'ann:2', 'ann:poison'])
  expect(await dead.bodies()).toEqual([])
})

test('a FIFO group that only has dead letters left does not hide the next group', async () => {
  const aws = testClients()
  const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
  const dead = await makeQueue(aws, 'dead.fifo', fifo)
  const orders = await makeQueue(aws, 'orders.fifo', { ...fifo, ...policy(dead) })
  await orders.send('bad', { MessageGroupId: 'a' })
  await orders.receive({ VisibilityTimeout: 0 })
  await orders.send('good', { MessageGroupId: 'b' })
  expect(await orders.bodies({ MaxNumberOfMessages: 1 })).toEqual(['good'])
  expect(await dead.bodies()).toEqual(['bad'])
})
