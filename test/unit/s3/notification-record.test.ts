import { expect, test } from 'vitest'
import {
  encodeKey,
  notificationMessage,
  sequencerText,
  testMessage,
} from '../../../durable-objects/services/s3/notifications/notification-record.ts'

const facts = {
  bucket: {
    name: 'photos',
    owner: '123456789012',
    region: 'eu-west-1',
    created: 0,
    versioning: 'Enabled' as const,
    mfaDelete: '' as const,
    objectLock: false,
  },
  configurationId: 'rule',
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  sequencer: '0055AED6DCD90281E5',
  principalId: 'AWS:123456789012',
  ownerId: 'owner',
  sourceIp: '127.0.0.1',
  requestId: 'C3D13FE58DE4C810',
  hostId: 'host',
}

test('a record is AWS’s, field for field and in its order', () => {
  const event = { name: 's3:ObjectCreated:Put', key: 'a b/ü.jpg', size: 1024, eTag: 'd41d8', versionId: 'v1' }
  expect(notificationMessage(event, facts)).toBe(
    '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-01-02T03:04:05.678Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:123456789012"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"host"},"s3":{"s3SchemaVersion":"1.0","configurationId":"rule","bucket":{"name":"photos","ownerIdentity":{"principalId":"owner"},"arn":"arn:aws:s3:::photos"},"object":{"key":"a+b/%C3%BC.jpg","size":1024,"eTag":"d41d8","versionId":"v1","sequencer":"0055AED6DCD90281E5"}}}]}',
  )
})

const recordOf = (event: Parameters<typeof notificationMessage>[0]) =>
  (JSON.parse(notificationMessage(event, facts)) as { Records: [Record<string, Record<string, object>>] }).Records[0]

test('the structure’s version goes with the kind of event', () => {
  const version = (name: string) => recordOf({ name, key: 'a' }).eventVersion
  expect(['s3:ObjectCreated:Copy', 's3:ObjectRemoved:Delete', 's3:ObjectRestore:Post'].map(version)).toEqual(
    Array(3).fill('2.1'),
  )
  const later = ['s3:ObjectTagging:Put', 's3:ObjectAcl:Put', 's3:LifecycleTransition', 's3:LifecycleExpiration:Delete']
  expect([...later, 's3:ObjectRestore:Delete', 's3:IntelligentTiering'].map(version)).toEqual(Array(6).fill('2.3'))
})

test('an object that is gone has no size, one whose tags changed has no sequencer', () => {
  const object = (name: string): string[] =>
    Object.keys(recordOf({ name, key: 'a', size: 1, eTag: 'e' }).s3?.object ?? {})
  expect(object('s3:ObjectRemoved:Delete')).toEqual(['key', 'sequencer'])
  expect(object('s3:ObjectTagging:Put')).toEqual(['key', 'eTag'])
  expect(object('s3:ObjectCreated:Put')).toEqual(['key', 'size', 'eTag', 'sequencer'])
})

test('a restored object’s record says until when, and from which class', () => {
  const restore = { expiry: Date.UTC(2027, 0, 1), storageClass: 'GLACIER' }
  expect(recordOf({ name: 's3:ObjectRestore:Completed', key: 'a', size: 1, restore }).glacierEventData).toEqual({
    restoreEventData: {
      lifecycleRestorationExpiryTime: '2027-01-01T00:00:00.000Z',
      lifecycleRestoreStorageClass: 'GLACIER',
    },
  })
})

test('keys are encoded as in forms', () => {
  expect(encodeKey("a b+c/(d)!'*~.txt")).toBe('a+b%2Bc/%28d%29%21%27*%7E.txt'.replace('%7E', '~'))
  expect(encodeKey('日本')).toBe('%E6%97%A5%E6%9C%AC')
  expect(encodeKey('\ud800')).toBe('%EF%BF%BD')
})

test('sequencers are compared as text', () => {
  const numbers = [1, 15, 16, 1.7e15, 1.7e15 + 1, 8e15]
  const texts = numbers.map(sequencerText)
  expect(texts.toSorted()).toEqual(texts)
  expect(new Set(texts.map(text => text.length))).toEqual(new Set([18]))
})

test('the test event is AWS’s', () => {
  expect(testMessage('photos', { at: 0, requestId: 'r', hostId: 'h' })).toBe(
    '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"1970-01-01T00:00:00.000Z","Bucket":"photos","RequestId":"r","HostId":"h"}',
  )
})
