import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import type { TestClients } from '../support/clients.ts'
import { refused, setUpS3 } from '../support/s3.ts'
import { makeTopic } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

const Bucket = 'uploads'
const BUCKET_ARN = 'arn:aws:s3:::uploads'

const openTo = (arn: string, bucket = BUCKET_ARN) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnLike: { 'aws:SourceArn': bucket }, StringEquals: { 'aws:SourceAccount': '123456789012' } },
    },
  })

type Shown = { bucket: string; key: string; eventType: string; timestamp: string }
type Hop = { from: string; to: string; outcome: string; event: string | null; reason: string | null }
type Record_ = { eventName: string; s3: { object: Record<string, unknown> } } & Record<string, unknown>

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const configure = (NotificationConfiguration: NotificationConfiguration, more = {}) =>
    s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration, ...more }))
  const put = (Key: string, Body = 'hello') => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  return { aws, s3, create, configure, put }
}

/** A queue that the bucket may send to, and what arrives there. */
async function openQueue(aws: TestClients, name: string) {
  const arn = `arn:aws:sqs:us-east-1:123456789012:${name}`
  const queue = await makeQueue(aws, name, { Policy: openTo(arn) })
  const received = async () => {
    await aws.admin('POST', '/_fakecloud/settle')
    const bodies: string[] = []
    for (let batch = await queue.bodies(); batch.length > 0; batch = await queue.bodies()) {
      bodies.push(...batch.map(body => body ?? ''))
    }
    return bodies.map(body => JSON.parse(body) as Record<string, unknown>)
  }
  const records = async () => (await received()).flatMap(({ Records }) => (Records ?? []) as Record_[])
  return { ...queue, arn, received, records }
}

const listening = (QueueArn: string, ...Events: Event[]) => ({ QueueConfigurations: [{ QueueArn, Events }] })

test('M02 S3 → SQS: an upload arrives in the queue as AWS’s record, to the last field', async () => {
  const { aws, s3, configure, put } = await setUp()
  const queue = await openQueue(aws, 'events')
  await configure({ QueueConfigurations: [{ Id: 'all', QueueArn: queue.arn, Events: ['s3:ObjectCreated:*'] }] })
  const [hello] = await queue.received()
  expect(hello).toEqual({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    Bucket,
    RequestId: expect.stringMatching(/^[0-9A-F]{16}$/),
    HostId: expect.any(String),
  })
  const { ETag, $metadata } = await put('my photos/käse+brot.txt')
  const records = await queue.records()
  expect(records).toEqual([
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:123456789012' },
      requestParameters: { sourceIPAddress: '127.0.0.1' },
      responseElements: { 'x-amz-request-id': $metadata.requestId, 'x-amz-id-2': $metadata.extendedRequestId },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'all',
        bucket: {
          name: Bucket,
          ownerIdentity: { principalId: expect.stringMatching(/^[0-9a-f]{64}$/) },
          arn: BUCKET_ARN,
        },
        object: {
          key: 'my+photos/k%C3%A4se%2Bbrot.txt',
          size: 5,
          eTag: ETag?.replaceAll('"', ''),
          sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        },
      },
    },
  ])
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'my photos/käse+brot.txt' }))
  expect(await queue.records()).toEqual([])
})

test('removals tell neither size nor ETag, delete markers their version, and sequencers only grow', async () => {
  const { aws, s3, configure, put } = await setUp()
  const queue = await openQueue(aws, 'events')
  await configure(listening(queue.arn, 's3:ObjectCreated:*', 's3:ObjectRemoved:*'))
  await put('plain')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'plain' }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const { VersionId: first } = await put('kept')
  const { VersionId: marker } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'kept' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'kept', VersionId: first }))
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'kept', VersionId: marker }] } }))
  const records = await queue.records()
  expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.versionId])).toEqual([
    ['ObjectCreated:Put', 'plain', undefined],
    ['ObjectRemoved:Delete', 'plain', undefined],
    ['ObjectCreated:Put', 'kept', first],
    ['ObjectRemoved:DeleteMarkerCreated', 'kept', marker],
    ['ObjectRemoved:Delete', 'kept', first],
    ['ObjectRemoved:Delete', 'kept', marker],
  ])
  for (const {
    eventName,
    s3: { object },
  } of records) {
    const told = eventName.startsWith('ObjectCreated')
    expect('size' in object, eventName).toBe(told)
    expect('eTag' in object, eventName).toBe(told)
  }
  const sequencers = records.map(({ s3: { object } }) => object.sequencer)
  expect(sequencers).toEqual([...new Set(sequencers)].sort())
})

