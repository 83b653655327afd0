import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  RemovePermissionCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const setUp = () => {
  const aws = testClients()
  return { aws, sqs: aws.client(SQSClient) }
}

test('a queue has a URL under the endpoint its client uses, and AWS’s defaults', async () => {
  const { aws, sqs } = setUp()
  const queue = await makeQueue(aws, 'orders')
  expect(queue.url).toBe(`${aws.url}/123456789012/orders`)
  expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).QueueUrl).toBe(queue.url)
  const { CreatedTimestamp, LastModifiedTimestamp, ...attributes } = await queue.attributes('All')
  expect(attributes).toEqual({
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    VisibilityTimeout: '30',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
  })
  expect(CreatedTimestamp).toMatch(/^\d{10}$/)
  expect(LastModifiedTimestamp).toBe(CreatedTimestamp)
})

test('a FIFO queue shows its own attributes', async () => {
  const { aws } = setUp()
  const queue = await makeQueue(aws, 'orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  expect(await queue.attributes('All')).toMatchObject({
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'queue',
    FifoThroughputLimit: 'perQueue',
  })
})

test('creating a queue again gives the same URL, unless an attribute differs', async () => {
  const { aws, sqs } = setUp()
  const queue = await makeQueue(aws, 'orders', { DelaySeconds: '5' })
  const create = (Attributes?: Record<string, string>) =>
    sqs.send(new CreateQueueCommand({ QueueName: 'orders', ...(Attributes && { Attributes }) }))
  expect((await create()).QueueUrl).toBe(queue.url)
  expect((await create({ DelaySeconds: '5', VisibilityTimeout: '30' })).QueueUrl).toBe(queue.url)
  expect(await refusal(create({ DelaySeconds: '6' }))).toBe(
    'QueueNameExists: A queue already exists with the same name and a different value for attribute DelaySeconds',
  )
})

test('a queue that does not exist is refused by every operation, and a deleted one can be made again', async () => {
  const { aws, sqs } = setUp()
  const { url, send } = await makeQueue(aws, 'orders')
  await send('lost')
  await sqs.send(new DeleteQueueCommand({ QueueUrl: url }))
  const gone = 'QueueDoesNotExist: The specified queue does not exist.'
  expect(await refusal(send('late'))).toBe(gone)
  expect(await refusal(sqs.send(new DeleteQueueCommand({ QueueUrl: url })))).toBe(gone)
  expect(await refusal(sqs.send(new GetQueueUrlCommand({ QueueName: 'orders' })))).toBe(gone)
  expect(await refusal(sqs.send(new GetQueueAttributesCommand({ QueueUrl: 'nonsense' })))).toBe(gone)
  const again = await makeQueue(aws, 'orders')
  expect(await again.bodies()).toEqual([])
})

test.each([
  [{ QueueName: 'in.fo' }, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'],
  [
    { QueueName: 'x'.repeat(81) },
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  ],
  [{ QueueName: 'a', Attributes: { FifoQueue: 'true' } }, 'must end with .fifo suffix and be 1 to 80 in length'],
  [{ QueueName: 'a', Attributes: { FifoQueue: 'false' } }, 'Unknown Attribute FifoQueue.'],
  [{ QueueName: 'a', Attributes: { QueueArn: 'arn' } }, 'Unknown Attribute QueueArn.'],
  [{ QueueName: 'a', Attributes: { DelaySeconds: '901' } }, 'Invalid value for the parameter DelaySeconds.'],
])('creating %j is refused, and leaves nothing behind', async (input, message) => {
  const { sqs } = setUp()
  expect(await refusal(sqs.send(new CreateQueueCommand(input)))).toContain(message)
  expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
})

test('attributes that are set come back, and a refused change changes nothing', async () => {
  const { aws, sqs } = setUp()
  const { url, attributes } = await makeQueue(aws, 'orders')
  const set = (Attributes: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }))
  await set({ VisibilityTimeout: '69', KmsMasterKeyId: 'alias/mine' })
  const names = ['VisibilityTimeout', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'] as const
  const expected = {
    VisibilityTimeout: '69',
    KmsMasterKeyId: 'alias/mine',
    KmsDataKeyReusePeriodSeconds: '300',
    SqsManagedSseEnabled: 'false',
  }
  expect(await attributes(...names)).toEqual(expected)
  expect(await refusal(set({ VisibilityTimeout: '5', DelaySeconds: 'soon' }))).toBe(
    'InvalidAttributeValue: Invalid value for the parameter DelaySeconds.',
  )
  expect(await attributes(...names)).toEqual(expected)
  expect(await refusal(set({}))).toContain('The request must contain the parameter Attribute.Name.')
})

