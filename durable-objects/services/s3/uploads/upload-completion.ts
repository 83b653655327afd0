import type { CompletedPart, In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { digestOf } from '../../../shared/hash.ts'
import { dropParts } from '../buckets/bucket-contents.ts'
import { checksumMembers } from '../objects/checksums.ts'
import { checkWrite } from '../objects/conditions.ts'
import { expirationOf } from '../objects/object-finding.ts'
import { invalidRequest } from '../objects/object-refusals.ts'
import { currentOf, openBucket, quoted } from '../objects/object-rows.ts'
import { factsOf, type UploadPartRow, type UploadRow } from '../objects/object-schema.ts'
import { objectUrl } from '../reading/object-urls.ts'
import { writeVersion } from '../objects/object-writing.ts'
import { hexOf } from './upload-bodies.ts'
import { effectiveChecksum, joined, objectChecksum } from './upload-checksums.ts'
import { checkObjectChecksum, chosenParts } from './upload-choices.ts'
import { checkPartKey } from './upload-parts.ts'
import { findAnyUpload, noSuchUpload } from './uploads.ts'

/** What is kept of a completion, to answer it again: the version it made, and the parts that it named. */
type Done = { object: number; parts: string; output: Out<'CompleteMultipartUpload'> }

/** Completed uploads that are remembered, the newest that many. */
const REMEMBERED = 1000

/**
 * Makes an object of the parts that a request chooses, which keep their blobs: nothing is copied.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export function CompleteMultipartUpload(ctx: Tx, input: In<'CompleteMultipartUpload'>): Out<'CompleteMultipartUpload'> {
  const upload = findAnyUpload(ctx, input)
  if (upload.done !== null) return doneBefore(ctx, input, upload)
  const parts = chosenParts(ctx, upload, input)
  checkSize(input.MpuObjectSize, parts)
  if (input.SSECustomerKey !== undefined) checkPartKey(input, factsOf(upload).encryption)
  checkWrite(input, upload.key, currentOf(ctx, upload.key))
  const checksum = objectChecksum(effectiveChecksum(upload), parts)
  checkObjectChecksum(upload, input, checksum)
  const { seq, output } = assemble(ctx, input, { upload, parts, facts: { ...factsOf(upload), checksum } })
  dropParts(ctx, upload.seq)
  const done: Done = { object: seq, parts: namesOf(input), output }
  ctx.sql.run('UPDATE s3_uploads SET done = ? WHERE seq = ?', JSON.stringify(done), upload.seq)
  ctx.sql.run('DELETE FROM s3_uploads WHERE done IS NOT NULL AND seq <= ?', upload.seq - REMEMBERED)
  return output
}

/** The same completion once more is answered as the first, as long as what it made is there. */
function doneBefore(ctx: Ctx, input: In<'CompleteMultipartUpload'>, upload: UploadRow): Out<'CompleteMultipartUpload'> {
  const { object, parts, output } = JSON.parse(upload.done ?? '') as Done // written by us
  // Another object may have come in its place, and got its number.
  const there = ctx.sql.first(
    'SELECT 1 FROM s3_objects WHERE seq = ? AND key = ? AND etag = ? AND modified = ?',
    object,
    upload.key,
    output.ETag?.replaceAll('"', '') ?? '',
    upload.initiated,
  )
  if (!there || parts !== namesOf(input)) throw noSuchUpload(upload.id)
  return output
}

function namesOf({ MultipartUpload }: In<'CompleteMultipartUpload'>): string {
  const name = ({ PartNumber, ETag }: CompletedPart) => `${PartNumber}:${ETag?.replaceAll('"', '')}`
  return hexOf(digestOf('MD5', new TextEncoder().encode(MultipartUpload?.Parts?.map(name).join())))
}

function checkSize(stated: number | undefined, parts: readonly UploadPartRow[]): void {
  const size = sizeOf(parts)
  if (stated === undefined || stated === size) return
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${size}`,
  )
}

const sizeOf = (parts: readonly UploadPartRow[]) => parts.reduce((sum, { size }) => sum + size, 0)

type Assembly = { upload: UploadRow; parts: readonly UploadPartRow[]; facts: ReturnType<typeof factsOf> }

function assemble(ctx: Tx, input: In<'CompleteMultipartUpload'>, { upload, parts, facts }: Assembly) {
  const { key, owner, storageClass } = upload
  const size = sizeOf(parts)
  const etag = etagOf(parts)
  // An object is as old as the beginning of its upload.
  const written = writeVersion(ctx, openBucket(ctx, input), {
    key,
    owner,
    storageClass,
    size,
    etag,
    facts,
    content: { segments: parts.map((part, at) => ({ ...part, number: at + 1 })) },
    parts: parts.length,
    event: 's3:ObjectCreated:CompleteMultipartUpload',
    modified: upload.initiated,
  })
  const output: Out<'CompleteMultipartUpload'> = {
    Location: objectUrl(ctx, input.Bucket, key),
    Bucket: input.Bucket,
    Key: key,
    ETag: quoted(etag),
    VersionId: written.shown,
    Expiration: expirationOf(ctx, { key, size, modified: written.modified, storageClass }, facts),
    ...checksumMembers(facts.checksum),
    ...facts.encryption,
  }
  return { seq: written.seq, output }
}

/** The MD5 of the parts' MD5s, and how many they are. */
function etagOf(parts: readonly UploadPartRow[]): string {
  const digests = parts.map(({ etag }) => Uint8Array.fromHex(etag))
  return `${hexOf(digestOf('MD5', joined(digests)))}-${parts.length}`
}
