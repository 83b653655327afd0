import { expect, test } from 'vitest'
import { home, parseQueueUrl, parseTaskHandle, taskHandle } from '../../../durable-objects/services/sqs/addresses.ts'
import { parseReceiptHandle, receiptHandle } from '../../../durable-objects/services/sqs/receipt-handles.ts'

test.each([
  ['http://localhost:4566/123456789012/orders', { name: 'orders', account: '123456789012', region: undefined }],
  ['http://localhost:4566/_ns/ci/123456789012/orders', { name: 'orders', account: '123456789012', region: undefined }],
  [
    'https://sqs.eu-west-1.amazonaws.com/210987654321/orders.fifo',
    { name: 'orders.fifo', account: '210987654321', region: 'eu-west-1' },
  ],
  [
    'https://us-west-2.queue.amazonaws.com/210987654321/orders',
    { name: 'orders', account: '210987654321', region: 'us-west-2' },
  ],
  ['https://example.com/queue/orders', { name: 'orders', account: undefined, region: undefined }],
  ['orders', { name: 'orders', account: undefined, region: undefined }],
  ['', { name: '', account: undefined, region: undefined }],
])('%s names %j', (url, address) => {
  expect(parseQueueUrl(url)).toEqual(address)
})

const place = { namespace: 'ci', account: '111111111111', region: 'us-east-1' }
const placeOf = (input: Record<string, unknown>) => home('Any', input, place).place

test('an operation runs in the account and region that its input names, in the namespace of its caller', () => {
  expect(placeOf({ QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/222222222222/q' })).toEqual({
    namespace: 'ci',
    account: '222222222222',
    region: 'eu-west-1',
  })
  expect(placeOf({ QueueName: 'q', QueueOwnerAWSAccountId: '222222222222' }).account).toBe('222222222222')
  const SourceArn = 'arn:aws:sqs:eu-west-1:222222222222:q'
  expect(placeOf({ SourceArn })).toMatchObject({ account: '222222222222', region: 'eu-west-1' })
  expect(placeOf({ TaskHandle: taskHandle('id', SourceArn) })).toMatchObject({ region: 'eu-west-1' })
  for (const nonsense of [{}, { QueueUrl: 5 }, { QueueUrl: '///' }, { SourceArn: 'arn' }, { TaskHandle: '%' }]) {
    expect(placeOf(nonsense)).toEqual(place)
  }
})

test('handles say what they stand for, and nothing else is one', () => {
  expect(parseTaskHandle(taskHandle('id', 'arn'))).toEqual({ taskId: 'id', sourceArn: 'arn' })
  expect(parseTaskHandle('bm9uc2Vuc2U=')).toBeUndefined()
  const receipt = { queue: 1, seq: 22, messageId: crypto.randomUUID(), receive: 3 }
  expect(parseReceiptHandle(receiptHandle(receipt))).toEqual(receipt)
  for (const nonsense of ['', 'nonsense', 'AQEB', 'AQEB%', `AQEB${btoa('1 2 3 4')}`]) {
    expect(parseReceiptHandle(nonsense)).toBeUndefined()
  }
})
