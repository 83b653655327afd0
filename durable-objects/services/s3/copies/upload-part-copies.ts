import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import type { CopySource } from './copy-source-names.ts'
import { copySourceOf } from './copy-sources.ts'
import { quoted, shownTime, versionOf } from '../objects/object-rows.ts'
import { factsOf, type StoredChecksum, type UploadRow } from '../objects/object-schema.ts'
import { entityTooLarge, MAX_UPLOAD_BYTES } from '../objects/object-refusals.ts'
import { copySpanOf, type Span } from '../reading/ranges.ts'
import { receiveUpload, releaseUpload } from '../uploads/upload-bodies.ts'
import { effectiveChecksum } from '../uploads/upload-checksums.ts'
import { checkPartKey, checkPartNumber, writePart } from '../uploads/upload-parts.ts'
import { findUpload } from '../uploads/uploads.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export async function UploadPartCopy(ctx: Ctx, input: In<'UploadPartCopy'>): Promise<Out<'UploadPartCopy'>> {
  checkPartNumber(input.PartNumber)
  const upload = findUpload(ctx, input)
  const { encryption } = factsOf(upload)
  checkPartKey(input, encryption)
  const source = await copySourceOf(ctx, input)
  const span = copySpanOf(input.CopySourceRange, source.size) ?? { from: 0, to: source.size }
  if (span.to - span.from > MAX_UPLOAD_BYTES) throw entityTooLarge(span.to - span.from)
  const { etag, checksum, modified } =
    ctx.change(tx => shareWhole(tx, { upload, input, source, span })) ??
    (await copyBytes(ctx, { upload, input, source, span }))
  return {
    CopySourceVersionId: source.versionId,
    CopyPartResult: {
      ETag: quoted(etag),
      LastModified: shownTime(modified),
      ...(upload.checksumAlgorithm && { [`Checksum${checksum.algorithm}`]: checksum.value }),
    },
    ...encryption,
  }
}

type Copying = { upload: UploadRow; input: In<'UploadPartCopy'>; source: CopySource; span: Span }
type Copied = { etag: string; checksum: StoredChecksum; modified: number }

/** A whole object of this bucket that is one blob becomes a part by its name alone. */
function shareWhole(ctx: Tx, { upload, input, source, span }: Copying): Copied | undefined {
  const { row, checksum, size, etag } = source
  const wanted = effectiveChecksum(upload).algorithm
  if (!row || row.blob === null || span.to - span.from !== size) return undefined
  if (checksum?.algorithm !== wanted || checksum.type !== 'FULL_OBJECT') return undefined
  // Looking at the source may have taken a while: it may be gone.
  if (versionOf(ctx, row.key, row.versionId)?.seq !== row.seq) return undefined
  const { seq } = findUpload(ctx, input)
  writePart(ctx, { upload: seq, number: input.PartNumber, size, etag, blob: row.blob, checksum })
  return { etag, checksum, modified: ctx.now }
}

async function copyBytes(ctx: Ctx, { upload, input, source, span }: Copying): Promise<Copied> {
  const { algorithm } = effectiveChecksum(upload)
  const Body = await source.body(span)
  const content = { Body, ContentLength: span.to - span.from }
  const received = await receiveUpload(ctx, content, { fallback: algorithm, blob: true })
  try {
    const { seq } = findUpload(ctx, input)
    const { size, etag, checksum, blob = 0 } = received
    ctx.change(tx => writePart(tx, { upload: seq, number: input.PartNumber, size, etag, blob, checksum }))
    return { etag, checksum, modified: ctx.now }
  } finally {
    releaseUpload(ctx, received)
  }
}
