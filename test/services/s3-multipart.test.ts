import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { beginUpload, block, FIVE_MIB } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'parts'
const Key = 'big/object'

const md5 = (data: string | Uint8Array) => createHash('md5').update(data).digest()
const etagOf = (...parts: (string | Uint8Array)[]) =>
  `"${md5(Buffer.concat(parts.map(md5))).toString('hex')}-${parts.length}"`

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const begin = (more = {}) => beginUpload(s3, { Bucket, Key, ...more })
  const get = (more: Partial<GetObjectCommandInput> = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
  const head = (more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }))
  const parts = (UploadId: string, more = {}) => s3.send(new ListPartsCommand({ Bucket, Key, UploadId, ...more }))
  return { aws, s3, create, begin, get, head, parts }
}

test('an object is uploaded in parts, read whole, by range and by part, and tells of itself', async () => {
  const { aws, s3, begin, get, head, parts } = await setUp()
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectCreated:*')
  const upload = await begin({
    ContentType: 'text/x-test',
    Metadata: { color: 'blue' },
    StorageClass: 'STANDARD_IA',
    Tagging: 'a=1',
  })
  const contents = [block('A'), block('B'), Buffer.from('tail')] as const
  await upload.part(9, 'an earlier part 9')
  const last = await upload.part(9, contents[2])
  const first = await upload.part(1, contents[0])
  await upload.part(7, 'not chosen')
  const second = await upload.part(5, contents[1])
  expect((await parts(upload.UploadId)).Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, FIVE_MIB],
    [5, FIVE_MIB],
    [7, 10],
    [9, 4],
  ])
  expect((await refused(get())).name).toBe('NoSuchKey')
  const done = await upload.complete([first, second, last])
  const ETag = etagOf(...contents)
  expect(done).toMatchObject({ Bucket, Key, ETag, Location: `${aws.url}/parts/big%2Fobject` })
  const size = 2 * FIVE_MIB + 4
  expect(await head()).toMatchObject({
    ETag,
    ContentLength: size,
    ContentType: 'text/x-test',
    Metadata: { color: 'blue' },
    StorageClass: 'STANDARD_IA',
    TagCount: 1,
  })
  const whole = await (await get()).Body?.transformToByteArray()
  expect(Buffer.from(whole ?? []).equals(Buffer.concat(contents))).toBe(true)
  const across = await get({ Range: `bytes=${2 * FIVE_MIB - 2}-${2 * FIVE_MIB + 1}` })
  expect(await across.Body?.transformToString()).toBe('BBta')
  const third = await get({ PartNumber: 3 })
  expect(third).toMatchObject({ PartsCount: 3, ContentRange: `bytes ${2 * FIVE_MIB}-${size - 1}/${size}` })
  expect(third.$metadata.httpStatusCode).toBe(206)
  expect(await third.Body?.transformToString()).toBe('tail')
  expect(await head({ PartNumber: 2 })).toMatchObject({ ContentLength: FIVE_MIB, PartsCount: 3 })
  expect(await refused(get({ PartNumber: 4 }))).toMatchObject({
    name: 'InvalidPartNumber',
    message: 'The requested partnumber is not satisfiable',
    status: 416,
  })
  const records = await heard()
  expect(records.map(({ eventName, s3: { object } }) => [eventName, object.key, object.size, object.eTag])).toEqual([
    ['ObjectCreated:CompleteMultipartUpload', Key, size, ETag.replaceAll('"', '')],
  ])
})

test('completing once more answers the same, as long as the object is there', async () => {
  const { s3, begin } = await setUp()
  const upload = await begin()
  const part = await upload.part(1, 'one')
  const other = await upload.part(2, 'two')
  const first = await upload.complete([part])
  const again = await upload.complete([part], { IfNoneMatch: '*' })
  expect(again.ETag).toBe(first.ETag)
  const gone = { name: 'NoSuchUpload', status: 404 }
  expect(await refused(upload.complete([other]))).toMatchObject(gone)
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'another' }))
  expect(await refused(upload.complete([part]))).toMatchObject(gone)
})

