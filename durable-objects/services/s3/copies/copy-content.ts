import { encodeBase64 } from '../../../../aws/wire/base64.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { endChunk, pinBlob, type Piece, readChunk, unpinBlob } from '../../../kernel/blobs/blobs.ts'
import { type HashAlgorithm, newHash } from '../../../shared/hash.ts'
import type { CopySource } from './copy-source-names.ts'
import { bodyOf, piecesOf } from '../reading/object-bodies.ts'
import type { ObjectPartRow, ObjectRow, StoredChecksum } from '../objects/object-schema.ts'
import type { Content } from '../objects/object-writing.ts'
import { contentOf } from '../objects/put-object.ts'
import { hexOf, receiveUpload, releaseUpload } from '../uploads/upload-bodies.ts'

/** Content for a new object. It stays there until `release`, and after that if an object has taken it. */
export type Copied = { content: Content; etag: string; checksum: StoredChecksum; release(): void }

/**
 * The content of a copy: the blobs of its source where that is in the same bucket, else bytes that are streamed over.
 * A copy is one piece to its readers, in however many parts its source came.
 */
export async function copiedContent(ctx: Ctx, source: CopySource, asked: HashAlgorithm | undefined): Promise<Copied> {
  const algorithm = asked ?? source.checksum?.algorithm
  const { row } = source
  if (row) return await sharedContent(ctx, { ...source, row }, algorithm)
  const content = { Body: await source.body({ from: 0, to: source.size }), ContentLength: source.size }
  const received = await receiveUpload(ctx, content, { fallback: algorithm })
  const { etag, checksum } = received
  return { content: contentOf(received), etag, checksum, release: () => releaseUpload(ctx, received) }
}

async function sharedContent(
  ctx: Ctx,
  { row, etag, checksum, size }: CopySource & { row: ObjectRow },
  algorithm: HashAlgorithm = 'CRC64NVME',
): Promise<Copied> {
  const pieces = row.blob === null && row.parts === null ? [] : piecesOf(ctx, row, { from: 0, to: size })
  const content = contentAt(ctx, row)
  for (const { blob } of pieces) pinBlob(ctx, blob)
  const release = () => {
    for (const { blob } of pieces) unpinBlob(ctx, blob)
  }
  const known = checksum?.type === 'FULL_OBJECT' && checksum.algorithm === algorithm ? checksum : undefined
  // The tag of an object in parts is made of those of its parts.
  const tag = etag.includes('-') ? undefined : etag
  if (known && tag !== undefined) return { content, etag: tag, checksum: known, release }
  try {
    const computed = await digestsOf(ctx, content.body ?? pieces, algorithm)
    return { content, etag: tag ?? computed.etag, checksum: known ?? computed.checksum, release }
  } catch (error) {
    release()
    throw error
  }
}

function contentAt(ctx: Ctx, row: ObjectRow): Content {
  if (row.blob !== null) return { blob: row.blob }
  if (row.parts === null) {
    const body = bodyOf(ctx, row, { from: 0, to: row.size })
    return { body: body instanceof Uint8Array ? body : new Uint8Array(0) }
  }
  const parts = ctx.sql.all<ObjectPartRow>('SELECT * FROM s3_object_parts WHERE object = ? ORDER BY number', row.seq)
  return { segments: parts.map(part => ({ ...part, checksum: null })) }
}

/** Chunks that are read at one go, other work in between. */
const READ_AT_ONCE = 8

async function digestsOf(ctx: Ctx, data: Uint8Array | readonly Piece[], algorithm: HashAlgorithm) {
  const md5 = newHash('MD5')
  const sum = newHash(algorithm)
  const see = (chunk: Uint8Array) => {
    md5.update(chunk)
    sum.update(chunk)
  }
  if (data instanceof Uint8Array) see(data)
  else await readPieces(ctx, data, see)
  const checksum: StoredChecksum = { algorithm, value: encodeBase64(sum.digest()), type: 'FULL_OBJECT' }
  return { etag: hexOf(md5.digest()), checksum }
}

async function readPieces(ctx: Ctx, pieces: readonly Piece[], see: (chunk: Uint8Array) => void): Promise<void> {
  let read = 0
  for (const piece of pieces) {
    for (let from = piece.from; from < piece.to; read++) {
      if (read % READ_AT_ONCE === READ_AT_ONCE - 1) await scheduler.wait(0)
      const chunk = readChunk(ctx, { ...piece, from })
      see(chunk)
      from += chunk.length
      endChunk(chunk)
    }
  }
}
