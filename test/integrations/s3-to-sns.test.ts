import {
  type Event,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type TopicConfiguration,
} from '@aws-sdk/client-s3'
import { SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'
import { hopsOf, isGenuine, makeOpenQueue, makeTopic, read, settle } from '../support/sns.ts'

const Bucket = 'uploads'
const BUCKET_ARN = 'arn:aws:s3:::uploads'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const topic = await makeTopic(aws, 'events')
  const queue = await makeOpenQueue(aws, 'listeners', topic.arn)
  await topic.subscribe('sqs', queue.arn)
  const permit = (bucketArn = BUCKET_ARN) => {
    const Statement = {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'SNS:Publish',
      Resource: topic.arn,
      Condition: { ArnLike: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': '123456789012' } },
    }
    const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement })
    const set = { TopicArn: topic.arn, AttributeName: 'Policy', AttributeValue }
    return aws.client(SNSClient).send(new SetTopicAttributesCommand(set))
  }
  const configure = (settings: Partial<TopicConfiguration> = {}) => {
    const configuration = { TopicArn: topic.arn, Events: ['s3:ObjectCreated:*'] as Event[], ...settings }
    const NotificationConfiguration = { TopicConfigurations: [configuration] }
    return s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  }
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }))
  const received = async () => {
    await settle(aws)
    return (await queue.bodies()).map(read)
  }
  return { aws, topic, queue, permit, configure, put, received }
}

test('M02 S3 → SNS: an upload is published to the topic, and reaches its subscribers', async () => {
  const { aws, topic, queue, permit, configure, put, received } = await setUp()
  await permit()
  await configure({ Id: 'all' })
  const [testEvent] = await received()
  expect(testEvent).toMatchObject({ Type: 'Notification', Subject: 'Amazon S3 Notification', TopicArn: topic.arn })
  expect(JSON.parse(testEvent?.Message ?? '')).toMatchObject({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket })
  await put('my photos/a+b.jpg')
  const [notification, ...more] = await received()
  expect(more).toEqual([])
  expect(notification?.Subject).toBe('Amazon S3 Notification')
  expect(await isGenuine(notification)).toBe(true)
  const { Records } = JSON.parse(notification?.Message ?? '')
  expect(Records).toHaveLength(1)
  expect(Records[0]).toMatchObject({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { configurationId: 'all', bucket: { arn: BUCKET_ARN }, object: { key: 'my+photos/a%2Bb.jpg', size: 5 } },
  })
  const hops = (await hopsOf(aws, topic.arn)).slice(-2)
  expect(hops).toMatchObject([
    { from: BUCKET_ARN, to: topic.arn, outcome: 'delivered', event: 's3:ObjectCreated:Put my photos/a+b.jpg' },
    { from: topic.arn, to: queue.arn, outcome: 'delivered' },
  ])
  expect(hops[0]?.traceId).toBe(hops[1]?.traceId)
})

test('M02 S3 → SNS: a configuration asks whether the topic is there and lets the bucket publish', async () => {
  const { topic, permit, configure } = await setUp()
  const message = 'Unable to validate the following destination configurations'
  // The policy that a topic has at first lets no service in.
  expect(await refused(configure())).toMatchObject({
    name: 'InvalidArgument',
    message,
    fields: {
      ArgumentValue1: 'Permissions on the destination topic do not allow S3 to publish notifications from this bucket',
    },
  })
  await permit('arn:aws:s3:::another')
  expect(await refused(configure())).toMatchObject({ name: 'InvalidArgument', message })
  expect(await refused(configure({ TopicArn: `${topic.arn}-gone` }))).toMatchObject({
    name: 'InvalidArgument',
    message,
    fields: { ArgumentValue1: 'The destination topic does not exist' },
  })
  expect(await refused(configure({ TopicArn: `${topic.arn}.fifo` }))).toMatchObject({
    name: 'InvalidArgument',
    fields: { ArgumentValue1: 'FIFO SNS topics are not supported.' },
  })
  await permit()
  await configure()
})

test('M02 S3 → SNS: a topic that no longer lets the bucket publish refuses, and why says whose policy', async () => {
  const { aws, topic, permit, configure, put, received } = await setUp()
  await permit()
  await configure()
  await received()
  await permit('arn:aws:s3:::another')
  await put('a.txt')
  expect(await received()).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>(
    'GET',
    `/_fakecloud/journal/why?arn=${encodeURIComponent(BUCKET_ARN)}`,
  )
  expect(reasons).toHaveLength(1)
  expect(reasons[0]).toContain(`not authorized to perform: SNS:Publish on resource: ${topic.arn}`)
})

test('M02 S3 → SNS: keys that the filter leaves out are not published', async () => {
  const { permit, configure, put, received } = await setUp()
  await permit()
  await configure({ Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.jpg' }] } } })
  await received()
  await put('a.txt')
  await put('a.jpg')
  const keys = (await received()).map(({ Message }) => JSON.parse(Message ?? '').Records[0].s3.object.key)
  expect(keys).toEqual(['a.jpg'])
})
