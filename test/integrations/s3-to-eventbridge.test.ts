import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { busArn, openQueue, ruleArn, setUpEvents } from '../support/events.ts'
import { setUpS3 } from '../support/s3.ts'

const Bucket = 'uploads'
const BUCKET_ARN = 'arn:aws:s3:::uploads'

type Event = { 'detail-type': string; detail: Record<string, unknown> & { object: Record<string, unknown> } } & Record<
  string,
  unknown
>

/** A bucket that tells EventBridge, and a queue behind a rule for all of it. */
async function setUp({ tells = true, pattern = {} }: { tells?: boolean; pattern?: object } = {}) {
  const { aws, s3, create } = setUpS3()
  const { rule, hops, chain } = setUpEvents(aws)
  await create(Bucket)
  const NotificationConfiguration = tells ? { EventBridgeConfiguration: {} } : {}
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  const queue = await openQueue(aws, 'events')
  const EventPattern = JSON.stringify({ source: ['aws.s3'], ...pattern })
  await rule('uploads', [{ Id: 'q', Arn: queue.arn }], { EventPattern })
  const received = async () => (await queue.received()).map(body => JSON.parse(body) as Event)
  const put = (Key: string, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...more }))
  return { aws, s3, put, received, hops, chain, queue }
}

test('M02 S3 → EventBridge: an upload is an event on the default bus, as AWS’s to the last field, in one chain', async () => {
  const { put, received, hops, queue } = await setUp()
  const { ETag, $metadata } = await put('my photos/käse.txt')
  const [event, ...more] = await received()
  expect(more).toEqual([])
  expect(event).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '123456789012',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'us-east-1',
    resources: [BUCKET_ARN],
    detail: {
      version: '0',
      bucket: { name: Bucket },
      object: {
        key: 'my photos/käse.txt',
        size: 5,
        etag: ETag?.replaceAll('"', ''),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
      },
      'request-id': $metadata.requestId,
      requester: '123456789012',
      'source-ip-address': '127.0.0.1',
      reason: 'PutObject',
    },
  })
  const [first] = await hops(`arn=${encodeURIComponent(BUCKET_ARN)}`)
  const trace = (await hops('')).filter(({ traceId }) => traceId === first?.traceId)
  expect(trace.map(({ from, to, outcome }) => `${from} → ${to}: ${outcome}`).sort()).toEqual(
    [
      `${BUCKET_ARN} → ${busArn('default')}: delivered`,
      `${busArn('default')} → ${ruleArn('uploads')}: delivered`,
      `${ruleArn('uploads')} → ${queue.arn}: delivered`,
    ].sort(),
  )
})

test('M02 S3 → EventBridge: a bucket that is not configured for it tells nothing, and a rule for other keys says why not', async () => {
  const silent = await setUp({ tells: false })
  await silent.put('a.txt')
  expect(await silent.received()).toEqual([])
  const picky = await setUp({ pattern: { detail: { object: { key: [{ prefix: 'in/' }] } } } })
  await picky.put('out/a.txt')
  expect(await picky.received()).toEqual([])
  const path = `/_fakecloud/journal/why?arn=${encodeURIComponent(ruleArn('uploads'))}`
  const { reasons } = await picky.aws.admin<{ reasons: string[] }>('GET', path)
  expect(reasons.join()).toMatch(/detail\.object\.key is "out\/a\.txt"/)
  await picky.put('in/a.txt')
  expect((await picky.received()).map(({ detail }) => detail.object.key)).toEqual(['in/a.txt'])
})

test('M02 S3 → EventBridge: copies, deletions, markers, tags and ACLs each are their own kind of event', async () => {
  const { s3, put, received } = await setUp()
  await s3.send(
    new PutBucketOwnershipControlsCommand({
      Bucket,
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    }),
  )
  await put('a')
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'b', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }))
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'b' }))
  await s3.send(new PutObjectAclCommand({ Bucket, Key: 'b', ACL: 'private' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }))
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  const events = await received()
  const shown = events.map(({ 'detail-type': type, detail }) => [type, detail.object.key, detail.reason])
  expect(shown).toEqual([
    ['Object Created', 'a', 'PutObject'],
    ['Object Created', 'b', 'CopyObject'],
    ['Object Tags Added', 'b', undefined],
    ['Object Tags Deleted', 'b', undefined],
    ['Object ACL Updated', 'b', undefined],
    ['Object Deleted', 'b', 'DeleteObject'],
    ['Object Deleted', 'a', 'DeleteObject'],
  ])
  expect(events[2]?.detail.object).toEqual({ key: 'b', etag: expect.any(String) })
  expect(events.map(({ detail }) => detail['deletion-type']).slice(5)).toEqual([
    'Permanently Deleted',
    'Delete Marker Created',
  ])
  expect(events[6]?.detail.object).toEqual({
    key: 'a',
    etag: 'd41d8cd98f00b204e9800998ecf8427e',
    'version-id': VersionId,
    sequencer: expect.any(String),
  })
})

test('M02 S3 → EventBridge: lifecycles and restores tell what they did, by the clock', async () => {
  const { aws, s3, put, received } = await setUp()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2027-03-10T10:00:00Z' })
  const lifecycle = {
    Rules: [
      { ID: 'out', Status: 'Enabled' as const, Filter: { Prefix: 'old/' }, Expiration: { Days: 2 } },
      {
        ID: 'cold',
        Status: 'Enabled' as const,
        Filter: { Prefix: 'cold/' },
        Transitions: [{ Days: 1, StorageClass: 'GLACIER' as const }],
      },
    ],
  }
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: lifecycle }))
  const Body = 'x'.repeat(128 * 1024)
  await put('old/a')
  await put('cold/a', { Body })
  await put('ice', { StorageClass: 'GLACIER' })
  await s3.send(new RestoreObjectCommand({ Bucket, Key: 'ice', RestoreRequest: { Days: 1 } }))
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3.5 * 86_400 })
  const events = await received()
  const shown = events.slice(3).map(({ 'detail-type': type, detail }) => {
    const { version: _v, bucket: _b, object, 'request-id': _r, ...rest } = detail
    return [type, object.key, rest]
  })
  const requester = 's3.amazonaws.com'
  expect(shown).toEqual([
    [
      'Object Restore Initiated',
      'ice',
      { requester: '123456789012', 'source-ip-address': '127.0.0.1', 'source-storage-class': 'GLACIER' },
    ],
    [
      'Object Restore Completed',
      'ice',
      { requester, 'restore-expiry-time': '2027-03-12T00:00:00Z', 'source-storage-class': 'GLACIER' },
    ],
    ['Object Storage Class Changed', 'cold/a', { requester, 'destination-storage-class': 'GLACIER' }],
    ['Object Restore Expired', 'ice', { requester }],
    ['Object Deleted', 'old/a', { requester, reason: 'Lifecycle Expiration', 'deletion-type': 'Permanently Deleted' }],
  ])
})
