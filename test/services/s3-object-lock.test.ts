import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  RestoreObjectCommand,
  type RestoreRequest,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'vault'
const LOCKED = { name: 'AccessDenied', status: 403, message: 'Access Denied because object protected by object lock.' }
const HOUR = 3600

async function setUp(ObjectLockEnabledForBucket = true) {
  const { aws, s3, create } = setUpS3()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2027-03-10T10:00:00Z' })
  await create(Bucket, { ObjectLockEnabledForBucket })
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...more }))
  const remove = (Key: string, VersionId: string | undefined, more = {}) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...more }))
  const retain = (Key: string, Mode: 'GOVERNANCE' | 'COMPLIANCE', until: string, more = {}) => {
    const Retention = { Mode, RetainUntilDate: new Date(until) }
    return s3.send(new PutObjectRetentionCommand({ Bucket, Key, Retention, ...more }))
  }
  const advance = (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
  return { aws, s3, put, remove, retain, advance }
}

test('a legal hold keeps a version until it is lifted, whatever the clock says', async () => {
  const { s3, put, remove, advance } = await setUp()
  const { VersionId } = await put('a', { ObjectLockLegalHoldStatus: 'ON' })
  const hold = async () => (await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'a' }))).LegalHold?.Status
  expect(await hold()).toBe('ON')
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).ObjectLockLegalHoldStatus).toBe('ON')
  await advance(1000 * 24 * HOUR)
  expect(await refused(remove('a', VersionId))).toMatchObject(LOCKED)
  const { Errors } = await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'a', VersionId }] },
      BypassGovernanceRetention: true,
    }),
  )
  expect(Errors).toEqual([{ Key: 'a', VersionId, Code: 'AccessDenied', Message: LOCKED.message }])
  await s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'OFF' } }))
  expect(await hold()).toBe('OFF')
  await remove('a', VersionId)
  expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toBeUndefined()
})

test('retention ends by the clock; governance yields to who may bypass it, compliance to nobody', async () => {
  const { s3, put, remove, retain, advance } = await setUp()
  const governed = await put('governed', {
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date('2027-03-20T00:00:00Z'),
  })
  const complying = await put('complying')
  await retain('complying', 'COMPLIANCE', '2027-03-12T00:00:00Z')
  expect(await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'complying' }))).toMatchObject({
    Retention: { Mode: 'COMPLIANCE', RetainUntilDate: new Date('2027-03-12T00:00:00Z') },
  })
  expect(await refused(remove('governed', governed.VersionId))).toMatchObject(LOCKED)
  expect(await refused(retain('governed', 'GOVERNANCE', '2027-03-11T00:00:00Z'))).toMatchObject(LOCKED)
  await retain('governed', 'GOVERNANCE', '2027-03-11T00:00:00Z', { BypassGovernanceRetention: true })
  await remove('governed', governed.VersionId, { BypassGovernanceRetention: true })
  const bypass = { BypassGovernanceRetention: true }
  expect(await refused(remove('complying', complying.VersionId, bypass))).toMatchObject(LOCKED)
  expect(await refused(retain('complying', 'GOVERNANCE', '2027-04-01T00:00:00Z', bypass))).toMatchObject(LOCKED)
  await retain('complying', 'COMPLIANCE', '2027-03-13T00:00:00Z')
  await advance(3 * 24 * HOUR)
  await remove('complying', complying.VersionId)
})

test('a bucket’s default retention holds for what is put, and hiding it behind a marker is allowed', async () => {
  const { s3, put, remove } = await setUp()
  await s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 10 } },
      },
    }),
  )
  const { VersionId } = await put('a')
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).toMatchObject({
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date('2027-03-20T10:00:00Z'),
  })
  expect(await refused(remove('a', VersionId))).toMatchObject(LOCKED)
  expect((await remove('a', undefined)).DeleteMarker).toBe(true)
})