test('each queue hears of the keys and events that its filter names, and the journal says why not of others', async () => {
  const { aws, configure, put } = await setUp()
  const images = await openQueue(aws, 'images')
  const texts = await openQueue(aws, 'texts')
  const filter = (prefix: string, suffix: string) => ({
    Key: {
      FilterRules: [
        { Name: 'prefix' as const, Value: prefix },
        { Name: 'suffix' as const, Value: suffix },
      ],
    },
  })
  await configure({
    QueueConfigurations: [
      { Id: 'i', QueueArn: images.arn, Events: ['s3:ObjectCreated:Put'], Filter: filter('in/', '.jpg') },
      { Id: 't', QueueArn: texts.arn, Events: ['s3:ObjectCreated:*'], Filter: filter('in/', '.txt') },
    ],
  })
  for (const key of ['in/a.jpg', 'in/b.txt', 'out/c.jpg', 'in/d.gif']) await put(key)
  const keys = async (queue: typeof images) => (await queue.records()).map(({ s3: { object } }) => object.key)
  expect(await keys(images)).toEqual(['in/a.jpg'])
  expect(await keys(texts)).toEqual(['in/b.txt'])
  const { notifications } = await aws.admin<{ notifications: Shown[] }>('GET', '/_fakecloud/s3/notifications')
  expect(notifications.map(({ bucket, key, eventType }) => [bucket, key, eventType])).toEqual([
    [Bucket, 'in/a.jpg', 's3:ObjectCreated:Put'],
    [Bucket, 'in/b.txt', 's3:ObjectCreated:Put'],
  ])
  const path = `/_fakecloud/journal?arn=${encodeURIComponent(images.arn)}`
  const { hops } = await aws.admin<{ hops: Hop[] }>('GET', path)
  const outcomes = hops.map(({ outcome, event }) => `${outcome} ${event}`)
  expect(outcomes.sort()).toEqual([
    'delivered s3:ObjectCreated:Put in/a.jpg',
    'delivered s3:TestEvent',
    'filtered s3:ObjectCreated:Put in/b.txt',
    'filtered s3:ObjectCreated:Put in/d.gif',
    'filtered s3:ObjectCreated:Put out/c.jpg',
  ])
  expect(hops.find(({ event }) => event?.endsWith('out/c.jpg'))?.reason).toBe(
    "the key out/c.jpg does not have the prefix 'in/' and suffix '.jpg' of configuration i",
  )
})

test('a queue that takes the permission back gets nothing more, and the journal says so', async () => {
  const { aws, configure, put } = await setUp()
  const queue = await openQueue(aws, 'events')
  await configure(listening(queue.arn, 's3:ObjectCreated:*'))
  const Policy = openTo(queue.arn, 'arn:aws:s3:::another')
  await aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
  await put('secret')
  expect(await queue.records()).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=secret')
  expect(reasons.join()).toMatch(
    /was refused: AccessDenied.*s3\.amazonaws\.com.*not authorized to perform: sqs:SendMessage/,
  )
})

