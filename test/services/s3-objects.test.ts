import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import {
  type ChecksumAlgorithm,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { block } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'objects'
const ETAG = '"781e5e245d69b566979b86e28d23f2c7"'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const put = (Key: string, Body: PutObjectCommandInput['Body'] = '0123456789', more = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
  const get = (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
    s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
  const text = async (Key: string, more: Partial<GetObjectCommandInput> = {}) =>
    (await get(Key, more)).Body?.transformToString()
  const head = (Key: string, more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }))
  const remove = (Key: string, more = {}) => s3.send(new DeleteObjectCommand({ Bucket, Key, ...more }))
  const version = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }))
  return { aws, s3, put, get, text, head, remove, version }
}

test('what was put is given back: content, headers and metadata, by GET and by HEAD', async () => {
  const { put, get, text, head } = await setUp()
  const headers = {
    CacheControl: 'max-age=5',
    ContentDisposition: 'attachment; filename="a.txt"',
    ContentEncoding: 'identity',
    ContentLanguage: 'de, en',
    ContentType: 'text/x-test; charset=utf-8',
    WebsiteRedirectLocation: '/b',
    Metadata: { colour: 'blue', 'two-words': 'a b' },
  }
  const Expires = new Date('2030-01-01T00:00:00Z')
  expect(await put('a', '0123456789', { ...headers, Expires })).toMatchObject({
    ETag: ETAG,
    ServerSideEncryption: 'AES256',
  })
  const facts = {
    ...headers,
    ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT',
    ETag: ETAG,
    ContentLength: 10,
    AcceptRanges: 'bytes',
    LastModified: expect.any(Date),
    ServerSideEncryption: 'AES256',
  }
  expect(await get('a')).toMatchObject(facts)
  expect(await head('a')).toMatchObject(facts)
  expect(await text('a')).toBe('0123456789')
  await put('plain', '')
  expect(await head('plain')).toMatchObject({ ContentType: 'application/octet-stream', ContentLength: 0 })
  expect(await text('plain')).toBe('')
})

test('keys may be any text of up to 1024 bytes', async () => {
  const { put, text } = await setUp()
  const keys = [
    'a b+c%20d',
    'käse/☃/🎉',
    'dir/',
    '/leading',
    'a//b',
    'quote\'"&<>',
    'x?y=z#w',
    'k'.repeat(1024),
    '€'.repeat(341),
  ]
  for (const key of keys) {
    await put(key, key)
    expect(await text(key)).toBe(key)
  }
  expect(await refused(put('k'.repeat(1025)))).toMatchObject({
    name: 'KeyTooLongError',
    message: 'Your key is too long',
    status: 400,
  })
})

test('ranges are answered with 206, and those beyond the end with 416', async () => {
  const { put, get, text, head } = await setUp()
  await put('a')
  const ranges: [string, string, string][] = [
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-100', '0123456789', 'bytes 0-9/10'],
  ]
  for (const [Range, content, ContentRange] of ranges) {
    const answer = await get('a', { Range })
    expect([answer.$metadata.httpStatusCode, answer.ContentRange, answer.ContentLength]).toEqual([
      206,
      ContentRange,
      content.length,
    ])
    expect(await answer.Body?.transformToString()).toBe(content)
    expect(await head('a', { Range })).toMatchObject({ ContentRange, ContentLength: content.length })
  }
  for (const Range of ['bytes=5-2', 'bytes=0-1,3-4', 'pages=1-2']) expect(await text('a', { Range })).toBe('0123456789')
  expect(await refused(text('a', { Range: 'bytes=10-' }))).toMatchObject({
    name: 'InvalidRange',
    message: 'The requested range is not satisfiable',
    status: 416,
    fields: { ActualObjectSize: '10', RangeRequested: 'bytes=10-' },
  })
  expect(await get('a', { PartNumber: 1 })).toMatchObject({ ContentRange: 'bytes 0-9/10' })
  expect(await refused(get('a', { PartNumber: 2 }))).toMatchObject({ name: 'InvalidPartNumber', status: 416 })
  expect(await refused(get('a', { PartNumber: 1, Range: 'bytes=0-1' }))).toMatchObject({
    message: 'Cannot specify both Range header and partNumber query parameter',
  })
})

