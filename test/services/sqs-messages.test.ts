import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const setUp = async (attributes: Record<string, string> = {}) => {
  const aws = testClients()
  const queue = await makeQueue(aws, 'orders', attributes)
  const advance = (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
  return { aws, sqs: aws.client(SQSClient), queue, advance, QueueUrl: queue.url }
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue })

test('a message arrives with its attributes, and its receiver gets those it asks for', async () => {
  const { queue } = await setUp()
  const sent = await queue.send('hello', {
    MessageAttributes: {
      'app.id': { DataType: 'Number', StringValue: '7' },
      png: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2) },
    },
    MessageSystemAttributes: { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793') },
  })
  expect(sent.MD5OfMessageBody).toBe('5d41402abc4b2a76b9719d911017c592')
  const [bare] = await queue.receive({ VisibilityTimeout: 0 })
  expect(bare).toMatchObject({ MessageId: sent.MessageId, Body: 'hello', MD5OfBody: sent.MD5OfMessageBody })
  expect(bare).not.toHaveProperty('Attributes')
  expect(bare).not.toHaveProperty('MessageAttributes')
  const [full] = await queue.receive({
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
    VisibilityTimeout: 0,
  })
  expect(full?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes)
  expect(full?.MessageAttributes?.png?.BinaryValue).toEqual(Uint8Array.of(1, 2))
  expect(full?.Attributes).toEqual({
    SenderId: expect.any(String),
    SentTimestamp: expect.stringMatching(/^\d{13}$/),
    ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
    ApproximateReceiveCount: '2',
    AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
  })
  const [part] = await queue.receive({
    MessageAttributeNames: ['app.*'],
    AttributeNames: ['ApproximateReceiveCount'] as never,
  })
  expect(part?.MessageAttributes).toEqual({ 'app.id': { DataType: 'Number', StringValue: '7' } })
  expect(part?.Attributes).toEqual({ ApproximateReceiveCount: '3' })
})

test.each([
  [{ MessageBody: '' }, 'MissingParameter: The request must contain the parameter MessageBody.'],
  [{ MessageBody: 'a\u0000' }, 'InvalidMessageContents: Invalid characters found.'],
  [
    { DelaySeconds: 901 },
    'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
  ],
  [{ MessageDeduplicationId: 'd' }, 'The request include parameter that is not valid for this queue type.'],
  [
    { MessageGroupId: 'a b' },
    'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    { MessageAttributes: { a: text('') } },
    "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
  ],
  [
    { MessageBody: 'x'.repeat(1025) },
    'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
  ],
  [{ MessageAttributes: { a: text('x'.repeat(1018)) } }, 'Message must be shorter than 1024 bytes.'],
])('a message that is wrong is refused and not stored (%#)', async (input, message) => {
  const { queue } = await setUp({ MaximumMessageSize: '1024' })
  expect(await refusal(queue.send('body', input))).toContain(message)
  expect(await queue.bodies()).toEqual([])
})

test('a message of 1 MiB passes, one byte more does not', async () => {
  const { queue } = await setUp()
  await queue.send('é'.repeat(524_288))
  expect((await queue.bodies())[0]).toHaveLength(524_288)
  expect(await refusal(queue.send('x'.repeat(1_048_577)))).toContain('Message must be shorter than 1048576 bytes.')
  await queue.send('x', { MessageAttributes: { a: text('"'.repeat(1_048_568)) } })
  const [quotes] = await queue.receive({ MessageAttributeNames: ['All'] })
  expect(quotes?.MessageAttributes?.a?.StringValue).toHaveLength(1_048_568)
})

test('a delay hides a message until it is over, the message’s own before the queue’s', async () => {
  const { queue, advance } = await setUp({ DelaySeconds: '60' })
  await queue.send('late')
  await queue.send('at once', { DelaySeconds: 0 })
  expect(await queue.attributes('ApproximateNumberOfMessagesDelayed')).toEqual({
    ApproximateNumberOfMessagesDelayed: '1',
  })
  expect(await queue.bodies()).toEqual(['at once'])
  await advance(59)
  expect(await queue.bodies({ VisibilityTimeout: 600 })).toEqual(['at once'])
  await advance(2)
  expect(await queue.bodies()).toEqual(['late'])
})