test('a completion that names what was not uploaded is refused, and the upload stays as it was', async () => {
  const { begin, get, parts } = await setUp()
  const upload = await begin()
  const one = await upload.part(1, 'one')
  const two = await upload.part(2, 'two')
  const invalid = {
    name: 'InvalidPart',
    status: 400,
    message:
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  }
  expect(await refused(upload.complete([{ PartNumber: 4, ETag: one.ETag }]))).toMatchObject(invalid)
  expect(await refused(upload.complete([{ PartNumber: 1, ETag: two.ETag }]))).toMatchObject(invalid)
  const disorder = {
    name: 'InvalidPartOrder',
    message: 'The list of parts was not in ascending order. Parts must be ordered by part number.',
  }
  expect(await refused(upload.complete([two, one]))).toMatchObject(disorder)
  expect(await refused(upload.complete([one, one]))).toMatchObject(disorder)
  expect(await refused(upload.complete([one, two]))).toMatchObject({
    name: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
    fields: { ProposedSize: '3', MinSizeAllowed: '5242880', PartNumber: '1' },
  })
  expect(await refused(upload.complete([]))).toMatchObject({ name: 'MalformedXML' })
  expect(await refused(upload.complete([{ PartNumber: 0, ETag: 'x' }]))).toMatchObject({
    name: 'InvalidArgument',
    message: 'PartNumber must be >= 1',
  })
  expect(await refused(upload.complete([one], { MpuObjectSize: 4 }))).toMatchObject({
    message: "The provided 'x-amz-mp-object-size' header value 4 does not match what was computed: 3",
  })
  expect((await parts(upload.UploadId)).Parts).toHaveLength(2)
  expect((await refused(get())).name).toBe('NoSuchKey')
  await upload.complete([one], { MpuObjectSize: 3 })
})

test('a completion may have conditions', async () => {
  const { s3, begin, get } = await setUp()
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'there' }))
  const upload = await begin()
  const part = await upload.part(1, 'new')
  const failed = { name: 'PreconditionFailed', status: 412 }
  expect(await refused(upload.complete([part], { IfNoneMatch: '*' }))).toMatchObject(failed)
  expect(await refused(upload.complete([part], { IfMatch: '"0"' }))).toMatchObject(failed)
  await upload.complete([part], { IfMatch: ETag })
  expect(await (await get()).Body?.transformToString()).toBe('new')
})

test('an upload that is not there, ended or another key’s is NoSuchUpload', async () => {
  const { s3, begin, parts } = await setUp()
  const gone = {
    name: 'NoSuchUpload',
    status: 404,
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  }
  const upload = await begin()
  const part = await upload.part(1, 'one')
  const named = { Bucket, Key, UploadId: upload.UploadId }
  const elsewhere = { ...named, Key: 'other' }
  expect(await refused(s3.send(new UploadPartCommand({ ...elsewhere, PartNumber: 1, Body: 'x' })))).toMatchObject(gone)
  const aborted = await s3.send(new AbortMultipartUploadCommand(named))
  expect(aborted.$metadata.httpStatusCode).toBe(204)
  expect(await refused(upload.part(2, 'two'))).toMatchObject(gone)
  expect(await refused(parts(upload.UploadId))).toMatchObject(gone)
  expect(await refused(upload.complete([part]))).toMatchObject(gone)
  expect(await refused(s3.send(new AbortMultipartUploadCommand(named)))).toMatchObject(gone)
  const other = await begin()
  await other.complete([await other.part(1, 'x')])
  expect(await refused(parts(other.UploadId))).toMatchObject(gone)
  const number = (PartNumber: number) => refused(other.part(PartNumber, 'x'))
  const wrong = { name: 'InvalidArgument', message: 'Part number must be an integer between 1 and 10000, inclusive' }
  expect(await number(0)).toMatchObject(wrong)
  expect(await number(10_001)).toMatchObject(wrong)
  const nowhere = new CreateMultipartUploadCommand({ Bucket: 'no-such-bucket', Key })
  expect(await refused(s3.send(nowhere))).toMatchObject({ name: 'NoSuchBucket' })
})

test('parts are listed in pages', async () => {
  const { aws, begin, parts } = await setUp()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2027-03-10T10:00:00Z' })
  const upload = await begin({ StorageClass: 'ONEZONE_IA' })
  for (const number of [8, 1, 5, 3, 2]) await upload.part(number, 'x'.repeat(number))
  const page = await parts(upload.UploadId, { MaxParts: 2, PartNumberMarker: '2' })
  expect(page).toMatchObject({
    Bucket,
    Key,
    UploadId: upload.UploadId,
    MaxParts: 2,
    PartNumberMarker: '2',
    NextPartNumberMarker: '5',
    IsTruncated: true,
    StorageClass: 'ONEZONE_IA',
    Owner: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) },
    Initiator: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect(page.Parts).toMatchObject([
    { PartNumber: 3, Size: 3, LastModified: new Date('2027-03-10T10:00:00Z') },
    { PartNumber: 5, Size: 5 },
  ])
  const last = await parts(upload.UploadId, { PartNumberMarker: '5' })
  expect(last).toMatchObject({ IsTruncated: false, NextPartNumberMarker: '8', MaxParts: 1000 })
  expect(await refused(parts(upload.UploadId, { MaxParts: -1 }))).toMatchObject({
    name: 'InvalidArgument',
    message: 'Argument max-parts must be an integer between 0 and 2147483647',
  })
})

