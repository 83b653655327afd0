import {
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
} from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeOpenQueue, makeTopic, read, settle } from '../support/sns.ts'
import { refusal } from '../support/sqs.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })
const bytes = (BinaryValue: Uint8Array) => ({ DataType: 'Binary', BinaryValue })

function setUp() {
  const aws = testClients()
  return { aws, sns: aws.client(SNSClient) }
}

const INVALID = 'InvalidParameterException: Invalid parameter:'

test.each<[Partial<PublishCommandInput>, string]>([
  [{ Message: '' }, 'Empty message'],
  [{ Message: 'x'.repeat(262_145) }, 'Message too long'],
  [{ Message: 'x'.repeat(262_140), MessageAttributes: { a: text('long enough') } }, 'Message too long'],
  [{ Subject: '' }, 'Subject'],
  [{ Subject: 'two\nlines' }, 'Subject'],
  [{ Subject: 'x'.repeat(101) }, 'Subject'],
  [{ MessageStructure: 'xml' }, 'MessageStructure'],
  [{ MessageStructure: 'json', Message: 'no JSON' }, 'Message Structure - JSON message body failed to parse'],
  [{ MessageStructure: 'json', Message: '{"sqs":"x"}' }, 'Message Structure - No default entry in JSON message body'],
  [{ MessageStructure: 'json', Message: '{"default":1}' }, 'Message Structure - No default entry in JSON message body'],
  [
    { MessageDeduplicationId: 'a' },
    'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
  ],
])('a message is refused that is wrong (case %#)', async (input, reason) => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'news')
  expect(await refusal(topic.publish('hello', input))).toBe(`${INVALID} ${reason}`)
  expect(await aws.admin('GET', '/_fakecloud/sns/messages')).toEqual({ messages: [] })
})

test.each<[string, NonNullable<PublishCommandInput['MessageAttributes']>[string], string]>([
  [
    'attr',
    text(''),
    "The message attribute 'attr' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    'attr',
    bytes(new Uint8Array(0)),
    "The message attribute 'attr' must contain non-empty message attribute value for message attribute type 'Binary'.",
  ],
  [
    'attr',
    { DataType: 'String', BinaryValue: Uint8Array.of(1) },
    "The message attribute 'attr' with type 'String' must use field 'String'.",
  ],
  [
    'attr',
    { DataType: 'Binary', StringValue: 'x' },
    "The message attribute 'attr' with type 'Binary' must use field 'Binary'.",
  ],
  [
    'attr',
    { DataType: 'Stringprefixed', StringValue: 'x' },
    "The message attribute 'attr' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
  ],
  ['attr', { DataType: 'Number', StringValue: 'ten' }, "Could not cast message attribute 'attr' value to number."],
  ['a'.repeat(257), text('x'), 'Length of message attribute name must be less than 256 bytes.'],
  [
    'attr^',
    text('x'),
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  ['.attr', text('x'), "Invalid message attribute name starting with character '.' was found."],
  ['attr.', text('x'), "Invalid message attribute name ending with character '.' was found."],
  ['at..tr', text('x'), "Message attribute name can not have successive '.' character."],
])('an attribute is refused that is wrong (case %#)', async (name, value, message) => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'news')
  const published = topic.publish('hello', { MessageAttributes: { [name]: value } })
  expect(await refusal(published)).toBe(`InvalidParameterValueException: ${message}`)
})

