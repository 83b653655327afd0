import type { Ctx } from '../../../kernel/object/operation.ts'
import { streamPieces } from '../../../kernel/blobs/blob-streams.ts'
import { type Piece, readChunk } from '../../../kernel/blobs/blobs.ts'
import type { ObjectRow } from '../objects/object-schema.ts'
import type { Span } from './ranges.ts'

/** Content up to this many bytes is answered as bytes, more as a stream. */
const WHOLE_BYTES = 262_144

/** The bytes of an object's span. */
export function bodyOf(ctx: Ctx, row: ObjectRow, span: Span): Uint8Array | ReadableStream<Uint8Array> {
  if (row.blob === null && row.parts === null) return inlineBody(ctx, row, span)
  const pieces = piecesOf(ctx, row, span)
  return span.to - span.from <= WHOLE_BYTES ? gathered(ctx, pieces, span.to - span.from) : streamPieces(ctx, pieces)
}

function inlineBody(ctx: Ctx, row: ObjectRow, span: Span): Uint8Array {
  const stored = row.body === undefined ? storedBody(ctx, row) : row.body
  const bytes = new Uint8Array(stored ?? new ArrayBuffer(0))
  return span.to - span.from === bytes.length ? bytes : bytes.slice(span.from, span.to)
}

const storedBody = (ctx: Ctx, { seq }: ObjectRow) =>
  ctx.sql.first<{ body: ArrayBuffer | null }>('SELECT body FROM s3_objects WHERE seq = ?', seq)?.body

/** Where the bytes of a span lie. */
export function piecesOf(ctx: Ctx, row: ObjectRow, span: Span): Piece[] {
  if (row.blob !== null) return [{ blob: row.blob, from: span.from, to: span.to }]
  const parts = ctx.sql.all<{ blob: number; start: number; size: number }>(
    `SELECT blob, start, size FROM s3_object_parts WHERE object = ?1 AND start < ?3
     AND start >= (SELECT MAX(start) FROM s3_object_parts WHERE object = ?1 AND start <= ?2) ORDER BY start`,
    row.seq,
    span.from,
    span.to,
  )
  return parts.map(({ blob, start, size }) => ({
    blob,
    from: Math.max(0, span.from - start),
    to: Math.min(size, span.to - start),
  }))
}

function gathered(ctx: Ctx, pieces: readonly Piece[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    for (let from = piece.from; from < piece.to; ) {
      const chunk = readChunk(ctx, { ...piece, from })
      bytes.set(chunk, at)
      at += chunk.length
      from += chunk.length
    }
  }
  return bytes
}
