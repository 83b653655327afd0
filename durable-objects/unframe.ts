import { decodeChunked } from '../worker/protocol/chunked.ts'
import type { OperationRequest } from './operation.ts'

type Unframed = { input: Record<string, unknown>; trailers?: Promise<Record<string, string>> | undefined }

/**
 * Takes the aws-chunked framing off a streamed body, here where it is read. A small body came without it, its
 * trailers beside it.
 */
export function unframe({ input, http }: OperationRequest): Unframed {
  if (http?.trailers) return { input, trailers: Promise.resolve(http.trailers) }
  if (!http?.chunked || !(input.Body instanceof ReadableStream)) return { input }
  const { stream, trailers } = decodeChunked(input.Body, http.chunked.decodedLength)
  return { input: { ...input, Body: stream }, trailers }
}