test('locks that S3 does not take are refused in its words', async () => {
  const { s3, put, retain } = await setUp()
  await put('a')
  expect(await refused(retain('a', 'GOVERNANCE', '2027-03-01T00:00:00Z'))).toMatchObject({
    name: 'InvalidArgument',
    message: 'The retain until date must be in the future!',
  })
  expect(await refused(retain('a', 'NONE' as 'GOVERNANCE', '2027-04-01T00:00:00Z'))).toMatchObject({
    name: 'MalformedXML',
  })
  expect(await refused(put('b', { ObjectLockMode: 'GOVERNANCE' }))).toMatchObject({
    message: 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
  })
  expect(await refused(s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'a' })))).toMatchObject({
    name: 'NoSuchObjectLockConfiguration',
    message: 'The specified object does not have a ObjectLock configuration',
    status: 404,
  })
  const plain = await setUp(false)
  await plain.put('a')
  const missing = { name: 'InvalidRequest', message: 'Bucket is missing Object Lock Configuration' }
  expect(await refused(plain.retain('a', 'GOVERNANCE', '2027-04-01T00:00:00Z'))).toMatchObject(missing)
  expect(await refused(plain.put('b', { ObjectLockLegalHoldStatus: 'ON' }))).toMatchObject(missing)
})

test('an archived object is read only while a restored copy is there, which comes and goes by the clock', async () => {
  const { aws, s3, put, advance } = await setUp(false)
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectRestore:*')
  await put('cold', { StorageClass: 'GLACIER' })
  const restore = (RestoreRequest: RestoreRequest) =>
    s3.send(new RestoreObjectCommand({ Bucket, Key: 'cold', RestoreRequest }))
  const header = async () => (await s3.send(new HeadObjectCommand({ Bucket, Key: 'cold' }))).Restore
  const read = async () => (await s3.send(new GetObjectCommand({ Bucket, Key: 'cold' }))).Body?.transformToString()
  const archived = { name: 'InvalidObjectState', status: 403 }
  expect(await refused(read())).toMatchObject({
    ...archived,
    message: "The operation is not valid for the object's storage class",
  })
  expect((await restore({ Days: 2, GlacierJobParameters: { Tier: 'Standard' } })).$metadata.httpStatusCode).toBe(202)
  expect(await header()).toBe('ongoing-request="true"')
  expect(await refused(restore({ Days: 2 }))).toMatchObject({
    name: 'RestoreAlreadyInProgress',
    message: 'Object restore is already in progress',
    status: 409,
  })
  expect(await refused(read())).toMatchObject(archived)
  await advance(5 * HOUR)
  expect(await header()).toBe('ongoing-request="false", expiry-date="Sat, 13 Mar 2027 00:00:00 GMT"')
  expect(await read()).toBe('hello')
  const listing = new ListObjectsV2Command({ Bucket, OptionalObjectAttributes: ['RestoreStatus'] })
  expect((await s3.send(listing)).Contents?.[0]?.RestoreStatus).toMatchObject({ IsRestoreInProgress: false })
  const records = await heard()
  expect((await restore({ Days: 4 })).$metadata.httpStatusCode).toBe(200)
  expect(await header()).toContain('expiry-date="Mon, 15 Mar 2027 00:00:00 GMT"')
  await advance(5 * 24 * HOUR)
  expect(await header()).toBeUndefined()
  expect(await refused(read())).toMatchObject(archived)
  const names = [...records, ...(await heard())].map(({ eventName }) => eventName)
  expect(names).toEqual(['ObjectRestore:Post', 'ObjectRestore:Completed', 'ObjectRestore:Delete'])
  expect(records[1]?.glacierEventData).toEqual({
    restoreEventData: {
      lifecycleRestorationExpiryTime: '2027-03-13T00:00:00.000Z',
      lifecycleRestoreStorageClass: 'GLACIER',
    },
  })
})

test('what is not archived, and what tiers do not know, is refused', async () => {
  const { s3, put } = await setUp(false)
  await put('warm')
  await put('deep', { StorageClass: 'DEEP_ARCHIVE' })
  const restore = (Key: string, RestoreRequest: RestoreRequest) =>
    s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest }))
  expect(await refused(restore('warm', { Days: 1 }))).toMatchObject({
    name: 'InvalidObjectState',
    message: "Restore is not allowed for the object's current storage class",
    status: 403,
  })
  expect(await refused(restore('deep', { Days: 0 }))).toMatchObject({ name: 'InvalidArgument' })
  expect(await refused(restore('deep', {}))).toMatchObject({ name: 'MalformedXML' })
  expect(await refused(restore('deep', { Days: 1, GlacierJobParameters: { Tier: 'Expedited' } }))).toMatchObject({
    name: 'InvalidArgument',
  })
})
