import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { dropBlob, keepBlob } from '../../../kernel/blobs/blobs.ts'
import { planChecksum } from '../objects/checksums.ts'
import { customerKeyOf, type CustomerKey } from '../objects/object-encryption.ts'
import { invalidArgument, invalidRequest } from '../objects/object-refusals.ts'
import { quoted } from '../objects/object-rows.ts'
import { factsOf, type StoredChecksum, type StoredEncryption, type UploadRow } from '../objects/object-schema.ts'
import { receiveUpload, releaseUpload } from './upload-bodies.ts'
import { effectiveChecksum } from './upload-checksums.ts'
import { findUpload } from './uploads.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function UploadPart(ctx: Ctx, input: In<'UploadPart'>): Promise<Out<'UploadPart'>> {
  checkPartNumber(input.PartNumber)
  const upload = findUpload(ctx, input)
  const { encryption } = factsOf(upload)
  checkPartKey(input, encryption)
  checkPartChecksum(ctx, upload, input)
  const { algorithm } = effectiveChecksum(upload)
  const received = await receiveUpload(ctx, input, { fallback: algorithm, kept: algorithm, blob: true })
  try {
    const { seq } = findUpload(ctx, input)
    const { size, etag, kept, blob = 0 } = received
    ctx.change(tx => writePart(tx, { upload: seq, number: input.PartNumber, size, etag, blob, checksum: kept }))
    const { algorithm: stated, value } = received.checksum
    return { ETag: quoted(etag), [`Checksum${stated}`]: value, ...encryption }
  } finally {
    releaseUpload(ctx, received)
  }
}

/** @throws AwsError InvalidArgument */
export function checkPartNumber(number: number): void {
  if (number >= 1 && number <= 10_000) return
  const message = 'Part number must be an integer between 1 and 10000, inclusive'
  throw invalidArgument(message, 'partNumber', String(number))
}

/** Each part comes with the key that its upload began with. @throws AwsError InvalidRequest */
export function checkPartKey(input: CustomerKey, { SSECustomerKeyMD5: expected }: StoredEncryption): void {
  const given = customerKeyOf(input)
  if (given === expected) return
  if (expected === undefined) {
    throw invalidRequest('The multipart upload initiate did not request encryption with a customer provided key.')
  }
  throw invalidRequest(
    given === undefined
      ? 'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.'
      : 'The provided encryption parameters did not match the ones used originally.',
  )
}

/** A part must have the checksum that its upload asked for, unless S3 can make it itself. @throws AwsError */
function checkPartChecksum(ctx: Ctx, upload: UploadRow, input: In<'UploadPart'>): void {
  const { checksumAlgorithm, checksumType } = upload
  if (checksumAlgorithm === null) return
  const { algorithm, stated } = planChecksum(ctx, input)
  if (stated ? algorithm === checksumAlgorithm : checksumType === 'FULL_OBJECT') return
  throw checksumMismatch(checksumAlgorithm, stated ? algorithm : 'null')
}

export function checksumMismatch(expected: string, actual: string) {
  const types = `expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual.toLowerCase()}`
  return invalidRequest(`Checksum Type mismatch occurred, ${types}`)
}

type NewPart = {
  upload: number
  number: number
  size: number
  etag: string
  blob: number
  checksum: StoredChecksum
}

/** Puts a part where one of its number may be already. */
export function writePart(ctx: Tx, { upload, number, size, etag, blob, checksum }: NewPart): void {
  keepBlob(ctx, blob, size)
  const replaced = ctx.sql.first<{ blob: number }>(
    'DELETE FROM s3_upload_parts WHERE upload = ? AND number = ? RETURNING blob',
    upload,
    number,
  )
  ctx.sql.run(
    `INSERT INTO s3_upload_parts (upload, number, size, etag, modified, blob, algorithm, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    upload,
    number,
    size,
    etag,
    ctx.now,
    blob,
    checksum.algorithm,
    checksum.value,
  )
  if (replaced) dropBlob(ctx, replaced.blob)
}
