import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const setUp = async () => {
  const aws = testClients()
  const queue = await makeQueue(aws, 'orders')
  return { sqs: aws.client(SQSClient), queue, QueueUrl: queue.url }
}

const text = (StringValue: string) => ({ DataType: 'String', StringValue })

test('a batch takes its good entries and says of each other one what is wrong', async () => {
  const { sqs, QueueUrl, queue } = await setUp()
  const Entries = [
    { Id: 'good', MessageBody: 'one', MessageAttributes: { a: text('1') } },
    { Id: 'delayed', MessageBody: 'two', DelaySeconds: 60 },
    { Id: 'slow', MessageBody: 'three', DelaySeconds: 901 },
    { Id: 'empty', MessageBody: '' },
  ]
  const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
  expect(Successful?.map(({ Id }) => Id)).toEqual(['good', 'delayed'])
  expect(Failed).toEqual([
    { Id: 'slow', SenderFault: true, Code: 'InvalidParameterValue', Message: 'DelaySeconds must be >= 0 and <= 900' },
    {
      Id: 'empty',
      SenderFault: true,
      Code: 'MissingParameter',
      Message: 'The request must contain the parameter SendMessageBatchRequestEntry.4.MessageBody.',
    },
  ])
  const [one] = await queue.receive({ MaxNumberOfMessages: 10 })
  const deleted = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'a', ReceiptHandle: one?.ReceiptHandle },
        { Id: 'b', ReceiptHandle: 'x' },
      ],
    }),
  )
  expect(deleted.Successful).toEqual([{ Id: 'a' }])
  expect(deleted.Failed).toMatchObject([{ Id: 'b', Code: 'ReceiptHandleIsInvalid', SenderFault: true }])
})

test('visibility changes in batches, each entry on its own', async () => {
  const { sqs, QueueUrl, queue } = await setUp()
  await queue.send('work')
  const [{ ReceiptHandle } = {}] = await queue.receive()
  const Entries = [
    { Id: 'a', ReceiptHandle, VisibilityTimeout: 0 },
    { Id: 'b', ReceiptHandle, VisibilityTimeout: -85 },
  ]
  const { Successful, Failed } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
  expect(Successful).toEqual([{ Id: 'a' }])
  expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue' }])
  expect(await queue.bodies()).toEqual(['work'])
})

const entries = (...ids: string[]) => ids.map(Id => ({ Id, MessageBody: 'x' }))

test.each([
  [[], 'EmptyBatchRequest: There should be at least one SendMessageBatchRequestEntry in the request.'],
  [
    entries(...'abcdefghijk'),
    'TooManyEntriesInBatchRequest: Maximum number of entries per request are 10. You have sent 11.',
  ],
  [entries('a', 'b', 'a'), 'BatchEntryIdsNotDistinct: Id a repeated.'],
  [
    entries('a:b'),
    'InvalidBatchEntryId: A batch entry id can only contain alphanumeric characters, hyphens and underscores.',
  ],
  [
    [
      { Id: 'a', MessageBody: 'x'.repeat(1_048_576) },
      { Id: 'b', MessageBody: 'x' },
    ],
    'BatchRequestTooLong: Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
  ],
])('a batch that is wrong as a whole is refused whole (%#)', async (Entries, message) => {
  const { sqs, QueueUrl, queue } = await setUp()
  expect(await refusal(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))).toContain(message)
  expect(await queue.bodies()).toEqual([])
})
