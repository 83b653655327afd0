import type { Ctx } from '../object/operation.ts'
import { erasedMeanwhile } from '../object/refusals.ts'
import { CHUNK_BYTES, endChunk, newBlob, type Piece, pinBlob, readChunk, unpinBlob, writeChunk } from './blobs.ts'

/** What a stream left behind: a pinned blob that nobody keeps yet. */
export type Written = { blob: number; size: number }

/**
 * Writes a stream into a new blob, a chunk at a time. The blob stays pinned until `unpinBlob`; after a failure it is
 * gone.
 * @param see gets every chunk in order, for digests and limits; what it throws ends the writing
 */
export async function writeBlob(
  ctx: Ctx,
  stream: ReadableStream<Uint8Array>,
  see: (chunk: Uint8Array) => void,
): Promise<Written> {
  const blob = ctx.change(tx => newBlob(tx))
  const chunks = chunksOf(stream)
  try {
    let size = 0
    for (let index = 0; ; index++) {
      const chunk = await chunks.next()
      if (!chunk) return { blob, size }
      see(chunk)
      ctx.change(tx => writeChunk(tx, { blob, index }, chunk))
      size += chunk.length
    }
  } catch (error) {
    unpinBlob(ctx, blob)
    await chunks.cancel()
    throw error
  }
}

/** A stream's bytes in chunks of CHUNK_BYTES, the last one shorter. A chunk is valid until the next is asked for. */
type Chunks = { next(): Promise<Uint8Array | undefined>; cancel(): Promise<void> }

function chunksOf(stream: ReadableStream<Uint8Array>): Chunks {
  try {
    return wholeChunks(stream.getReader({ mode: 'byob' }))
  } catch {
    // Not a stream of bytes, such as one that was transformed.
    return gatheredChunks(stream.getReader())
  }
}

/** The runtime gathers the bytes itself, always in the same buffer. */
function wholeChunks(reader: ReadableStreamBYOBReader): Chunks {
  let buffer = new ArrayBuffer(CHUNK_BYTES)
  let ended = false
  return {
    next: async () => {
      if (ended) return undefined
      const { value, done } = await reader.readAtLeast(CHUNK_BYTES, new Uint8Array(buffer))
      if (done || !value || value.length < CHUNK_BYTES) ended = true
      // The buffer that was handed over comes back with what was read.
      if (value) buffer = value.buffer as ArrayBuffer
      return value && value.length > 0 ? value : undefined
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}

function gatheredChunks(reader: ReadableStreamDefaultReader<Uint8Array>): Chunks {
  const buffer = new Uint8Array(CHUNK_BYTES)
  let rest: Uint8Array = new Uint8Array(0)
  return {
    next: async () => {
      let length = 0
      while (length < CHUNK_BYTES) {
        if (rest.length === 0) {
          const { value, done } = await reader.read()
          if (done) break
          rest = value
        }
        const taken = rest.subarray(0, CHUNK_BYTES - length)
        buffer.set(taken, length)
        length += taken.length
        rest = rest.subarray(taken.length)
      }
      return length > 0 ? buffer.subarray(0, length) : undefined
    },
    cancel: () => reader.cancel().catch(() => undefined),
  }
}

/**
 * Pieces of blobs one after the other, read a chunk at a time as the reader takes them. They stay readable until then,
 * even if what they belong to is deleted meanwhile. The stream knows its length, so that an answer can tell it.
 */
export function streamPieces(ctx: Ctx, pieces: readonly Piece[]): ReadableStream<Uint8Array> {
  const pinned = [...new Set(pieces.map(piece => piece.blob))]
  for (const blob of pinned) pinBlob(ctx, blob)
  const length = pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0)
  const { readable, writable } = new FixedLengthStream(length)
  const writer = writable.getWriter()
  // It fails when the reader goes away, and the reader hears of it when what is read has.
  void pump(ctx, pieces, writer)
    .catch(error => writer.abort(error).catch(() => undefined))
    .finally(() => {
      for (const blob of pinned) unpinBlob(ctx, blob)
    })
  return readable
}

type Writer = WritableStreamDefaultWriter<Uint8Array>

async function pump(ctx: Ctx, pieces: readonly Piece[], writer: Writer): Promise<void> {
  for (const piece of pieces) {
    for (let from = piece.from; from < piece.to; ) {
      // Another blob may have its number.
      if (ctx.erased) throw erasedMeanwhile()
      const chunk = readChunk(ctx, { ...piece, from })
      from += chunk.length
      await writer.write(chunk)
      endChunk(chunk)
    }
  }
  await writer.close()
}
