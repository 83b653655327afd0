import { createHash } from 'node:crypto'
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { beginUpload, block } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'originals'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...more }))
  const copy = (CopySource: string, Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
    s3.send(new CopyObjectCommand({ Bucket, CopySource, Key, ...more }))
  const head = (Key: string, more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }))
  const read = async (Key: string, more = {}) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  const tags = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet
  const version = (name = Bucket) =>
    s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }))
  return { aws, s3, create, put, copy, head, read, tags, version }
}

const DESCRIBED = {
  ContentType: 'text/css',
  CacheControl: 'max-age=60',
  Metadata: { color: 'blue' },
  Tagging: 'team=a',
  StorageClass: 'STANDARD_IA' as const,
  WebsiteRedirectLocation: '/elsewhere',
}

test('a copy has its source’s content, headers, metadata and tags, and neither its class, redirect nor ACL', async () => {
  const { aws, s3, put, copy, head, read, tags } = await setUp()
  const { ETag } = await put('folder/käse + brot', DESCRIBED)
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectCreated:*')
  const answer = await copy(`${Bucket}/${encodeURIComponent('folder/käse + brot')}`, 'copy')
  expect(answer.CopyObjectResult).toMatchObject({ ETag, LastModified: expect.any(Date) })
  expect(answer.ServerSideEncryption).toBe('AES256')
  const found = await head('copy')
  expect(found).toMatchObject({
    ETag,
    ContentType: 'text/css',
    CacheControl: 'max-age=60',
    Metadata: { color: 'blue' },
  })
  expect([found.StorageClass, found.WebsiteRedirectLocation]).toEqual([undefined, undefined])
  expect(await tags('copy')).toEqual([{ Key: 'team', Value: 'a' }])
  expect((await read('copy')).toString()).toBe('hello')
  const records = await heard()
  expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.size])).toEqual([
    ['ObjectCreated:Copy', 'copy', 5],
  ])
})

test('directives replace the metadata or the tags', async () => {
  const { put, copy, head, tags } = await setUp()
  await put('a', DESCRIBED)
  await copy(`${Bucket}/a`, 'b', { MetadataDirective: 'REPLACE', Metadata: { size: 'xl' }, ContentType: 'text/html' })
  expect(await head('b')).toMatchObject({ Metadata: { size: 'xl' }, ContentType: 'text/html' })
  expect((await head('b')).CacheControl).toBeUndefined()
  expect(await tags('b')).toEqual([{ Key: 'team', Value: 'a' }])
  await copy(`${Bucket}/a`, 'c', { TaggingDirective: 'REPLACE', Tagging: 'other=1', Metadata: { not: 'taken' } })
  expect(await tags('c')).toEqual([{ Key: 'other', Value: '1' }])
  expect((await head('c')).Metadata).toEqual({ color: 'blue' })
  await copy(`${Bucket}/a`, 'd', { TaggingDirective: 'REPLACE' })
  expect(await tags('d')).toEqual([])
  const unknown = (more: object) => refused(copy(`${Bucket}/a`, 'e', more))
  expect(await unknown({ MetadataDirective: 'MOVE' })).toMatchObject({
    name: 'InvalidArgument',
    message: 'Unknown metadata directive.',
  })
  expect(await unknown({ TaggingDirective: 'MOVE' })).toMatchObject({ message: 'Unknown tagging directive.' })
})

test('an object is copied onto itself only to change it', async () => {
  const { put, copy, head, read, version } = await setUp()
  const first = await put('a', { Body: block('x'), Metadata: { n: '1' } })
  expect(await refused(copy(`${Bucket}/a`, 'a'))).toMatchObject({
    name: 'InvalidRequest',
    status: 400,
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  })
  await copy(`${Bucket}/a`, 'a', { StorageClass: 'ONEZONE_IA' })
  expect(await head('a')).toMatchObject({ StorageClass: 'ONEZONE_IA', Metadata: { n: '1' }, ETag: first.ETag })
  await copy(`${Bucket}/a`, 'a', { MetadataDirective: 'REPLACE', Metadata: { n: '2' } })
  expect((await head('a')).Metadata).toEqual({ n: '2' })
  expect((await read('a')).equals(block('x'))).toBe(true)
  await version()
  const newer = await put('a', { Body: 'newer' })
  expect(newer.VersionId).toBeDefined()
  const restored = await copy(`${Bucket}/a?versionId=null`, 'a')
  expect(restored).toMatchObject({ CopySourceVersionId: 'null', VersionId: expect.stringMatching(/^.{32}$/) })
  expect((await read('a')).equals(block('x'))).toBe(true)
})

