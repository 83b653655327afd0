import { GetSubscriptionAttributesCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { hopsOf, isGenuine, makeOpenQueue, makeTopic, read, settle } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })
const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) })

/** A topic, a queue that is subscribed to it, and what arrives there. */
async function setUp(attributes: Record<string, string> = {}, subscription: Record<string, string> = {}) {
  const aws = testClients()
  const topic = await makeTopic(aws, 'news', attributes)
  const queue = await makeOpenQueue(aws, 'readers', topic.arn)
  const subscriptionArn = await topic.subscribe('sqs', queue.arn, subscription)
  const received = async () => {
    await settle(aws)
    return queue.receive({
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    })
  }
  const notifications = async () => (await received()).map(({ Body }) => read(Body))
  return { aws, topic, queue, subscriptionArn, received, notifications }
}

test('M01 SNS → SQS: a message arrives in the queue in AWS’s envelope, to the last field', async () => {
  const { aws, topic, queue, subscriptionArn, received } = await setUp()
  const MessageAttributes = { color: text('red'), blob: { DataType: 'Binary', BinaryValue: Uint8Array.of(2, 3, 4) } }
  const { MessageId } = await topic.publish('hello "you"', { Subject: 'Hi', MessageAttributes })
  const [message] = await received()
  const body = read(message?.Body)
  expect(body).toEqual({
    Type: 'Notification',
    MessageId,
    TopicArn: topic.arn,
    Subject: 'Hi',
    Message: 'hello "you"',
    Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    SignatureVersion: '1',
    Signature: expect.stringMatching(/^[A-Za-z0-9+/]{171}=$/),
    SigningCertURL: `${aws.url}/_fakecloud/sns/cert.pem`,
    UnsubscribeURL: `${aws.url}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    MessageAttributes: { color: { Type: 'String', Value: 'red' }, blob: { Type: 'Binary', Value: 'AgME' } },
  })
  expect(message?.Body).toMatch(/^\{\n {2}"Type" : "Notification",\n {2}"MessageId" : "/)
  expect(message?.MessageAttributes).toBeUndefined()
  expect(await isGenuine(body)).toBe(true)
  expect(await isGenuine({ ...body, Message: 'hello "me"' })).toBe(false)
  expect(await hopsOf(aws, queue.arn)).toMatchObject([
    { from: topic.arn, to: queue.arn, outcome: 'delivered', event: `Notification ${MessageId}` },
  ])
})

test('M01 SNS → SQS: a topic may sign with SHA256, once for all its subscribers', async () => {
  const { aws, topic, notifications } = await setUp({ SignatureVersion: '2' })
  const other = await makeOpenQueue(aws, 'others', topic.arn)
  await topic.subscribe('sqs', other.arn)
  await topic.publish('hello')
  const [body] = await notifications()
  expect(body?.SignatureVersion).toBe('2')
  expect(await isGenuine(body)).toBe(true)
  const [second] = await other.bodies()
  expect(read(second).Signature).toBe(body?.Signature)
})

test('M01 SNS → SQS: raw delivery sends the message itself, its attributes as the queue’s own', async () => {
  const { topic, received } = await setUp({}, { RawMessageDelivery: 'true' })
  const MessageAttributes = { size: number(3), blob: { DataType: 'Binary.gif', BinaryValue: Uint8Array.of(0, 255) } }
  await topic.publish('as it is', { Subject: 'lost', MessageAttributes })
  expect(await received()).toMatchObject([{ Body: 'as it is', MessageAttributes }])
})

test('M01 SNS → SQS: a filter policy on attributes lets through what it matches, and the journal names the part that failed', async () => {
  const policy = { store: ['books'], price: [{ numeric: ['>=', 100] }] }
  const { aws, topic, subscriptionArn, notifications } = await setUp({}, { FilterPolicy: JSON.stringify(policy) })
  await topic.publish('cheap', { MessageAttributes: { store: text('books'), price: number(99) } })
  await topic.publish('dear', { MessageAttributes: { store: text('books'), price: number(100) } })
  await topic.publish('elsewhere', { MessageAttributes: { store: text('toys'), price: number(100) } })
  await topic.publish('bare')
  expect((await notifications()).map(({ Message }) => Message)).toEqual(['dear'])
  const filtered = (await hopsOf(aws, topic.arn)).filter(({ outcome }) => outcome === 'filtered')
  expect(filtered.map(({ reason }) => reason)).toEqual([
    `FilterPolicy of ${subscriptionArn}: price is 99, and the pattern wants [{"numeric":[">=",100]}]`,
    `FilterPolicy of ${subscriptionArn}: store is "toys", and the pattern wants ["books"]`,
    `FilterPolicy of ${subscriptionArn}: store is not there, and the pattern wants ["books"]`,
  ])
})

test('M01 SNS → SQS: a filter policy on the body looks into its JSON', async () => {
  const FilterPolicy = JSON.stringify({ order: { items: { kind: [{ prefix: 'tea' }] } } })
  const { aws, topic, notifications } = await setUp({}, { FilterPolicy, FilterPolicyScope: 'MessageBody' })
  const bodies = [
    '{"order":{"items":[{"kind":"coffee"},{"kind":"teapot"}]}}',
    '{"order":{"items":[{"kind":"coffee"}]}}',
    '{"order.items.kind":"tea"}',
    'tea',
  ]
  for (const body of bodies) await topic.publish(body)
  expect((await notifications()).map(({ Message }) => Message)).toEqual([bodies[0], bodies[2]])
  const why = await aws.admin('GET', `/_fakecloud/journal/why?arn=${encodeURIComponent(topic.arn)}`)
  expect(JSON.stringify(why)).toContain('order.items.kind is')
  expect(JSON.stringify(why)).toContain('the message is not a JSON object, and the filter policy is on its body')
})

test.each([{ raw: 'false' }, { raw: 'true' }])(
  'M01 SNS → SQS: what the queue’s policy refuses goes to the subscription’s dead-letter queue as it was (raw: $raw)',
  async ({ raw }) => {
    const aws = testClients()
    const topic = await makeTopic(aws, 'news')
    const closed = await makeQueue(aws, 'closed')
    const dead = await makeOpenQueue(aws, 'dead', topic.arn)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn })
    await topic.subscribe('sqs', closed.arn, { RedrivePolicy, RawMessageDelivery: raw })
    await topic.publish('hello', { MessageAttributes: { size: number(111) } })
    await settle(aws)
    expect(await closed.receive()).toEqual([])
    const [letter] = await dead.receive({ MessageAttributeNames: ['All'] })
    if (raw === 'true') expect(letter).toMatchObject({ Body: 'hello', MessageAttributes: { size: number(111) } })
    else expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ Type: 'Notification', Message: 'hello' })
    const hops = await hopsOf(aws, topic.arn)
    expect(hops.map(({ to, outcome }) => ({ to, outcome }))).toEqual([
      { to: closed.arn, outcome: 'refused' },
      { to: closed.arn, outcome: 'dead-lettered' },
      { to: dead.arn, outcome: 'delivered' },
    ])
    expect(hops[1]?.reason).toContain('is not authorized to perform: sqs:SendMessage')
    expect(new Set(hops.map(({ traceId }) => traceId)).size).toBe(1)
  },
)

test('M01 SNS → SQS: without a redrive policy a lost queue loses the message, and why says so', async () => {
  const { aws, topic, queue } = await setUp()
  await aws.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl: queue.url }))
  await topic.publish('hello')
  await settle(aws)
  const why = await aws.admin('GET', `/_fakecloud/journal/why?arn=${encodeURIComponent(queue.arn)}`)
  expect(JSON.stringify(why)).toContain('The specified queue does not exist')
})

test('M01 SNS → SQS: a FIFO topic keeps the order of its groups, sends a message once, and numbers it', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'orders.fifo', { FifoTopic: 'true', ContentBasedDeduplication: 'true' })
  const fifo = await makeOpenQueue(aws, 'in-order.fifo', topic.arn, { FifoQueue: 'true' })
  const standard = await makeOpenQueue(aws, 'any-order', topic.arn)
  await topic.subscribe('sqs', fifo.arn)
  await topic.subscribe('sqs', standard.arn, { RawMessageDelivery: 'true' })
  const sent = []
  for (let i = 0; i < 9; i++) sent.push(await topic.publish(`m${i}`, { MessageGroupId: `g${i % 3}` }))
  const again = await topic.publish('m0', { MessageGroupId: 'g0' })
  expect(again).toMatchObject({ MessageId: sent[0]?.MessageId, SequenceNumber: sent[0]?.SequenceNumber })
  await settle(aws)
  const messages = await fifo.receive({ MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] })
  const inGroup = (group: string) =>
    messages.filter(({ Attributes }) => Attributes?.MessageGroupId === group).map(({ Body }) => read(Body).Message)
  expect(inGroup('g0')).toEqual(['m0', 'm3', 'm6'])
  expect(inGroup('g2')).toEqual(['m2', 'm5', 'm8'])
  const body = read(messages[0]?.Body)
  // Messages of FIFO topics carry no signature.
  expect(Object.keys(body)).toEqual([
    'Type',
    'MessageId',
    'SequenceNumber',
    'TopicArn',
    'Message',
    'Timestamp',
    'UnsubscribeURL',
  ])
  expect(sent.map(({ SequenceNumber }) => SequenceNumber)).toContain(body.SequenceNumber)
  const numbers = sent.map(({ SequenceNumber = '0' }) => BigInt(SequenceNumber))
  expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)))
  expect((await standard.bodies()).toSorted()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8'])
})

test('M01 SNS → SQS: a batch arrives message by message, each with what is its own', async () => {
  const { aws, topic, received } = await setUp({}, { RawMessageDelivery: 'true' })
  const { Successful = [], Failed } = await aws.client(SNSClient).send(
    new PublishBatchCommand({
      TopicArn: topic.arn,
      PublishBatchRequestEntries: [
        { Id: 'a', Message: 'first', MessageAttributes: { n: number(1) } },
        { Id: 'b', Message: '{"default":"any","sqs":"for queues"}', MessageStructure: 'json' },
      ],
    }),
  )
  expect(Successful.map(({ Id }) => Id)).toEqual(['a', 'b'])
  expect(Failed).toEqual([])
  expect((await received()).map(({ Body }) => Body)).toEqual(['first', 'for queues'])
})

test('M01 SNS → SQS: an UnsubscribeURL ends what it names, and only that', async () => {
  const { aws, topic, subscriptionArn, notifications } = await setUp()
  await topic.publish('one')
  const [body] = await notifications()
  expect((await fetch(body?.UnsubscribeURL ?? '')).status).toBe(200)
  await topic.publish('two')
  expect(await notifications()).toEqual([])
  const asked = aws.client(SNSClient).send(new GetSubscriptionAttributesCommand({ SubscriptionArn: subscriptionArn }))
  await expect(asked).rejects.toMatchObject({ name: 'NotFoundException', message: 'Subscription does not exist' })
})

test('M01 SNS → SQS: a queue of another account is asked first, in the queue itself', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'news')
  const theirs = testClients(aws.namespace)
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'test' }
  const asTheirs = {
    ...theirs,
    client: ((make, more = {}) => theirs.client(make, { credentials, ...more })) as typeof theirs.client,
  }
  const arn = 'arn:aws:sqs:us-east-1:111122223333:theirs'
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
    },
  })
  const queue = await makeQueue(asTheirs, 'theirs', { Policy })
  await topic.subscribe('sqs', arn)
  await topic.publish('too early')
  await settle(aws)
  const bodies = (await queue.bodies()).map(body => read(body))
  expect(bodies.map(({ Type }) => Type)).toEqual(['SubscriptionConfirmation'])
  expect(await isGenuine(bodies[0])).toBe(true)
  expect((await fetch(bodies[0]?.SubscribeURL ?? '')).status).toBe(200)
  await topic.publish('in time')
  await settle(aws)
  const [message = ''] = await queue.bodies()
  expect(JSON.parse(message ?? '')).toMatchObject({ Type: 'Notification', Message: 'in time' })
})
