import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'

const BUCKETS = 100
const QueueArn = 'arn:aws:sqs:us-east-1:123456789012:events'
const Policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
})

test('a namespace settles by asking those of its objects that have work under way, however many there are', async () => {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'events', Attributes: { Policy } }))
  const names = Array.from({ length: BUCKETS }, (_, n) => `bucket-${n}`)
  await Promise.all(names.map(Bucket => s3.send(new CreateBucketCommand({ Bucket }))))
  const QueueConfigurations = [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }]
  const NotificationConfiguration = { QueueConfigurations }
  for (const Bucket of ['bucket-7', 'bucket-8']) {
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  }
  const settle = () => aws.admin<{ settled: boolean; objects: number }>('POST', '/_fakecloud/settle')
  expect(await settle()).toMatchObject({ settled: true })
  expect(await settle()).toEqual({ settled: true, objects: 0 })
  await Promise.all(
    ['bucket-7', 'bucket-8'].map(Bucket => s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))),
  )
  type Queues = { queues: { messages: { body: string }[] }[] }
  const { queues } = await aws.admin<Queues>('GET', '/_fakecloud/sqs/messages')
  const events = queues.flatMap(({ messages }) => messages).filter(({ body }) => body.includes('"Records"'))
  expect(events).toHaveLength(2)
  await s3.send(new PutObjectCommand({ Bucket: 'bucket-7', Key: 'again', Body: 'x' }))
  const after = await settle()
  expect(after.settled).toBe(true)
  expect(after.objects).toBeGreaterThan(0)
  expect(after.objects).toBeLessThan(5)
  expect(await settle()).toEqual({ settled: true, objects: 0 })
})
