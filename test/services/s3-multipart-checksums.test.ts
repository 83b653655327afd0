import { createHash } from 'node:crypto'
import {
  type ChecksumAlgorithm,
  type ChecksumType,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  ListPartsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { beginUpload, block } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'sums'
const Key = 'big'
const FIRST = block('A')

const base64 = (algorithm: 'sha1' | 'sha256', data: string | Uint8Array) =>
  createHash(algorithm).update(data).digest('base64')

/** Checksums of `FIRST` and of `tail`, and of an object of both. */
type Case = [ChecksumAlgorithm, ChecksumType | undefined, ChecksumType, [string, string], string]
const CASES: Case[] = [
  ['CRC32', undefined, 'COMPOSITE', ['JRTCyQ==', 'fDe0XQ=='], 'ar6UVw==-2'],
  ['CRC32', 'FULL_OBJECT', 'FULL_OBJECT', ['JRTCyQ==', 'fDe0XQ=='], 'gPNU7Q=='],
  ['CRC32C', 'COMPOSITE', 'COMPOSITE', ['MDaLrw==', 'B21LrQ=='], '9nmlxg==-2'],
  ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT', ['MDaLrw==', 'B21LrQ=='], 'LZbOwA=='],
  ['CRC64NVME', undefined, 'FULL_OBJECT', ['L/E4WYn8v98=', 'sAra2CkCEgw='], 'UpfGsWmSCEg='],
  [
    'SHA1',
    undefined,
    'COMPOSITE',
    ['iIaTCGbm+vdVjNqIMF2S0T7ibMk=', '+/XyoodbO7Zbjjsj5swB1YyjBEc='],
    'l89BPfYtRdlTXZSsCsWMB0Elnjg=-2',
  ],
  [
    'SHA256',
    undefined,
    'COMPOSITE',
    ['275VF5loJr1YYawit0XSHREhkFXYkkPKGuoK0x9VKxI=', 'DGL4du8d6oMN6fMsL0tG3W101Q0ViW4J71ovzUrH4dc='],
    '2kYaKgwMh4G97NB7sxufv13cvQqUqNgjK75WsW6s16Q=-2',
  ],
]

async function setUp() {
  const { aws, create } = setUpS3()
  await create(Bucket)
  // The SDK adds a checksum of its own to every part otherwise.
  const s3 = aws.client(S3Client)
  s3.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED'
  const begin = (more = {}) => beginUpload(s3, { Bucket, Key, ...more })
  return { aws, s3, begin }
}

test.each(CASES)('%s asked for as %s gives a %s checksum', async (...given) => {
  const [algorithm, asked, type, sums, whole] = given
  const { s3, begin } = await setUp()
  const member = `Checksum${algorithm}`
  const upload = await begin({ ChecksumAlgorithm: algorithm, ...(asked && { ChecksumType: asked }) })
  const one = await upload.part(1, FIRST, { [member]: sums[0] })
  const two = await upload.part(2, 'tail', { [member]: sums[1] })
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: upload.UploadId }))
  expect(listed).toMatchObject({ ChecksumAlgorithm: algorithm, ChecksumType: type })
  expect(listed.Parts).toMatchObject([{ [member]: sums[0] }, { [member]: sums[1] }])
  const parts = [
    { ...one, [member]: sums[0] },
    { ...two, [member]: sums[1] },
  ]
  const done = await upload.complete(parts, { [member]: whole, ChecksumType: type })
  expect(done).toMatchObject({ [member]: whole, ChecksumType: type })
  const head = (more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }))
  expect(await head({ ChecksumMode: 'ENABLED' })).toMatchObject({ [member]: whole, ChecksumType: type })
  expect((await head()).ChecksumType).toBeUndefined()
  expect(await head({ ChecksumMode: 'ENABLED', PartNumber: 2 })).toMatchObject({ [member]: sums[1] })
  const attributes = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum'] }))
  expect(attributes.Checksum).toMatchObject({ [member]: whole, ChecksumType: type })
})

test('an upload that asks for none has S3’s own, whatever its parts were sent with', async () => {
  const { s3, begin } = await setUp()
  const upload = await begin()
  const one = await upload.part(1, FIRST, { ChecksumCRC32: 'JRTCyQ==' })
  const two = await upload.part(2, 'tail')
  expect(await refused(upload.complete([{ ...one, ChecksumCRC32: 'JRTCyQ==' }, two]))).toMatchObject({
    name: 'InvalidPart',
  })
  expect(await upload.complete([one, two])).toMatchObject({
    ChecksumCRC64NVME: 'UpfGsWmSCEg=',
    ChecksumType: 'FULL_OBJECT',
  })
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
  expect(head.ChecksumCRC64NVME).toBe('UpfGsWmSCEg=')
})

test('checksums that do not fit together are refused when the upload begins', async () => {
  const { begin } = await setUp()
  const asked = async (more: object) => (await refused(begin(more))).message
  expect(await asked({ ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' })).toBe(
    'The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.',
  )
  expect(await asked({ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' })).toBe(
    'The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.',
  )
  expect(await asked({ ChecksumType: 'COMPOSITE' })).toBe(
    'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
  )
  expect(await asked({ ChecksumAlgorithm: 'MD4' })).toContain('Checksum algorithm provided is unsupported.')
})

test('parts and completions with other checksums than were asked for are refused', async () => {
  const { begin } = await setUp()
  const upload = await begin({ ChecksumAlgorithm: 'SHA256' })
  const sum = { ChecksumSHA256: base64('sha256', 'one') }
  const mismatch = (actual: string) =>
    `Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: ${actual}`
  const wrong = (ChecksumSHA256: string) => upload.part(1, 'one', { ChecksumSHA256 })
  expect(await refused(wrong(base64('sha256', 'two')))).toMatchObject({
    name: 'BadDigest',
    message: 'The SHA256 you specified did not match the calculated checksum.',
  })
  expect(await refused(upload.part(1, 'one', { ChecksumCRC32: 'emyG8Q==' }))).toMatchObject({
    message: mismatch('crc32'),
  })
  expect(await refused(upload.part(1, 'one'))).toMatchObject({ message: mismatch('null') })
  const one = await upload.part(1, 'one', sum)
  const three = await upload.part(3, 'three', { ChecksumSHA256: base64('sha256', 'three') })
  expect(await refused(upload.complete([one]))).toMatchObject({
    name: 'InvalidRequest',
    message:
      'The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.',
  })
  const part = { ...one, ...sum }
  const other = { ...one, ChecksumSHA256: base64('sha256', 'two') }
  expect(await refused(upload.complete([other]))).toMatchObject({ name: 'InvalidPart' })
  expect(await refused(upload.complete([part, three]))).toMatchObject({ name: 'InvalidPartOrder' })
  expect(await refused(upload.complete([part], sum))).toMatchObject({ name: 'BadDigest' })
  expect(await refused(upload.complete([part], { ChecksumType: 'FULL_OBJECT' }))).toMatchObject({
    message:
      'The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.',
  })
  expect(await refused(upload.complete([part], { ChecksumCRC32: 'emyG8Q==' }))).toMatchObject({
    message: mismatch('crc32'),
  })
  const digest = createHash('sha256').update('one').digest()
  expect(await upload.complete([part])).toMatchObject({ ChecksumSHA256: `${base64('sha256', digest)}-1` })
})
