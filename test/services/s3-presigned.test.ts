import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'shared'
const Key = 'folder/käse & brot.txt'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  // Or the SDK signs the checksum of an empty body, and AWS refuses every other.
  const signer = aws.client(S3Client)
  signer.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED'
  // The presigner's type fits one command at a time.
  const signed = (command: unknown, expiresIn = 60) => getSignedUrl(signer, command as GetObjectCommand, { expiresIn })
  return { aws, s3, signed }
}

test('a presigned PUT uploads with the metadata that was signed, and a presigned GET reads', async () => {
  const { s3, signed } = await setUp()
  const upload = await signed(
    new PutObjectCommand({
      Bucket,
      Key,
      ContentType: 'text/plain',
      Metadata: { by: 'url' },
      StorageClass: 'GLACIER_IR',
    }),
  )
  const put = await fetch(upload, { method: 'PUT', body: 'hello', headers: { 'content-type': 'text/plain' } })
  expect(put.status).toBe(200)
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
    ContentType: 'text/plain',
    Metadata: { by: 'url' },
    StorageClass: 'GLACIER_IR',
  })
  const get = await fetch(await signed(new GetObjectCommand({ Bucket, Key })))
  expect([get.status, await get.text()]).toEqual([200, 'hello'])
  const part = await fetch(await signed(new GetObjectCommand({ Bucket, Key })), { headers: { range: 'bytes=1-2' } })
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 1-2/5', 'el'])
  const head = await fetch(await signed(new HeadObjectCommand({ Bucket, Key })), { method: 'HEAD' })
  expect(head.headers.get('content-length')).toBe('5')
  const gone = await fetch(await signed(new DeleteObjectCommand({ Bucket, Key })), { method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect((await refused(s3.send(new HeadObjectCommand({ Bucket, Key })))).status).toBe(404)
})

test('a URL may say with which headers its object is answered', async () => {
  const { aws, s3, signed } = await setUp()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '{}', ContentType: 'text/plain' }))
  const url = await signed(
    new GetObjectCommand({
      Bucket,
      Key: 'a',
      ResponseContentType: 'application/json',
      ResponseContentDisposition: 'attachment; filename="a b.json"',
      ResponseCacheControl: 'no-store',
      ResponseContentLanguage: 'de',
      ResponseExpires: new Date('2030-01-01T00:00:00Z'),
    }),
  )
  const answer = await fetch(url)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'content-disposition': 'attachment; filename="a b.json"',
    'cache-control': 'no-store',
    'content-language': 'de',
    expires: 'Tue, 01 Jan 2030 00:00:00 GMT',
  })
  const anonymous = await fetch(`${aws.url}/${Bucket}/a?response-content-type=text/html`)
  expect([anonymous.status, await anonymous.text()]).toEqual([
    400,
    expect.stringContaining('Request specific response headers cannot be used for anonymous GET requests.'),
  ])
})

test('a URL ends by the clock, and no URL holds for more than a week', async () => {
  const { aws, s3, signed } = await setUp()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  const url = await signed(new GetObjectCommand({ Bucket, Key: 'a' }), 300)
  expect((await fetch(url)).status).toBe(200)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 600 })
  const late = await fetch(url)
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining('<Message>Request has expired</Message>'),
  ])
  const long = await fetch(url.replace('X-Amz-Expires=300', 'X-Amz-Expires=700000'))
  expect([long.status, await long.text()]).toEqual([400, expect.stringContaining('must be less than a week')])
})

test('a browser uploads parts by presigned URLs', async () => {
  const { s3, signed } = await setUp()
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
  const url = await signed(new UploadPartCommand({ Bucket, Key: 'parts', UploadId, PartNumber: 3 }))
  const answer = await fetch(url, { method: 'PUT', body: 'third' })
  expect(answer.status).toBe(200)
  const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key: 'parts', UploadId }))
  expect(Parts).toMatchObject([{ PartNumber: 3, Size: 5, ETag: answer.headers.get('etag') }])
})