test('a large object streams both ways, and its ranges lie where they should', async () => {
  const { put, get, text } = await setUp()
  const large = Buffer.concat([block('a', 3_000_000), block('b', 3_000_000)])
  await put('large', Readable.from([large.subarray(0, 10), large.subarray(10)]), { ContentLength: large.length })
  const whole = Buffer.from((await (await get('large')).Body?.transformToByteArray()) ?? [])
  expect(whole.equals(large)).toBe(true)
  expect(await text('large', { Range: 'bytes=2999998-3000001' })).toBe('aabb')
})

test('where signatures are not verified, one that cannot be read is no matter, for large uploads either', async () => {
  const { aws, head } = await setUp()
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00'
  for (const [key, size] of [
    ['small', 10],
    ['large', 600_000],
  ] as const) {
    const headers = { authorization, 'x-amz-meta-a': 'b' }
    const answer = await fetch(`${aws.url}/${Bucket}/${key}`, { method: 'PUT', headers, body: block('x', size) })
    expect(answer.status).toBe(200)
    expect((await head(key)).ContentLength).toBe(size)
  }
})

test('conditional reads: 304 when nothing is new, 412 when it is not what was expected', async () => {
  const { put, get, head } = await setUp()
  await put('a')
  const { LastModified = new Date() } = await head('a')
  const before = new Date(LastModified.getTime() - 60_000)
  const after = new Date(LastModified.getTime() + 60_000)
  const unchanged: Partial<GetObjectCommandInput>[] = [
    { IfNoneMatch: ETAG },
    { IfNoneMatch: `"x", ${ETAG}` },
    { IfNoneMatch: '*' },
    { IfModifiedSince: LastModified },
    { IfNoneMatch: ETAG, IfModifiedSince: before },
  ]
  for (const condition of unchanged) {
    expect((await refused(get('a', condition))).status).toBe(304)
    expect((await refused(head('a', condition))).status).toBe(304)
  }
  const failed: Partial<GetObjectCommandInput>[] = [{ IfMatch: '"x"' }, { IfUnmodifiedSince: before }]
  for (const condition of failed) {
    expect(await refused(get('a', condition))).toMatchObject({
      name: 'PreconditionFailed',
      message: 'At least one of the pre-conditions you specified did not hold',
      status: 412,
    })
    expect((await refused(head('a', condition))).status).toBe(412)
  }
  const met: Partial<GetObjectCommandInput>[] = [
    { IfMatch: ETAG },
    { IfMatch: ETAG, IfUnmodifiedSince: before },
    { IfNoneMatch: '"x"', IfModifiedSince: after },
    { IfModifiedSince: before },
    { IfUnmodifiedSince: after },
  ]
  for (const condition of met) expect((await get('a', condition)).$metadata.httpStatusCode).toBe(200)
})

test('conditional writes: only where nothing is, or what is expected', async () => {
  const { put, text, remove } = await setUp()
  await put('a', 'first', { IfNoneMatch: '*' })
  const failed = { name: 'PreconditionFailed', status: 412 }
  expect(await refused(put('a', 'second', { IfNoneMatch: '*' }))).toMatchObject(failed)
  expect(await refused(put('a', 'second', { IfMatch: '"x"' }))).toMatchObject(failed)
  expect(await refused(put('missing', 'x', { IfMatch: '"x"' }))).toMatchObject({ name: 'NoSuchKey', status: 404 })
  expect(await refused(put('a', 'x', { IfNoneMatch: '"x"' }))).toMatchObject({ name: 'NotImplemented', status: 501 })
  expect(await text('a')).toBe('first')
  const { ETag } = await put('a', 'third', { IfMatch: '"8b04d5e3775d298e78455efc5ca404d5"' })
  expect(await text('a')).toBe('third')
  expect(await refused(remove('a', { IfMatch: '"x"' }))).toMatchObject(failed)
  await remove('a', { IfMatch: ETag })
  await put('a', 'again', { IfNoneMatch: '*' })
  const races = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) => put('race', `${n}`, { IfNoneMatch: '*' })),
  )
  expect(races.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('what is not there is 404, by GET with its name and by HEAD without a word', async () => {
  const { s3, get, head, remove } = await setUp()
  expect(await refused(get('no/such key'))).toMatchObject({
    name: 'NoSuchKey',
    message: 'The specified key does not exist.',
    status: 404,
    fields: { Key: 'no/such key' },
  })
  expect(await refused(head('missing'))).toMatchObject({ name: 'NotFound', status: 404 })
  expect(await refused(get('a', { VersionId: 'nonsense' }))).toMatchObject({
    name: 'InvalidArgument',
    message: 'Invalid version id specified',
  })
  expect(await refused(get('a', { VersionId: 'x'.repeat(32) }))).toMatchObject({ name: 'NoSuchVersion', status: 404 })
  const elsewhere = new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'a' })
  expect(await refused(s3.send(elsewhere))).toMatchObject({ name: 'NoSuchBucket', status: 404 })
  expect((await remove('missing')).$metadata.httpStatusCode).toBe(204)
})