test('a message goes to a topic, by either name of its ARN, or to a phone, and to one of them', async () => {
  const { aws, sns } = setUp()
  const { arn } = await makeTopic(aws, 'news')
  const publish = (input: Partial<PublishCommandInput>) => sns.send(new PublishCommand({ Message: 'hello', ...input }))
  await publish({ TargetArn: arn })
  await publish({ PhoneNumber: '+15550100123' })
  const { messages } = await aws.admin<{ messages: unknown[] }>('GET', '/_fakecloud/sns/messages')
  const shown = { messageId: expect.any(String), message: 'hello', subject: null, timestamp: expect.any(String) }
  expect(messages).toEqual([
    { ...shown, topicArn: arn },
    { ...shown, topicArn: '' },
  ])
  expect(await refusal(publish({}))).toBe(`${INVALID} TopicArn or TargetArn Reason: no value for required parameter`)
  expect(await refusal(publish({ TopicArn: arn, PhoneNumber: '+15550100123' }))).toContain(INVALID)
  expect(await refusal(publish({ TopicArn: `${arn}-gone` }))).toBe('NotFoundException: Topic does not exist')
  expect(await refusal(publish({ PhoneNumber: '+1a234' }))).toBe(
    `${INVALID} PhoneNumber Reason: +1a234 is not valid to publish to`,
  )
  const endpoint = 'arn:aws:sns:us-east-1:123456789012:endpoint/APNS/app/137fd0d6-2bbd-4b22-8a3b-9c4c9a1a6f2b'
  expect(await refusal(publish({ TargetArn: endpoint }))).toBe(
    `${INVALID} TargetArn Reason: No endpoint found for the target arn specified`,
  )
})

test('a push is kept with the messages, and a topic pushes too', async () => {
  const { aws, sns } = setUp()
  const topic = await makeTopic(aws, 'news')
  const { PlatformApplicationArn } = await sns.send(
    new CreatePlatformApplicationCommand({ Name: 'app', Platform: 'GCM', Attributes: { PlatformCredential: 'key' } }),
  )
  const { EndpointArn = '' } = await sns.send(
    new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'device' }),
  )
  await topic.subscribe('application', EndpointArn)
  await sns.send(new PublishCommand({ TargetArn: EndpointArn, Message: 'direct' }))
  const Message = JSON.stringify({ default: 'any', GCM: '{"notification":{}}' })
  await topic.publish(Message, { MessageStructure: 'json' })
  const { messages } = await aws.admin<{ messages: { topicArn: string; message: string }[] }>(
    'GET',
    '/_fakecloud/sns/messages',
  )
  const pushed = messages.filter(({ topicArn }) => topicArn === EndpointArn)
  expect(pushed.map(({ message }) => message)).toEqual(['direct', '{"notification":{}}'])
})

test('a batch that AWS would not take is refused whole', async () => {
  const { aws, sns } = setUp()
  const topic = await makeTopic(aws, 'news')
  const fifo = await makeTopic(aws, 'orders.fifo', { FifoTopic: 'true' })
  type Entries = { Id: string; Message: string }[]
  const publish = (entries: Entries, TopicArn = topic.arn) =>
    refusal(sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries })))
  const entries = (count: number, Message = 'x') => Array.from({ length: count }, (_, i) => ({ Id: `${i}`, Message }))
  expect(await publish([])).toContain("EmptyBatchRequestException: The batch request doesn't contain any entries.")
  expect(await publish(entries(11))).toBe(
    'TooManyEntriesInBatchRequestException: The batch request contains more entries than permissible.',
  )
  expect(await publish([...entries(1), ...entries(1)])).toBe(
    'BatchEntryIdsNotDistinctException: Two or more batch entries in the request have the same Id.',
  )
  expect(await publish([{ Id: 'a b', Message: 'x' }])).toContain('InvalidBatchEntryIdException')
  expect(await publish(entries(2, 'x'.repeat(131_073)))).toBe(
    'BatchRequestTooLongException: The length of all the messages put together is more than the limit.',
  )
  expect(await publish(entries(1), fifo.arn)).toBe(
    `${INVALID} The MessageGroupId parameter is required for FIFO topics`,
  )
  expect(await publish([...entries(1), { Id: 'bad', Message: '' }])).toBe(`${INVALID} Empty message`)
  expect(await publish(entries(1), `${topic.arn}-gone`)).toBe('NotFoundException: Topic does not exist')
  expect(await aws.admin('GET', '/_fakecloud/sns/messages')).toEqual({ messages: [] })
})