test('uploads are listed by key and age, with prefix, delimiter and markers', async () => {
  const { s3 } = await setUp()
  const ids: Record<string, string> = {}
  for (const name of ['b', 'c d', 'a/2', 'b', 'a/1']) {
    const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: name }))
    ids[name in ids ? `${name}-2` : name] = UploadId
  }
  const list = async (more = {}) => {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket, ...more }))
    const names = page.Uploads?.map(({ UploadId }) => Object.keys(ids).find(name => ids[name] === UploadId)) ?? []
    return { ...page, names, prefixes: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [] }
  }
  expect((await list()).names).toEqual(['a/1', 'a/2', 'b', 'b-2', 'c d'])
  expect((await list({ Prefix: 'a/' })).names).toEqual(['a/1', 'a/2'])
  expect(await list({ Delimiter: '/' })).toMatchObject({ names: ['b', 'b-2', 'c d'], prefixes: ['a/'] })
  const page = await list({ MaxUploads: 3 })
  expect(page).toMatchObject({
    names: ['a/1', 'a/2', 'b'],
    IsTruncated: true,
    NextKeyMarker: 'b',
    NextUploadIdMarker: ids.b,
  })
  const rest = await list({ KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker })
  expect(rest).toMatchObject({ names: ['b-2', 'c d'], IsTruncated: false })
  expect((await list({ KeyMarker: 'b' })).names).toEqual(['c d'])
  expect(await list({ Delimiter: '/', MaxUploads: 1 })).toMatchObject({ prefixes: ['a/'], NextKeyMarker: 'a/' })
  expect((await list({ Delimiter: '/', MaxUploads: 1, KeyMarker: 'a/' })).names).toEqual(['b'])
  expect((await list({ EncodingType: 'url', Prefix: 'c' })).Uploads?.[0]?.Key).toBe('c+d')
})

test('where versions are kept, each completion makes one', async () => {
  const { s3, begin, get } = await setUp()
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const versions: (string | undefined)[] = []
  for (const content of ['first', 'second']) {
    const upload = await begin()
    versions.push((await upload.complete([await upload.part(1, content)])).VersionId)
  }
  expect(new Set(versions).size).toBe(2)
  expect(await (await get({ VersionId: versions[0] })).Body?.transformToString()).toBe('first')
  expect(await (await get()).Body?.transformToString()).toBe('second')
})

test('parts of a customer’s own key come with that key', async () => {
  const { begin, get } = await setUp()
  const key = (letter: string) => {
    const bytes = Buffer.alloc(32, letter)
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: bytes.toString('base64'),
      SSECustomerKeyMD5: md5(bytes).toString('base64'),
    }
  }
  const upload = await begin(key('k'))
  expect(await refused(upload.part(1, 'x'))).toMatchObject({
    name: 'InvalidRequest',
    message:
      'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.',
  })
  expect(await refused(upload.part(1, 'x', key('o')))).toMatchObject({
    message: 'The provided encryption parameters did not match the ones used originally.',
  })
  await upload.complete([await upload.part(1, 'secret', key('k'))])
  expect((await refused(get())).name).toBe('InvalidRequest')
  expect(await (await get(key('k'))).Body?.transformToString()).toBe('secret')
})

test('the SDK’s own Upload sends a stream in parts, and its attributes tell them', async () => {
  const { aws, s3, get } = await setUp()
  const Body = Buffer.concat([block('x'), block('y'), Buffer.from('z')])
  const upload = new Upload({ client: aws.client(S3Client), params: { Bucket, Key, Body }, partSize: FIVE_MIB })
  await upload.done()
  expect((await (await get()).Body?.transformToByteArray())?.length).toBe(2 * FIVE_MIB + 1)
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectParts', 'Checksum'], MaxParts: 2 }),
  )
  expect(attributes.ObjectParts).toMatchObject({ TotalPartsCount: 3, MaxParts: 2, IsTruncated: true })
  expect(attributes.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, FIVE_MIB],
    [2, FIVE_MIB],
  ])
})
