import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
  type Tag,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'things'
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'

async function setUp(ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter' = 'BucketOwnerEnforced') {
  const { aws, s3, create } = setUpS3()
  await create(Bucket, { ObjectOwnership })
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...more }))
  const tag = (Key: string, TagSet: Tag[], more = {}) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet }, ...more }))
  const tags = async (Key: string, more = {}) =>
    (await s3.send(new GetObjectTaggingCommand({ Bucket, Key, ...more }))).TagSet
  const openUp = () =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { BlockPublicAcls: false, IgnorePublicAcls: false },
      }),
    )
  return { aws, s3, put, tag, tags, openUp }
}

test('an object’s tags are put, counted, given back and deleted, each with its event', async () => {
  const { aws, s3, put, tag, tags } = await setUp()
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectTagging:*')
  await put('a', { Tagging: 'team=blue&stage=one+two' })
  expect(await tags('a')).toEqual([
    { Key: 'team', Value: 'blue' },
    { Key: 'stage', Value: 'one two' },
  ])
  const TagSet = [{ Key: 'stage', Value: 'done' }]
  await tag('a', TagSet)
  expect(await tags('a')).toEqual(TagSet)
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).TagCount).toBe(1)
  const deleted = await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a' }))
  expect(deleted.$metadata.httpStatusCode).toBe(204)
  expect(await tags('a')).toEqual([])
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).TagCount).toBeUndefined()
  expect((await heard()).map(({ eventName, s3: { object } }) => [eventName, object.key])).toEqual([
    ['ObjectTagging:Put', 'a'],
    ['ObjectTagging:Delete', 'a'],
  ])
})

test('each version has its own tags; a delete marker has none', async () => {
  const { s3, put, tag, tags } = await setUp()
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const { VersionId } = await put('a')
  await put('a')
  const TagSet = [{ Key: 'old', Value: 'yes' }]
  const tagged = await tag('a', TagSet, { VersionId })
  expect(tagged.VersionId).toBe(VersionId)
  expect(await tags('a')).toEqual([])
  expect(await tags('a', { VersionId })).toEqual(TagSet)
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  expect(await refused(tags('a'))).toMatchObject({ name: 'NoSuchKey', status: 404 })
  expect(await refused(tags('a', { VersionId: marker.VersionId }))).toMatchObject({
    name: 'MethodNotAllowed',
    status: 405,
  })
})

test('tags that S3 does not take are refused, and change nothing', async () => {
  const { put, tag, tags } = await setUp()
  await put('a', { Tagging: 'keep=me' })
  const many = Array.from({ length: 11 }, (_, at) => ({ Key: `k${at}`, Value: '' }))
  expect(await refused(tag('a', many))).toMatchObject({
    name: 'BadRequest',
    message: 'Object tags cannot be greater than 10',
  })
  const twice = [
    { Key: 'k', Value: '1' },
    { Key: 'k', Value: '2' },
  ]
  expect(await refused(tag('a', twice))).toMatchObject({
    name: 'InvalidTag',
    message: 'Cannot provide multiple Tags with the same key',
  })
  expect(await refused(tag('a', [{ Key: 'aws:x', Value: '' }]))).toMatchObject({ name: 'InvalidTag' })
  expect(await refused(tag('a', [{ Key: 'k{', Value: '' }]))).toMatchObject({
    name: 'InvalidTag',
    message: 'The TagKey you have provided is invalid',
  })
  expect(await refused(put('b', { Tagging: 'a=1&a=2' }))).toMatchObject({ name: 'InvalidArgument' })
  expect(await tags('a')).toEqual([{ Key: 'keep', Value: 'me' }])
  expect(await refused(tags('missing'))).toMatchObject({
    name: 'NoSuchKey',
    message: 'The specified key does not exist.',
    status: 404,
  })
})

