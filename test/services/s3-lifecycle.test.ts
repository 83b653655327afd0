import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'
import { makeQueue } from '../support/sqs.ts'

const Bucket = 'aging'
const LARGE = 'x'.repeat(128 * 1024)

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2027-03-10T10:00:00Z' })
  await create(Bucket)
  const advance = (days: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds: days * 86_400 })
  const rules = (...given: Partial<LifecycleRule>[]) => {
    const Rules = given.map(rule => ({ Status: 'Enabled' as const, Filter: { Prefix: '' }, ...rule }))
    return s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }))
  }
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hi', ...more }))
  const keys = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key }) => Key)
  }
  const version = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    const name = ({ VersionId }: { VersionId?: string | undefined }) => VersionId
    return { versions: Versions.map(name), markers: DeleteMarkers.map(name) }
  }
  const classOf = async (Key: string) => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).StorageClass
  return { aws, s3, advance, rules, put, keys, version, versions, classOf }
}

test('M35 objects expire at the midnight after their days are over, those that a rule means and no others', async () => {
  const { aws, s3, advance, rules, put, keys } = await setUp()
  await rules(
    { ID: 'logs', Filter: { Prefix: 'logs/' }, Expiration: { Days: 3 } },
    { ID: 'tagged', Filter: { Tag: { Key: 'keep', Value: 'no' } }, Expiration: { Days: 1 } },
    { ID: 'off', Status: 'Disabled', Expiration: { Days: 1 } },
  )
  for (const key of ['logs/a', 'data/a']) await put(key)
  await put('data/tagged', { Tagging: 'keep=no' })
  await advance(1)
  expect(await keys()).toEqual(['data/a', 'data/tagged', 'logs/a'])
  await advance(0.6)
  expect(await keys()).toEqual(['data/a', 'logs/a'])
  await advance(1.9)
  expect(await keys()).toEqual(['data/a', 'logs/a'])
  await advance(0.1)
  expect(await keys()).toEqual(['data/a'])
  expect(await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'logs/a' })))).toMatchObject({ name: 'NoSuchKey' })
  expect(await aws.admin('POST', '/_fakecloud/s3/lifecycle-processor/tick')).toEqual({
    processedBuckets: 1,
    expiredObjects: 0,
    transitionedObjects: 0,
  })
})

test('M35 objects move to colder classes in time, and small ones only by a rule that names sizes', async () => {
  const { advance, rules, put, classOf } = await setUp()
  await rules(
    {
      Filter: { Prefix: 'a/' },
      Transitions: [
        { Days: 30, StorageClass: 'STANDARD_IA' },
        { Days: 60, StorageClass: 'GLACIER' },
      ],
    },
    {
      Filter: { And: { Prefix: 'b/', ObjectSizeLessThan: 100 } },
      Transitions: [{ Days: 0, StorageClass: 'GLACIER_IR' }],
    },
  )
  await put('a/large', { Body: LARGE })
  await put('a/small')
  await put('b/small')
  await advance(1)
  expect(await classOf('b/small')).toBe('GLACIER_IR')
  expect(await classOf('a/large')).toBeUndefined()
  await advance(30)
  expect(await classOf('a/large')).toBe('STANDARD_IA')
  await advance(30)
  expect(await classOf('a/large')).toBe('GLACIER')
  expect(await classOf('a/small')).toBeUndefined()
})

test('where versions are kept, expiration leaves a delete marker; old versions and lone markers go later', async () => {
  const { s3, advance, rules, put, keys, version, versions } = await setUp()
  await version('Enabled')
  await rules({
    Expiration: { Days: 2 },
    NoncurrentVersionExpiration: { NoncurrentDays: 5 },
  })
  const { VersionId } = await put('a')
  await advance(3)
  expect(await keys()).toEqual([])
  const hidden = await versions()
  expect(hidden.versions).toEqual([VersionId])
  expect(hidden.markers).toHaveLength(1)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId }))
  expect(await Body?.transformToString()).toBe('hi')
  await advance(5)
  expect((await versions()).versions).toEqual([])
  await advance(1)
  expect(await versions()).toEqual({ versions: [], markers: [] })
})