test('a FIFO topic wants a group and a deduplication id, which holds for five minutes', async () => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'orders.fifo', { FifoTopic: 'true' })
  const queue = await makeOpenQueue(aws, 'orders', topic.arn)
  await topic.subscribe('sqs', queue.arn, { RawMessageDelivery: 'true' })
  await aws.admin('POST', '/_fakecloud/clock/freeze')
  expect(await refusal(topic.publish('x'))).toBe(`${INVALID} The MessageGroupId parameter is required for FIFO topics`)
  expect(await refusal(topic.publish('x', { MessageGroupId: 'g' }))).toBe(
    `${INVALID} The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly`,
  )
  const ids = { MessageGroupId: 'g', MessageDeduplicationId: 'once' }
  const first = await topic.publish('one', ids)
  expect(first.SequenceNumber).toMatch(/^\d{20}$/)
  expect((await topic.publish('two', ids)).MessageId).toBe(first.MessageId)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 301 })
  expect((await topic.publish('three', ids)).MessageId).not.toBe(first.MessageId)
  await settle(aws)
  expect((await queue.bodies()).toSorted()).toEqual(['one', 'three'])
})

test('deduplication may be by group', async () => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'orders.fifo', { FifoTopic: 'true', FifoThroughputScope: 'MessageGroup' })
  const ids = (MessageGroupId: string) => ({ MessageGroupId, MessageDeduplicationId: 'once' })
  const [a, b, again] = [
    await topic.publish('a', ids('a')),
    await topic.publish('b', ids('b')),
    await topic.publish('c', ids('a')),
  ]
  expect(a?.MessageId).not.toBe(b?.MessageId)
  expect(again?.MessageId).toBe(a?.MessageId)
})

test('each protocol may have a body of its own, and is signed for what it got', async () => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'news')
  const queue = await makeOpenQueue(aws, 'q', topic.arn)
  await topic.subscribe('sqs', queue.arn)
  await topic.subscribe('sms', '+15550100123')
  const bodies = { default: 'any', sqs: '{"field":"value"}', sms: 'short' }
  await topic.publish(JSON.stringify(bodies), { MessageStructure: 'json' })
  await settle(aws)
  const [body] = await queue.bodies()
  expect(read(body).Message).toBe('{"field":"value"}')
  expect(await aws.admin('GET', '/_fakecloud/sns/sms')).toEqual({
    messages: [{ phoneNumber: '+15550100123', message: 'short' }],
  })
})

test('attributes of a number list, of null and of nothing meet their filters', async () => {
  const { aws } = setUp()
  const topic = await makeTopic(aws, 'news')
  const list = { DataType: 'String.Array', StringValue: '["rugby", "tennis", 3, true, null]' }
  const cases: [object, boolean][] = [
    [{ sports: ['tennis'] }, true],
    [{ sports: [{ prefix: 'rug' }] }, true],
    [{ sports: [3] }, true],
    [{ sports: ['golf'] }, false],
    [{ sports: [{ 'anything-but': 'golf' }] }, true],
    [{ golf: [{ exists: false }] }, true],
    [{ golf: [null] }, true],
    [{ ip: [{ cidr: '10.0.0.0/24' }] }, true],
    [{ ip: [{ cidr: '10.0.1.0/24' }] }, false],
    [{ name: [{ 'equals-ignore-case': 'ANNA' }] }, true],
    [{ name: [{ 'anything-but': { prefix: 'An' } }] }, false],
    [{ name: [{ 'anything-but': { suffix: 'x' } }] }, true],
    [{ name: [{ 'anything-but': { wildcard: '*nn*' } }] }, false],
    [{ name: [{ wildcard: 'A*a' }] }, true],
    [{ $or: [{ name: ['Otto'] }, { golf: [{ exists: false }] }] }, true],
    [{ $or: [{ name: ['Otto'] }, { ip: ['1.2.3.4'] }] }, false],
    [{ blob: [{ exists: true }] }, false],
  ]
  const queues = []
  for (const [i, [policy]] of cases.entries()) {
    const queue = await makeOpenQueue(aws, `q${i}`, topic.arn)
    await topic.subscribe('sqs', queue.arn, { FilterPolicy: JSON.stringify(policy) })
    queues.push(queue)
  }
  const MessageAttributes = { sports: list, ip: text('10.0.0.9'), name: text('Anna'), blob: bytes(Uint8Array.of(1)) }
  await topic.publish('hello', { MessageAttributes })
  await settle(aws)
  const got = await Promise.all(queues.map(async queue => (await queue.bodies()).length === 1))
  expect(got.map((passed, i) => [cases[i]?.[0], passed])).toEqual(cases)
})