test('an object’s ACL: private, canned, by headers and by document, with its event', async () => {
  const { aws, s3, put, openUp } = await setUp('ObjectWriter')
  await openUp()
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectAcl:Put')
  const acl = async (Key: string) => {
    const { Owner, Grants = [] } = await s3.send(new GetObjectAclCommand({ Bucket, Key }))
    return {
      owner: Owner?.ID,
      grants: Grants.map(({ Grantee, Permission }) => [Grantee?.URI ?? Grantee?.ID, Permission]),
    }
  }
  await put('a')
  const { owner, grants } = await acl('a')
  expect(owner).toMatch(/^[0-9a-f]{64}$/)
  expect(grants).toEqual([[owner, 'FULL_CONTROL']])
  await s3.send(new PutObjectAclCommand({ Bucket, Key: 'a', ACL: 'public-read' }))
  expect((await acl('a')).grants).toEqual([
    [owner, 'FULL_CONTROL'],
    [ALL_USERS, 'READ'],
  ])
  await s3.send(
    new PutObjectAclCommand({ Bucket, Key: 'a', GrantRead: `uri="${ALL_USERS}"`, GrantReadACP: `id=${owner}` }),
  )
  expect((await acl('a')).grants).toEqual([
    [ALL_USERS, 'READ'],
    [owner, 'READ_ACP'],
  ])
  const Grants = [{ Grantee: { Type: 'CanonicalUser' as const, ID: owner }, Permission: 'WRITE_ACP' as const }]
  await s3.send(new PutObjectAclCommand({ Bucket, Key: 'a', AccessControlPolicy: { Owner: { ID: owner }, Grants } }))
  expect((await acl('a')).grants).toEqual([[owner, 'WRITE_ACP']])
  await put('b', { ACL: 'authenticated-read' })
  expect((await acl('b')).grants).toHaveLength(2)
  expect((await heard()).map(({ eventName }) => eventName)).toEqual(['ObjectAcl:Put', 'ObjectAcl:Put', 'ObjectAcl:Put'])
})

test('ACLs are refused where the bucket has none, and public ones where they are blocked', async () => {
  const enforced = await setUp()
  await enforced.put('a', { ACL: 'bucket-owner-full-control' })
  const acl = (ACL: 'private' | 'public-read') => new PutObjectAclCommand({ Bucket, Key: 'a', ACL })
  expect(await refused(enforced.s3.send(acl('private')))).toMatchObject({
    name: 'AccessControlListNotSupported',
    message: 'The bucket does not allow ACLs',
    status: 400,
  })
  expect(await refused(enforced.put('b', { ACL: 'public-read' }))).toMatchObject({
    name: 'AccessControlListNotSupported',
  })
  const blocked = await setUp('ObjectWriter')
  await blocked.put('a')
  expect(await refused(blocked.s3.send(acl('public-read')))).toMatchObject({ name: 'AccessDenied', status: 403 })
  expect(await refused(blocked.s3.send(new PutObjectAclCommand({ Bucket, Key: 'a' })))).toMatchObject({
    name: 'MissingSecurityHeader',
  })
})

test('GetObjectAttributes tells what it is asked for and no more', async () => {
  const { s3, put } = await setUp()
  await put('a', { ChecksumAlgorithm: 'SHA256', StorageClass: 'STANDARD_IA' })
  const ask = (...ObjectAttributes: ('ETag' | 'Checksum' | 'ObjectParts' | 'StorageClass' | 'ObjectSize')[]) =>
    s3.send(new GetObjectAttributesCommand({ Bucket, Key: 'a', ObjectAttributes }))
  expect(await ask('ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize')).toMatchObject({
    ETag: '5d41402abc4b2a76b9719d911017c592',
    Checksum: { ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=', ChecksumType: 'FULL_OBJECT' },
    StorageClass: 'STANDARD_IA',
    ObjectSize: 5,
    LastModified: expect.any(Date),
  })
  const size = await ask('ObjectSize')
  expect(size).toMatchObject({ ObjectSize: 5 })
  expect(size.ETag).toBeUndefined()
  expect(size.ObjectParts).toBeUndefined()
  expect(await refused(ask('Nonsense' as 'ETag'))).toMatchObject({
    name: 'InvalidArgument',
    message: 'Invalid attribute name specified.',
  })
})