test('so many newer noncurrent versions are kept as a rule says', async () => {
  const { advance, rules, put, version, versions } = await setUp()
  await version('Enabled')
  await rules({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 } })
  const ids: (string | undefined)[] = []
  for (let at = 0; at < 5; at++) ids.push((await put('a')).VersionId)
  await advance(3)
  expect((await versions()).versions).toEqual(ids.slice(2).reverse())
})

test('what is locked does not expire for good', async () => {
  const { advance, rules, put, version, versions, s3 } = await setUp()
  await version('Enabled')
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const }
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }))
  await rules({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } })
  const locked = await put('a', {
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: new Date('2027-03-20T00:00:00Z'),
  })
  const newer = await put('a')
  await advance(5)
  expect((await versions()).versions).toEqual([newer.VersionId, locked.VersionId])
  await advance(10)
  expect((await versions()).versions).toEqual([newer.VersionId])
})

test('a delete marker that hides nothing is removed', async () => {
  const { s3, advance, rules, version, versions } = await setUp()
  await version('Enabled')
  await rules({ Expiration: { ExpiredObjectDeleteMarker: true } })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never-there' }))
  expect((await versions()).markers).toHaveLength(1)
  await advance(1)
  expect((await versions()).markers).toEqual([])
})

test('uploads that nobody completes are aborted', async () => {
  const { s3, advance, rules } = await setUp()
  await rules({ Filter: { Prefix: 'tmp/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } })
  for (const Key of ['tmp/a', 'data/b']) await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  await advance(1.7)
  const uploads = async () => {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }))
    return Uploads.map(({ Key }) => Key)
  }
  expect(await uploads()).toEqual(['data/b', 'tmp/a'])
  await advance(1)
  expect(await uploads()).toEqual(['data/b'])
})

test('a tick applies lifecycles at once, whatever the hour, and events tell of what they did', async () => {
  const { aws, s3, advance, rules, put, keys } = await setUp()
  const QueueArn = 'arn:aws:sqs:us-east-1:123456789012:events'
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: QueueArn }
  const queue = await makeQueue(aws, 'events', { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) })
  const QueueConfigurations = [
    { QueueArn, Events: ['s3:LifecycleExpiration:*' as const, 's3:LifecycleTransition' as const] },
  ]
  const NotificationConfiguration = { QueueConfigurations }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  await rules(
    { Filter: { Prefix: 'old/' }, Expiration: { Date: new Date('2027-03-10T00:00:00Z') } },
    { Filter: { Prefix: 'cold/' }, Transitions: [{ Days: 0, StorageClass: 'GLACIER' }] },
  )
  await put('old/a')
  await put('cold/a', { Body: LARGE })
  expect(await aws.admin('POST', '/_fakecloud/s3/lifecycle-processor/tick')).toEqual({
    processedBuckets: 1,
    expiredObjects: 1,
    transitionedObjects: 1,
  })
  expect(await keys()).toEqual(['cold/a'])
  await advance(0)
  const bodies = (await queue.bodies()).map(body => JSON.parse(body ?? ''))
  const records = bodies.flatMap(({ Records = [] }) => Records)
  expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key])).toEqual([
    ['LifecycleExpiration:Delete', 'old/a'],
    ['LifecycleTransition', 'cold/a'],
  ])
  expect(records[0]).toMatchObject({
    eventVersion: '2.3',
    userIdentity: { principalId: 's3.amazonaws.com' },
    requestParameters: { sourceIPAddress: 's3.amazonaws.com' },
  })
})

test('a thousand objects and more expire in one night', async () => {
  const { advance, rules, put, keys } = await setUp()
  await rules({ Filter: { Prefix: 'many/' }, Expiration: { Days: 1 } })
  await Promise.all(Array.from({ length: 1100 }, (_, at) => put(`many/${at}`)))
  await put('one')
  await advance(2)
  expect(await keys()).toEqual(['one'])
})