test('a destination that is not there or does not let the bucket in is refused, and the old configuration stays', async () => {
  const { aws, s3, configure } = await setUp()
  const queue = await openQueue(aws, 'events')
  const closed = await makeQueue(aws, 'closed')
  const fifo = await openQueue(aws, 'plain')
  await configure(listening(queue.arn, 's3:ObjectCreated:*'))
  const missing = 'arn:aws:sqs:us-east-1:123456789012:missing'
  const wrong: [string, string][] = [
    [missing, 'The destination queue does not exist'],
    [closed.arn, 'Permissions on the destination queue do not allow S3 to publish notifications from this bucket'],
    [`${fifo.arn}.fifo`, 'FIFO SQS queues are not supported.'],
  ]
  for (const [arn, value] of wrong) {
    const refusal = await refused(configure(listening(arn, 's3:ObjectRemoved:*')))
    expect(refusal).toMatchObject({
      name: 'InvalidArgument',
      message: 'Unable to validate the following destination configurations',
      status: 400,
      fields: { ArgumentName1: `${arn}, null`, ArgumentValue1: value },
    })
  }
  const read = async () => {
    const { $metadata: _, ...rest } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
    return rest
  }
  expect((await read()).QueueConfigurations?.[0]?.QueueArn).toBe(queue.arn)
  await configure(listening(missing, 's3:ObjectRemoved:*'), { SkipDestinationValidation: true })
  expect((await read()).QueueConfigurations?.[0]?.QueueArn).toBe(missing)
  await configure({})
  expect(await read()).toEqual({})
})

test('a notification configuration comes back whole, with ids for what had none', async () => {
  const { aws, s3, configure } = await setUp()
  const queue = await openQueue(aws, 'events')
  const TopicArn = 'arn:aws:sns:us-east-1:123456789012:topic'
  const Policy = JSON.stringify({
    Statement: { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: TopicArn },
  })
  await makeTopic(aws, 'topic', { Policy })
  const FilterRules = [{ Name: 'suffix' as const, Value: '.jpg' }]
  await configure({
    QueueConfigurations: [{ QueueArn: queue.arn, Events: ['s3:ObjectCreated:*'], Filter: { Key: { FilterRules } } }],
    TopicConfigurations: [{ Id: 'topic', TopicArn, Events: ['s3:ObjectRemoved:Delete'] }],
    EventBridgeConfiguration: {},
  })
  const { $metadata: _, ...kept } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))
  expect(kept).toEqual({
    QueueConfigurations: [
      {
        Id: expect.stringMatching(/^\S+$/),
        QueueArn: queue.arn,
        Events: ['s3:ObjectCreated:*'],
        Filter: { Key: { FilterRules: [{ Name: 'Suffix', Value: '.jpg' }] } },
      },
    ],
    TopicConfigurations: [{ Id: 'topic', TopicArn, Events: ['s3:ObjectRemoved:Delete'] }],
    EventBridgeConfiguration: {},
  })
})

test('notification configurations that contradict themselves are refused in AWS’s words', async () => {
  const { aws, configure } = await setUp()
  const queue = await openQueue(aws, 'events')
  const created = { QueueArn: queue.arn, Events: ['s3:ObjectCreated:*' as const] }
  const filtered = (Name: string, Value: string) => ({ Key: { FilterRules: [{ Name: Name as 'prefix', Value }] } })
  const cases: [NotificationConfiguration, string][] = [
    [
      { QueueConfigurations: [created, { QueueArn: queue.arn, Events: ['s3:ObjectCreated:Put'] }] },
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
    ],
    [
      {
        QueueConfigurations: [
          { ...created, Filter: filtered('prefix', 'a/') },
          { ...created, Filter: filtered('prefix', 'a/b') },
        ],
      },
      'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
    ],
    [listening(queue.arn, 's3:ObjectPainted' as Event), 'The event is not supported for notifications'],
    [listening('queue', 's3:ObjectCreated:*'), 'The ARN could not be parsed'],
    [
      listening('arn:aws:sqs:eu-west-1:123456789012:events', 's3:ObjectCreated:*'),
      'The notification destination service region is not valid for the bucket location constraint',
    ],
    [
      { QueueConfigurations: [{ ...created, Filter: filtered('middle', 'a') }] },
      'filter rule name must be either prefix or suffix',
    ],
  ]
  for (const [configuration, message] of cases) {
    expect(await refused(configure(configuration))).toMatchObject({ name: 'InvalidArgument', message, status: 400 })
  }
  await configure({
    QueueConfigurations: [
      { ...created, Filter: filtered('prefix', 'a/') },
      { ...created, Filter: filtered('prefix', 'b/') },
    ],
  })
})
