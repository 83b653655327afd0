import type { RequestHeaders } from './headers.ts'
import { AwsError } from '../errors.ts'
import { decodeChunked, isChunked, unchunk } from './chunked.ts'
import { serialization } from './refusals.ts'
import type { Decoded, WireRequest } from './types.ts'

/** Most that a compressed body may unfold to. */
const MOST_UNFOLDED = 70_167_211

/** A request's whole body without its framing and its compression. @throws AwsError */
export async function plainBody(request: WireRequest): Promise<Uint8Array> {
  const { headers } = request
  const raw = await request.body()
  const body = isChunked(headers) && raw.length > 0 ? unchunk(raw, decodedLength(headers)).data : raw
  const gzipped = (headers.get('content-encoding') ?? '').split(',').some(encoding => encoding.trim() === 'gzip')
  return gzipped ? await unfold(body) : body
}

async function unfold(body: Uint8Array): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream('gzip'))
    for await (const chunk of stream) {
      length += chunk.length
      if (length > MOST_UNFOLDED) break
      chunks.push(chunk)
    }
  } catch {
    throw serialization('The body is not in gzip format')
  }
  if (length > MOST_UNFOLDED) throw new AwsError('RequestEntityTooLarge', 'Request Entity Too Large', 413)
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** The body of an operation that streams it, without its framing. */
export type StreamedBody = Pick<Decoded, 'trailers' | 'contentLength' | 'chunked'> & {
  body: ReadableStream<Uint8Array> | Uint8Array
}

export function streamedBody(request: WireRequest): StreamedBody {
  const { headers, stream } = request
  const chunked = isChunked(headers)
  const length = chunked ? decodedLength(headers) : lengthIn(headers, 'content-length')
  const contentLength = length === undefined ? {} : { contentLength: length }
  if (!stream) return { body: new Uint8Array(0), contentLength: 0 }
  if (!chunked) return { body: stream, ...contentLength }
  if (request.keepFraming) {
    return { body: stream, ...contentLength, chunked: length === undefined ? {} : { decodedLength: length } }
  }
  const unchunked = decodeChunked(stream, length)
  return { body: unchunked.stream, trailers: unchunked.trailers, ...contentLength }
}

/** Length of the data within aws-chunked framing, when declared. */
export function decodedLength(headers: RequestHeaders): number | undefined {
  return lengthIn(headers, 'x-amz-decoded-content-length')
}

function lengthIn(headers: RequestHeaders, name: string): number | undefined {
  const text = headers.get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
