import { createHash } from 'node:crypto'
import { decodeChunked } from '../../aws/wire/chunked.ts'
import { chunkInspector, type ChunkInspector } from '../../aws/sigv4/chunks.ts'
import { chunkMismatch, payloadMismatch } from '../../aws/sigv4/refusals.ts'
import type { Verified } from './authentication.ts'
import type { OperationRequest } from '../kernel/object/operation.ts'

type Unframed = { input: Record<string, unknown>; trailers?: Promise<Record<string, string>> | undefined }

/**
 * Takes the aws-chunked framing off a body, here where it is read, and follows it with what a verified signature says
 * of it: a body that is not what was signed fails at its end, or at the chunk that is not. A small body came without
 * framing, its trailers beside it.
 */
export function unframe({ input, http }: OperationRequest, verified?: Verified): Unframed {
  if (http?.trailers) return { input, trailers: Promise.resolve(http.trailers) }
  const member = http?.body ?? 'Body'
  const raw = streamOf(input[member], http?.chunked !== undefined)
  if (!raw) return { input }
  const source = verified ? hashed(raw, verified) : raw
  if (!http?.chunked) return { input: source === raw ? input : { ...input, [member]: source } }
  const { stream, trailers } = decodeChunked(source, http.chunked.decodedLength, verified && inspectorOf(verified))
  return { input: { ...input, [member]: stream }, trailers }
}

function streamOf(body: unknown, chunked: boolean): ReadableStream<Uint8Array> | undefined {
  if (body instanceof ReadableStream) return body
  return chunked && body instanceof Uint8Array ? new Blob([body]).stream() : undefined
}

/** A stream that fails at its end unless it was what its hash says; one hashed already, or not at all, as it is. */
function hashed(stream: ReadableStream<Uint8Array>, { proof }: Verified): ReadableStream<Uint8Array> {
  const { stated, computed } = proof.payload
  if (computed !== undefined || !/^[0-9a-f]{64}$/i.test(stated)) return stream
  const hash = createHash('sha256')
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        hash.update(bytes)
        controller.enqueue(bytes)
      },
      flush() {
        const digest = hash.digest('hex')
        if (digest !== stated.toLowerCase()) throw payloadMismatch(stated, digest)
      },
    }),
  )
}

function inspectorOf({ proof, accessKeyId, verify }: Verified): ChunkInspector | undefined {
  const { algorithm, scope, time, signature, payload } = proof
  if (!payload.stated.startsWith('STREAMING-AWS4-')) return undefined
  const trailer = payload.stated.endsWith('-TRAILER')
  const seed = { algorithm, scope, time, signature, trailer, verify }
  return chunkInspector(seed, (stringToSign, given) => chunkMismatch(accessKeyId, stringToSign, given))
}