test('versions stay until they are deleted; a delete marker hides them, and its removal shows them again', async () => {
  const { aws, s3, put, get, text, head, remove, version } = await setUp()
  await put('a', 'unversioned')
  await version('Enabled')
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectRemoved:*')
  const first = await put('a', 'first')
  const second = await put('a', 'second')
  expect(await text('a')).toBe('second')
  expect(await text('a', { VersionId: first.VersionId })).toBe('first')
  expect(await text('a', { VersionId: 'null' })).toBe('unversioned')
  const hidden = await remove('a')
  expect(hidden).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/^.{32}$/) })
  expect(await refused(get('a'))).toMatchObject({ name: 'NoSuchKey' })
  expect(await refused(get('a', { VersionId: hidden.VersionId }))).toMatchObject({
    name: 'MethodNotAllowed',
    status: 405,
  })
  expect((await refused(head('a', { VersionId: hidden.VersionId }))).status).toBe(405)
  const shown = await remove('a', { VersionId: hidden.VersionId })
  expect(shown).toMatchObject({ DeleteMarker: true, VersionId: hidden.VersionId })
  expect(await text('a')).toBe('second')
  await remove('a', { VersionId: second.VersionId })
  expect(await text('a')).toBe('first')
  await version('Suspended')
  expect(await put('a', 'suspended')).toMatchObject({ VersionId: 'null' })
  expect(await refused(text('a', { VersionId: second.VersionId }))).toMatchObject({ name: 'NoSuchVersion' })
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
  expect(Versions.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    ['null', true],
    [first.VersionId, false],
  ])
  expect((await heard()).map(({ eventName, s3: { object } }) => [eventName, object.versionId])).toEqual([
    ['ObjectRemoved:DeleteMarkerCreated', hidden.VersionId],
    ['ObjectRemoved:Delete', hidden.VersionId],
    ['ObjectRemoved:Delete', second.VersionId],
  ])
})

test('many objects are deleted at once, each told of or not', async () => {
  const { s3, put, version } = await setUp()
  for (const key of ['a', 'b', 'c']) await put(key)
  const many = (Objects: { Key: string; VersionId?: string; ETag?: string }[], Quiet = false) =>
    s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }))
  expect(await many([{ Key: 'a' }, { Key: 'missing' }, { Key: 'b', VersionId: 'nonsense' }])).toMatchObject({
    Deleted: [{ Key: 'a' }, { Key: 'missing' }],
    Errors: [{ Key: 'b', VersionId: 'nonsense', Code: 'InvalidArgument', Message: 'Invalid version id specified' }],
  })
  const quiet = await many([{ Key: 'b' }, { Key: 'c', ETag: '"x"' }], true)
  expect(quiet.Deleted).toBeUndefined()
  expect(quiet.Errors).toMatchObject([{ Key: 'c', Code: 'PreconditionFailed' }])
  await version('Enabled')
  const { Deleted = [] } = await many([{ Key: 'c' }])
  expect(Deleted).toMatchObject([{ Key: 'c', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) }])
  expect(await refused(many([]))).toMatchObject({ name: 'MalformedXML' })
  const thousand = Array.from({ length: 1001 }, (_, n) => ({ Key: `${n}` }))
  expect(await refused(many(thousand))).toMatchObject({ name: 'MalformedXML' })
})