test('queues are listed by prefix and in pages', async () => {
  const { aws, sqs } = setUp()
  for (const name of ['b-1', 'a-1', 'a-3', 'a-2']) await makeQueue(aws, name)
  const all = await sqs.send(new ListQueuesCommand({}))
  expect(all.QueueUrls?.map(url => url.split('/').at(-1))).toEqual(['a-1', 'a-2', 'a-3', 'b-1'])
  expect(all.NextToken).toBeUndefined()
  const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'a-', MaxResults: 2 }))
  expect(first.QueueUrls).toHaveLength(2)
  const next = { QueueNamePrefix: 'a-', MaxResults: 2, NextToken: first.NextToken }
  const second = await sqs.send(new ListQueuesCommand(next))
  expect(second.QueueUrls).toEqual([`${aws.url}/123456789012/a-3`])
  expect(second.NextToken).toBeUndefined()
  expect(await refusal(sqs.send(new ListQueuesCommand({ ...next, NextToken: 'x' })))).toContain(
    'Invalid or expired next token.',
  )
  expect(await refusal(sqs.send(new ListQueuesCommand({ MaxResults: 1001 })))).toContain(
    'MaxResults must be an integer between 1 and 1000.',
  )
})

test('tags are added, changed and taken off, 50 at most', async () => {
  const { sqs } = setUp()
  const tags = { a: '1', b: '' }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders', tags }))
  const listed = async () => (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags
  expect(await listed()).toEqual(tags)
  await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: '2', c: '3' } }))
  await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['b', 'unknown'] }))
  expect(await listed()).toEqual({ a: '2', c: '3' })
  const many = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`k${i}`, 'v']))
  expect(await refusal(sqs.send(new TagQueueCommand({ QueueUrl, Tags: many })))).toContain(
    'Too many tags added for queue orders.',
  )
  expect(await listed()).toEqual({ a: '2', c: '3' })
})

test('permissions are statements of the queue’s policy', async () => {
  const { aws, sqs } = setUp()
  const { url: QueueUrl, arn, attributes } = await makeQueue(aws, 'orders')
  const add = (Label: string, Actions: string[]) =>
    sqs.send(new AddPermissionCommand({ QueueUrl, Label, AWSAccountIds: ['111111111111'], Actions }))
  await add('one', ['SendMessage'])
  const statement = {
    Sid: 'one',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111111111111:root' },
    Action: 'SQS:SendMessage',
    Resource: arn,
  }
  const policy = JSON.parse((await attributes('Policy')).Policy ?? '')
  expect(policy).toEqual({ Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [statement] })
  expect(await refusal(add('one', ['DeleteMessage']))).toContain(
    'Value one for parameter Label is invalid. Reason: Already exists.',
  )
  expect(await refusal(add('two', ['CreateQueue']))).toContain('Only the queue owner is allowed to invoke this action.')
  expect(await refusal(add('two', ['Nonsense']))).toContain(
    'Please refer to the appropriate WSDL for a list of valid actions.',
  )
  await sqs.send(new RemovePermissionCommand({ QueueUrl, Label: 'one' }))
  expect(await attributes('Policy')).toEqual({})
  expect(await refusal(sqs.send(new RemovePermissionCommand({ QueueUrl, Label: 'one' })))).toContain(
    "can't find label.",
  )
})

test('a purge empties the queue, once in 60 seconds of the namespace’s clock', async () => {
  const { aws, sqs } = setUp()
  const { url: QueueUrl, send, receive, attributes } = await makeQueue(aws, 'orders')
  for (const body of ['visible', 'in flight']) await send(body)
  await receive()
  await sqs.send(new PurgeQueueCommand({ QueueUrl }))
  expect(await attributes('ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible')).toEqual({
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
  })
  const again = () => sqs.send(new PurgeQueueCommand({ QueueUrl }))
  expect(await refusal(again())).toBe(
    'PurgeQueueInProgress: Only one PurgeQueue operation on orders is allowed every 60 seconds.',
  )
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
  await again()
})

test('accounts and regions have queues of their own, reached by whose URL it is', async () => {
  const { aws, sqs } = setUp()
  const theirs = aws.client(SQSClient, { credentials: { accessKeyId: '111111111111', secretAccessKey: 'x' } })
  const west = aws.client(SQSClient, { region: 'us-west-2' })
  const { QueueUrl } = await theirs.send(new CreateQueueCommand({ QueueName: 'shared' }))
  expect(QueueUrl).toBe(`${aws.url}/111111111111/shared`)
  for (const client of [sqs, west]) expect((await client.send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
  const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'shared', QueueOwnerAWSAccountId: '111111111111' }))
  expect(found.QueueUrl).toBe(QueueUrl)
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'from us' }))
  const amazon = 'https://sqs.us-east-1.amazonaws.com/111111111111/shared'
  await west.send(new SendMessageCommand({ QueueUrl: amazon, MessageBody: 'from the west' }))
  const { queues } = await aws.admin<{ queues: { messages: { body: string }[] }[] }>('GET', '/_fakecloud/sqs/messages')
  expect(queues.flatMap(queue => queue.messages.map(({ body }) => body))).toEqual(['from us', 'from the west'])
})
