import { expect, test } from 'vitest'
import {
  changeAttributes,
  checkQueueName,
  effectiveAttributes,
  sameAttribute,
} from '../../../durable-objects/services/sqs/attribute-rules.ts'
import type { Attributes } from '../../../durable-objects/services/sqs/schema.ts'

const standard = (changes: Attributes, set: Attributes = {}) => changeAttributes({ fifo: false, set }, changes)
const fifo = (changes: Attributes, set: Attributes = {}) => changeAttributes({ fifo: true, set }, changes)

test.each([
  ['DelaySeconds', '0', '900', '901'],
  ['MaximumMessageSize', '1024', '1048576', '1048577'],
  ['MessageRetentionPeriod', '60', '1209600', '1209601'],
  ['ReceiveMessageWaitTimeSeconds', '0', '20', '21'],
  ['VisibilityTimeout', '0', '43200', '43201'],
  ['KmsDataKeyReusePeriodSeconds', '60', '86400', '59'],
])('%s takes %s to %s', (name, least, most, outside) => {
  expect(standard({ [name]: least })).toEqual({ [name]: least })
  expect(standard({ [name]: most })).toEqual({ [name]: most })
  for (const wrong of [outside, '-1', '1.5', ' 2', '', 'true']) {
    expect(() => standard({ [name]: wrong })).toThrow(`Invalid value for the parameter ${name}.`)
  }
})

test('attributes that do not exist, are read-only, or belong to FIFO queues are refused', () => {
  expect(() => standard({ Nonsense: '1' })).toThrow('Unknown Attribute Nonsense.')
  expect(() => standard({ QueueArn: 'arn' })).toThrow('Unknown Attribute QueueArn.')
  expect(() => standard({ FifoQueue: 'true' })).toThrow('Unknown Attribute FifoQueue.')
  expect(() => standard({ ContentBasedDeduplication: 'true' })).toThrow('Unknown Attribute ContentBasedDeduplication.')
  expect(() => standard({ DeduplicationScope: 'queue' })).toThrow(
    'You can specify the DeduplicationScope only when FifoQueue is set to true.',
  )
  expect(() => fifo({ FifoQueue: 'false' })).toThrow('Reason: Modifying queue type is not supported.')
})

test('throughput per group needs deduplication per group, given before or with it', () => {
  const message = 'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup'
  expect(() => fifo({ FifoThroughputLimit: 'perMessageGroupId' })).toThrow(message)
  const both = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }
  expect(fifo(both)).toEqual(both)
  expect(() => fifo({ DeduplicationScope: 'queue' }, both)).toThrow(message)
})

test('one kind of encryption replaces the other, and both at once are refused', () => {
  const kms = standard({ KmsMasterKeyId: 'alias/aws/sqs' }, { SqsManagedSseEnabled: 'true' })
  expect(effectiveAttributes(false, kms)).toMatchObject({
    KmsMasterKeyId: 'alias/aws/sqs',
    KmsDataKeyReusePeriodSeconds: '300',
    SqsManagedSseEnabled: 'false',
  })
  expect(standard({ SqsManagedSseEnabled: 'true' }, kms)).toEqual({ SqsManagedSseEnabled: 'true' })
  expect(() => standard({ SqsManagedSseEnabled: 'true', KmsMasterKeyId: 'key' })).toThrow(
    'You can use one type of server-side encryption (SSE) at one time.',
  )
})

test('an empty document removes it', () => {
  const set = { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}', KmsMasterKeyId: 'key' }
  expect(standard({ RedriveAllowPolicy: '', KmsMasterKeyId: '', Policy: '' }, set)).toEqual({})
})

test('a policy is a JSON object of at most 20 statements', () => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }
  for (const wrong of ['nonsense', '[]', '{}', '{"Statement":[1]}']) {
    expect(() => standard({ Policy: wrong })).toThrow('Invalid value for the parameter Policy.')
  }
  expect(() =>
    standard({ Policy: JSON.stringify({ Statement: Array.from({ length: 22 }, () => statement) }) }),
  ).toThrow('22 statements were found in the submitted policy, max allowed is 20')
})

test('documents are compared by content, other values as text', () => {
  expect(sameAttribute('Policy', '{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }')).toBe(true)
  expect(sameAttribute('Policy', '{"a":1}', '{"a":2}')).toBe(false)
  expect(sameAttribute('DelaySeconds', '1', '10')).toBe(false)
})

test('a queue is called as its type demands', () => {
  expect(checkQueueName('orders_1-A', undefined)).toBe(false)
  expect(checkQueueName('orders.fifo', 'true')).toBe(true)
  const plain = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'
  for (const wrong of ['a.b', 'é', 'x'.repeat(81), 'orders.fifo']) {
    expect(() => checkQueueName(wrong, undefined)).toThrow(plain)
  }
  for (const wrong of ['orders', '.fifo', `${'x'.repeat(76)}.fifo`]) {
    expect(() => checkQueueName(wrong, 'true')).toThrow('must end with .fifo suffix and be 1 to 80 in length')
  }
  expect(() => checkQueueName('orders', 'false')).toThrow('Unknown Attribute FifoQueue.')
})