test('encryption is told of as it was asked for, or as the bucket has it', async () => {
  const { s3, put, get, head, text } = await setUp()
  await put('kms', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/mine', BucketKeyEnabled: true })
  expect(await head('kms')).toMatchObject({ ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true })
  const bytes = Buffer.alloc(32, 'k')
  const key = {
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKey: bytes.toString('base64'),
    SSECustomerKeyMD5: createHash('md5').update(bytes).digest('base64'),
  }
  expect(await put('mine', 'secret', key)).toMatchObject({ SSECustomerKeyMD5: key.SSECustomerKeyMD5 })
  expect(await text('mine', key)).toBe('secret')
  expect(await refused(get('mine'))).toMatchObject({
    name: 'InvalidRequest',
    message:
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
  })
  expect((await refused(head('mine'))).status).toBe(400)
  expect(await refused(put('x', 'x', { ServerSideEncryption: 'rot13' }))).toMatchObject({
    name: 'InvalidArgument',
    message: 'The encryption method specified is not supported',
  })
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms' as const }
  const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }]
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }))
  await put('default', 'x')
  expect(await head('default')).toMatchObject({ ServerSideEncryption: 'aws:kms', BucketKeyEnabled: true })
})

const DIGITS = '0123456789'
const digest = (algorithm: string) => createHash(algorithm).update(DIGITS).digest('base64')

const SUMS: [ChecksumAlgorithm, string][] = [
  ['CRC32', Buffer.from(crc32(DIGITS).toString(16).padStart(8, '0'), 'hex').toString('base64')],
  ['CRC32C', 'KAwGng=='],
  ['SHA1', digest('sha1')],
  ['SHA256', digest('sha256')],
]

test.each(SUMS)('%s is computed, compared and told of when it is asked for', async (algorithm, sum) => {
  const { put, get, head } = await setUp()
  const member = `Checksum${algorithm}`
  expect(await put('a', DIGITS, { ChecksumAlgorithm: algorithm })).toMatchObject({ [member]: sum })
  expect(await head('a', { ChecksumMode: 'ENABLED' })).toMatchObject({ [member]: sum, ChecksumType: 'FULL_OBJECT' })
  expect(await get('a', { ChecksumMode: 'ENABLED' })).toMatchObject({ [member]: sum })
  expect(await refused(put('b', 'other', { [member]: sum }))).toMatchObject({
    name: 'BadDigest',
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  })
  expect(await refused(put('b', 'other', { [member]: 'AAAA' }))).toMatchObject({
    message: `Value for x-amz-checksum-${algorithm.toLowerCase()} header is invalid.`,
  })
  expect((await refused(head('b'))).status).toBe(404)
})

test('a stream’s checksum comes in a trailer, and a wrong MD5 is refused', async () => {
  const { aws, put, head, text } = await setUp()
  const stream = Readable.from(['01234', '56789'])
  const s3 = aws.client(S3Client)
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'a', Body: stream, ContentLength: 10, ChecksumAlgorithm: 'CRC32C' }),
  )
  expect(await head('a', { ChecksumMode: 'ENABLED' })).toMatchObject({ ChecksumCRC32C: 'KAwGng==', ETag: ETAG })
  expect((await head('a')).ContentEncoding).toBeUndefined()
  expect(await refused(put('b', 'x', { ContentMD5: 'eB5eJF1ptWaXm4bijSPyxw==' }))).toMatchObject({
    name: 'BadDigest',
    message: 'The Content-MD5 you specified did not match what we received.',
  })
  expect(await refused(put('b', 'x', { ContentMD5: 'nonsense' }))).toMatchObject({
    name: 'InvalidDigest',
    message: 'The Content-MD5 you specified was invalid.',
  })
  expect(await text('a')).toBe('0123456789')
})

test('metadata, classes and redirects that S3 does not take are refused', async () => {
  const { put, head } = await setUp()
  expect(await refused(put('a', 'x', { Metadata: { big: 'x'.repeat(2049) } }))).toMatchObject({
    name: 'MetadataTooLarge',
    message: 'Your metadata headers exceed the maximum allowed metadata size',
  })
  expect(await refused(put('a', 'x', { StorageClass: 'COOL' }))).toMatchObject({
    name: 'InvalidStorageClass',
    message: 'The storage class you specified is not valid',
  })
  expect(await refused(put('a', 'x', { WebsiteRedirectLocation: 'elsewhere' }))).toMatchObject({
    name: 'InvalidRedirectLocation',
  })
  expect((await refused(head('a'))).status).toBe(404)
})