test('copies cross buckets and accounts, small and large, and outlive their source', async () => {
  const { aws, s3, put, create, read } = await setUp()
  await put('small', DESCRIBED)
  await put('large', { Body: block('L'), Metadata: { big: 'yes' } })
  await create('same-account')
  const other = aws.client(S3Client, { credentials: { accessKeyId: '210987654321', secretAccessKey: 'test' } })
  await other.send(new CreateBucketCommand({ Bucket: 'other-account' }))
  for (const [client, target] of [
    [s3, 'same-account'],
    [other, 'other-account'],
  ] as const) {
    for (const Key of ['small', 'large']) {
      await client.send(new CopyObjectCommand({ Bucket: target, CopySource: `/${Bucket}/${Key}`, Key }))
    }
    const small = await client.send(new HeadObjectCommand({ Bucket: target, Key: 'small' }))
    expect(small).toMatchObject({ ContentType: 'text/css', Metadata: { color: 'blue' }, TagCount: 1 })
    expect((await read('large', { Bucket: target })).equals(block('L'))).toBe(true)
  }
  const acl = await other.send(new GetObjectAclCommand({ Bucket: 'other-account', Key: 'small' }))
  const own = await s3.send(new GetObjectAclCommand({ Bucket: 'same-account', Key: 'small' }))
  expect(acl.Owner?.ID).not.toBe(own.Owner?.ID)
  await s3.send(new CopyObjectCommand({ Bucket, CopySource: `${Bucket}/large`, Key: 'again' }))
  for (const Key of ['small', 'large']) await s3.send(new DeleteObjectCommand({ Bucket, Key }))
  expect((await read('again')).equals(block('L'))).toBe(true)
  expect((await read('large', { Bucket: 'other-account' })).equals(block('L'))).toBe(true)
  const wrong = { Bucket, CopySource: 'same-account/small', Key: 'x', ExpectedSourceBucketOwner: '210987654321' }
  expect(await refused(s3.send(new CopyObjectCommand(wrong)))).toMatchObject({ name: 'AccessDenied', status: 403 })
})

test('what was uploaded in parts is one piece as a copy', async () => {
  const { s3, create, copy, head, read } = await setUp()
  await create('elsewhere')
  const upload = await beginUpload(s3, { Bucket, Key: 'parts' })
  const whole = Buffer.concat([block('1'), Buffer.from('end')])
  const chosen = [await upload.part(1, block('1')), await upload.part(2, 'end')]
  await upload.complete(chosen)
  const ETag = `"${createHash('md5').update(whole).digest('hex')}"`
  expect((await copy(`${Bucket}/parts`, 'one')).CopyObjectResult).toMatchObject({ ETag, ChecksumType: 'FULL_OBJECT' })
  const found = await head('one', { PartNumber: 1 })
  expect(found).toMatchObject({ ETag, ContentLength: whole.length })
  expect(found.PartsCount).toBeUndefined()
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'parts' }))
  expect((await read('one')).equals(whole)).toBe(true)
  expect((await read('one', { Range: 'bytes=5242879-5242881' })).toString()).toBe('1en')
  await s3.send(new CopyObjectCommand({ Bucket: 'elsewhere', CopySource: `${Bucket}/one`, Key: 'one' }))
  expect((await read('one', { Bucket: 'elsewhere' })).equals(whole)).toBe(true)
})

