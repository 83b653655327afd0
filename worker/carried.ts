import type { RequestHeaders } from '../aws/wire/headers.ts'
import type { HttpFacts } from '../durable-objects/kernel/object/operation.ts'
import { parseArn } from '../aws/arn.ts'
import { asStreams, largeMembers } from '../durable-objects/kernel/object/large-bytes.ts'
import { unchunk } from '../aws/wire/chunked.ts'
import type { Decoded, WireRequest } from '../aws/wire/types.ts'

/** Bodies up to this size travel to their object as bytes, larger ones as a stream. */
export const SMALL_BODY = 256 * 1024

type Origin = {
  wire: WireRequest
  baseUrl: string
  region: string
  sourceIp: string
  /** Small bodies keep their framing too: their chunks' signatures are to be verified. */
  framed: boolean
}

/** How an operation's body travels: which member has it, if it streams one, and whether it goes as a stream. */
export function bodyOf({ input }: Decoded, { stream, headers }: WireRequest): { member?: string; streams: boolean } {
  const member = stream ? Object.keys(input).find(name => input[name] === stream) : undefined
  if (member === undefined) return { streams: false }
  const declared = headers.get('content-length')
  return { member, streams: declared === null || Number(declared) > SMALL_BODY }
}

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
  const facts = { ...factsOf(decoded, origin), ...(showsHeaders(input) && { headers: shownHeaders(wire.headers) }) }
  const { member, streams } = bodyOf(decoded, wire)
  if (member === undefined) {
    const large = largeMembers(input)
    return large ? { input: asStreams(input, large), http: { ...facts, large } } : { input, http: facts }
  }
  const http = { ...facts, body: member, headers: digestHeaders(wire.headers) }
  if (streams) return { input, http: { ...http, chunked: decoded.chunked } }
  const raw = await wire.body()
  if (!decoded.chunked) return { input: { ...input, [member]: raw }, http: { ...http, contentLength: raw.length } }
  if (origin.framed) return { input: { ...input, [member]: raw }, http: { ...http, chunked: decoded.chunked } }
  const { data, trailers } = unchunk(raw, decoded.chunked.decodedLength)
  return { input: { ...input, [member]: data }, http: { ...http, contentLength: data.length, trailers } }
}

function factsOf(decoded: Decoded, { wire, baseUrl, region, sourceIp }: Origin): HttpFacts {
  const { headers } = wire
  return {
    baseUrl,
    host: wire.host,
    region,
    sourceIp,
    userAgent: headers.get('user-agent') ?? '',
    origin: headers.get('origin') ?? undefined,
    contentLength: decoded.contentLength,
  }
}

/** Headers that say how to check a streamed body, which no model binds. */
const DIGEST_HEADERS = ['x-amz-content-sha256', 'x-amz-trailer']

function digestHeaders(headers: RequestHeaders): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of DIGEST_HEADERS) {
    const value = headers.get(name)
    if (value !== null) found[name] = value
  }
  return found
}

/** Object Lambda tells its function of the whole request. */
const showsHeaders = ({ Bucket }: Record<string, unknown>) =>
  typeof Bucket === 'string' && parseArn(Bucket)?.service === 's3-object-lambda'

const shownHeaders = (headers: RequestHeaders) =>
  Object.fromEntries(
    [...headers].filter(([name]) => !/^(?:authorization|x-fakecloud-.*|x-amz-security-token)$/.test(name)),
  )
