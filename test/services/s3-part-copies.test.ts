import {
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { beginUpload, block, FIVE_MIB } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'target'
const Key = 'copy'
const TAIL = '0123456789'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  await create('source')
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'source', VersioningConfiguration: { Status: 'Enabled' } }))
  const put = (bucket: string, name: string, Body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body }))
  const upload = await beginUpload(s3, { Bucket, Key })
  const copy = async (PartNumber: number, CopySource: string, more: Partial<UploadPartCopyCommandInput> = {}) => {
    const input = { Bucket, Key, UploadId: upload.UploadId, PartNumber, CopySource, ...more }
    const answer = await s3.send(new UploadPartCopyCommand(input))
    return { PartNumber, ETag: answer.CopyPartResult?.ETag, version: answer.CopySourceVersionId, answer }
  }
  return { aws, s3, put, upload, copy }
}

test('parts are copied from objects here and in other buckets, whole, in ranges and of versions', async () => {
  const { s3, put, upload, copy } = await setUp()
  await put(Bucket, 'folder/the source', Buffer.concat([block('A'), Buffer.from(TAIL)]))
  const old = await put('source', 'a', 'first')
  const { VersionId } = await put('source', 'a', 'second')
  await put('source', 'large', block('B'))
  const here = `/${Bucket}/folder/the%20source`
  const parts = [
    await copy(1, here, { CopySourceRange: `bytes=0-${FIVE_MIB - 1}` }),
    await copy(2, here),
    await copy(3, 'source/large'),
    await copy(4, `${Bucket}/folder%2Fthe+source`, { CopySourceRange: `bytes=${FIVE_MIB + 2}-${FIVE_MIB + 5}` }),
  ]
  expect(parts[0]?.answer.CopyPartResult?.LastModified).toBeInstanceOf(Date)
  const fifth = await copy(5, `source/a?versionId=${old.VersionId}`)
  expect(fifth.version).toBe(old.VersionId)
  expect((await copy(6, 'source/a', { CopySourceRange: 'bytes=1-2' })).version).toBe(VersionId)
  await upload.complete(parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })))
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  const whole = Buffer.from((await Body?.transformToByteArray()) ?? [])
  const expected = [block('A'), block('A'), Buffer.from(TAIL), block('B'), Buffer.from('2345')]
  expect(whole.equals(Buffer.concat(expected))).toBe(true)
})

test('copies of what is not there, or not as they want it, are refused', async () => {
  const { s3, put, upload, copy } = await setUp()
  const { ETag = '' } = await put(Bucket, 'ten', TAIL)
  const range = (CopySourceRange: string) => refused(copy(1, `${Bucket}/ten`, { CopySourceRange }))
  for (const each of ['0-2', 'bytes=0', 'bytes=-2', 'bytes=a-z', 'bytes=0-2,3-5']) {
    expect(await range(each)).toMatchObject({
      name: 'InvalidArgument',
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    })
  }
  expect(await range('bytes=0-10')).toMatchObject({
    message: 'Range specified is not valid for source object of size: 10',
  })
  expect(await refused(copy(1, `${Bucket}/missing`))).toMatchObject({ name: 'NoSuchKey', status: 404 })
  expect(await refused(copy(1, 'source/missing'))).toMatchObject({ name: 'NoSuchKey', status: 404 })
  expect(await refused(copy(1, 'no-such-bucket/a'))).toMatchObject({ name: 'NoSuchBucket', status: 404 })
  expect(await refused(copy(1, Bucket))).toMatchObject({
    message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
  })
  const failed = { name: 'PreconditionFailed', status: 412 }
  expect(await refused(copy(1, `${Bucket}/ten`, { CopySourceIfMatch: '"0"' }))).toMatchObject(failed)
  expect(await refused(copy(1, `${Bucket}/ten`, { CopySourceIfNoneMatch: ETag }))).toMatchObject(failed)
  await copy(1, `${Bucket}/ten`, { CopySourceIfMatch: ETag })
  expect(await refused(copy(0, `${Bucket}/ten`))).toMatchObject({ name: 'InvalidArgument' })
  await put('source', 'cold', 'x')
  const frozen = new PutObjectCommand({ Bucket: 'source', Key: 'frozen', Body: 'x', StorageClass: 'GLACIER' })
  await s3.send(frozen)
  expect(await refused(copy(1, 'source/frozen'))).toMatchObject({ name: 'InvalidObjectState', status: 403 })
  expect(upload.UploadId).not.toBe('')
})