test('a copy has its source’s kind of checksum, or the one asked for', async () => {
  const { put, copy } = await setUp()
  await put('a', { ChecksumAlgorithm: 'SHA1' })
  const same = await copy(`${Bucket}/a`, 'b')
  expect(same.CopyObjectResult?.ChecksumSHA1).toBe('qvTGHdzF6KLavt4PO0gs2a6pQ00=')
  const other = await copy(`${Bucket}/a`, 'c', { ChecksumAlgorithm: 'SHA256' })
  expect(other.CopyObjectResult).toMatchObject({
    ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
    ChecksumType: 'FULL_OBJECT',
  })
  expect(other.CopyObjectResult?.ChecksumSHA1).toBeUndefined()
})

test('copies have conditions, on their source and on what they replace', async () => {
  const { put, copy, read } = await setUp()
  const { ETag = '' } = await put('a')
  await put('b', { Body: 'other' })
  const failed = { name: 'PreconditionFailed', status: 412 }
  const conditions: Partial<CopyObjectCommandInput>[] = [
    { CopySourceIfMatch: '"0"' },
    { CopySourceIfNoneMatch: ETag },
    { CopySourceIfUnmodifiedSince: new Date('2020-01-01') },
    { CopySourceIfModifiedSince: new Date('2040-01-01') },
    { IfNoneMatch: '*' },
    { IfMatch: ETag },
  ]
  for (const condition of conditions) expect(await refused(copy(`${Bucket}/a`, 'b', condition))).toMatchObject(failed)
  expect((await read('b')).toString()).toBe('other')
  await copy(`${Bucket}/a`, 'b', { CopySourceIfMatch: ETag, CopySourceIfModifiedSince: new Date('2020-01-01') })
  expect((await read('b')).toString()).toBe('hello')
})

test('sources that cannot be copied are refused', async () => {
  const { s3, put, copy, version } = await setUp()
  await put('cold', { StorageClass: 'DEEP_ARCHIVE' })
  expect(await refused(copy(`${Bucket}/missing`, 'b'))).toMatchObject({ name: 'NoSuchKey' })
  expect(await refused(copy('not-a-bucket/a', 'b'))).toMatchObject({ name: 'NoSuchBucket' })
  expect(await refused(copy(`${Bucket}/cold`, 'b'))).toMatchObject({
    name: 'InvalidObjectState',
    message: "Operation is not valid for the source object's storage class",
  })
  expect(await refused(copy('', 'b'))).toMatchObject({ name: 'InvalidArgument' })
  await version()
  await put('a')
  const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  expect(await refused(copy(`${Bucket}/a?versionId=${VersionId}`, 'b'))).toMatchObject({
    name: 'InvalidRequest',
    message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
  })
  expect(await refused(copy(`${Bucket}/a`, 'b'))).toMatchObject({ name: 'NoSuchKey' })
})

test('a customer’s key is brought for the source, and another for the copy', async () => {
  const { put, copy, read } = await setUp()
  const md5 = (key: Buffer) => createHash('md5').update(key).digest('base64')
  const [one, two] = ['1', '2'].map(letter => Buffer.alloc(32, letter)) as [Buffer, Buffer]
  const keyed = (key: Buffer) => ({
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: key.toString('base64'),
    SSECustomerKeyMD5: md5(key),
  })
  await put('a', keyed(one))
  expect((await refused(copy(`${Bucket}/a`, 'b'))).name).toBe('InvalidRequest')
  const source = {
    CopySourceSSECustomerAlgorithm: 'AES256',
    CopySourceSSECustomerKey: one.toString('base64'),
    CopySourceSSECustomerKeyMD5: md5(one),
  }
  const answer = await copy(`${Bucket}/a`, 'b', { ...source, ...keyed(two) })
  expect(answer.SSECustomerKeyMD5).toBe(md5(two))
  expect((await read('b', keyed(two))).toString()).toBe('hello')
  await copy(`${Bucket}/a`, 'c', source)
  expect((await read('c')).toString()).toBe('hello')
})
