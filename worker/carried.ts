import type { HttpFacts } from '../durable-objects/operation.ts'
import { unchunk } from './protocol/chunked.ts'
import type { Decoded, WireRequest } from './protocol/types.ts'

/** Bodies up to this size travel to their object as bytes, larger ones as a stream. */
const SMALL_BODY = 256 * 1024

type Origin = { wire: WireRequest; baseUrl: string; region: string }

/**
 * An operation's input as it travels to its object: a small body as bytes, a large one as the raw stream with a word
 * on its framing, so that it crosses once and is unframed where it is read.
 */
export async function carried(
  decoded: Decoded,
  origin: Origin,
): Promise<{ input: Record<string, unknown>; http: HttpFacts }> {
  const { input } = decoded
  const { wire } = origin
  const http = factsOf(decoded, origin)
  const streamed = wire.stream && Object.keys(input).find(name => input[name] === wire.stream)
  if (!streamed) return { input, http }
  const declared = wire.headers.get('content-length')
  if (declared === null || Number(declared) > SMALL_BODY) {
    return { input, http: { ...http, chunked: decoded.chunked } }
  }
  const raw = await wire.body()
  if (!decoded.chunked) return { input: { ...input, [streamed]: raw }, http: { ...http, contentLength: raw.length } }
  const { data, trailers } = unchunk(raw, decoded.chunked.decodedLength)
  return { input: { ...input, [streamed]: data }, http: { ...http, contentLength: data.length, trailers } }
}

function factsOf(decoded: Decoded, { wire, baseUrl, region }: Origin): HttpFacts {
  const { headers } = wire
  return {
    baseUrl,
    host: wire.host,
    region,
    sourceIp: headers.get('cf-connecting-ip') ?? headers.get('x-forwarded-for') ?? '127.0.0.1',
    userAgent: headers.get('user-agent') ?? '',
    origin: headers.get('origin') ?? undefined,
    contentLength: decoded.contentLength,
  }
}