test('a received message is hidden for its timeout, then comes again with a new handle', async () => {
  const { queue, advance } = await setUp({ VisibilityTimeout: '10' })
  await queue.send('work')
  const [first] = await queue.receive()
  expect(await queue.attributes('ApproximateNumberOfMessagesNotVisible')).toEqual({
    ApproximateNumberOfMessagesNotVisible: '1',
  })
  await advance(9)
  expect(await queue.receive()).toEqual([])
  await advance(1)
  const [second] = await queue.receive()
  expect(second?.MessageId).toBe(first?.MessageId)
  expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle)
})

test('a timeout can be shortened and extended, up to 12 hours after the receive', async () => {
  const { sqs, QueueUrl, queue, advance } = await setUp()
  await queue.send('work')
  const [{ ReceiptHandle } = {}] = await queue.receive()
  const change = (VisibilityTimeout: number) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }))
  await change(3600)
  await advance(3599)
  expect(await queue.receive()).toEqual([])
  expect(await refusal(change(43_200))).toContain(
    'Total VisibilityTimeout for the message is beyond the limit [43200 seconds].',
  )
  expect(await refusal(change(43_201))).toContain('Reason: Must be between 0 and 43200.')
  await change(0)
  expect(await queue.bodies()).toEqual(['work'])
  expect(await refusal(change(10))).toContain(
    'Message does not exist or is not available for visibility timeout change.',
  )
})

test('any handle of a message deletes it, twice is no error, and what is no handle is refused', async () => {
  const { sqs, QueueUrl, queue } = await setUp()
  await queue.send('work')
  const [first] = await queue.receive({ VisibilityTimeout: 0 })
  await queue.receive({ VisibilityTimeout: 0 })
  const remove = (ReceiptHandle?: string) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  await remove(first?.ReceiptHandle)
  await remove(first?.ReceiptHandle)
  expect(await queue.bodies()).toEqual([])
  expect(await refusal(remove('nonsense'))).toBe(
    'ReceiptHandleIsInvalid: The input receipt handle "nonsense" is not a valid receipt handle.',
  )
  expect(await refusal(remove(''))).toContain('The request must contain the parameter ReceiptHandle.')
})

test.each([
  [
    { MaxNumberOfMessages: 11 },
    'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
  ],
  [
    { WaitTimeSeconds: 21 },
    'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
  ],
  [
    { VisibilityTimeout: 43_201 },
    'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.',
  ],
  [{ AttributeNames: ['Nonsense'] as never }, 'InvalidAttributeName: Unknown Attribute Nonsense.'],
  [{ ReceiveRequestAttemptId: 'a' }, 'The request include parameter that is not valid for this queue type.'],
])('receiving with %j is refused', async (input, message) => {
  const { queue } = await setUp()
  expect(await refusal(queue.receive(input))).toContain(message)
})

test('a message ends with the retention period, which counts for those already there', async () => {
  const { aws, sqs, QueueUrl, queue, advance } = await setUp({ MessageRetentionPeriod: '120' })
  await queue.send('old')
  await advance(60)
  await queue.send('new')
  await advance(60)
  expect(await queue.bodies({ VisibilityTimeout: 0 })).toEqual(['new'])
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { MessageRetentionPeriod: '60' } }))
  expect(await queue.attributes('ApproximateNumberOfMessages')).toEqual({ ApproximateNumberOfMessages: '0' })
  const tick = await aws.admin('POST', '/_fakecloud/sqs/expiration-processor/tick')
  expect(tick).toEqual({ expiredMessages: 0 })
  await queue.send('after a purge')
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  await queue.send('kept')
  await advance(59)
  expect(await queue.bodies()).toEqual(['kept'])
})

test('a standard queue keeps the group of a message and shows it', async () => {
  const { queue } = await setUp()
  await queue.send('fair', { MessageGroupId: 'tenant-1' })
  const [message] = await queue.receive({ MessageSystemAttributeNames: ['MessageGroupId'] })
  expect(message?.Attributes).toEqual({ MessageGroupId: 'tenant-1' })
})

test('the messages of all queues can be seen without receiving them', async () => {
  const { aws, queue } = await setUp()
  await queue.send('one')
  await queue.receive()
  await queue.send('two')
  const { queues } = await aws.admin<{ queues: unknown[] }>('GET', '/_fakecloud/sqs/messages')
  const shown = { messageId: expect.any(String), createdAt: expect.stringMatching(/^\d{4}-.*Z$/) }
  expect(queues).toEqual([
    {
      queueUrl: queue.url,
      queueName: 'orders',
      region: 'us-east-1',
      queueArn: queue.arn,
      messages: [
        { ...shown, body: 'one', receiveCount: 1, inFlight: true },
        { ...shown, body: 'two', receiveCount: 0, inFlight: false },
      ],
    },
  ])
})
