import type { RequestHeaders } from './headers.ts'
import { AwsError } from '../errors.ts'
import type { ChunkInspector } from '../sigv4/chunks.ts'

export type Unchunked = {
  stream: ReadableStream<Uint8Array>
  /** Trailers by lower-case name, once the stream has ended; rejects when it was malformed. */
  trailers: Promise<Record<string, string>>
}

const INCOMPLETE = 'The request body terminated unexpectedly'
const WRONG_LENGTH = 'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header'

const incomplete = (message: string) => new AwsError('IncompleteBody', message, 400)

/** Lines that frame the data: a chunk's header with its signature, or a trailer. */
const LONGEST_LINE = 16_384
const MOST_TRAILERS = 64

const LINE_FEED = 10

type Framing = {
  expects: 'header' | 'data' | 'end of data' | 'trailer' | 'nothing'
  /** Bytes of the chunk still to come. */
  left: number
  line: string
  total: number
  trailers: Record<string, string>
  /** What the chunk's header states as its signature. */
  signature: string | undefined
  inspector: ChunkInspector | undefined
}

const framingOf = (inspector?: ChunkInspector): Framing => ({
  expects: 'header',
  left: 0,
  line: '',
  total: 0,
  trailers: {},
  signature: undefined,
  inspector,
})

/** Whether a body is in aws-chunked framing, as S3's clients send uploads. */
export function isChunked(headers: RequestHeaders): boolean {
  const digest = headers.get('x-amz-content-sha256') ?? ''
  const encodings = headers.get('content-encoding') ?? ''
  return digest.startsWith('STREAMING-') || encodings.split(',').some(encoding => encoding.trim() === 'aws-chunked')
}

/**
 * Takes aws-chunked framing off a stream, signed or not.
 * @param decodedLength bytes of data that the client promised, if it did
 * @param inspector verifies the chunks' signatures
 */
export function decodeChunked(
  source: ReadableStream<Uint8Array>,
  decodedLength?: number,
  inspector?: ChunkInspector,
): Unchunked {
  const framing = framingOf(inspector)
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, string>>()
  // Whoever reads the stream sees its failure; the trailers may have no reader.
  promise.catch(() => undefined)
  const guarded = (work: () => void) => {
    try {
      work()
    } catch (error) {
      reject(error)
      throw error
    }
  }
  const transform = new TransformStream<Uint8Array, Uint8Array>({
    transform: (bytes, controller) => guarded(() => take(framing, bytes, data => controller.enqueue(data))),
    flush: () => guarded(() => resolve(finish(framing, decodedLength))),
  })
  const stream = source.pipeThrough(transform)
  return { stream, trailers: promise }
}

/** A body that was in aws-chunked framing. */
export type Unframed = {
  data: Uint8Array
  trailers: Record<string, string>
}

/** Takes the framing off a body that is already whole. @throws AwsError IncompleteBody */
export function unchunk(body: Uint8Array, decodedLength?: number): Unframed {
  const framing = framingOf()
  const data = new Uint8Array(body.length)
  let length = 0
  take(framing, body, bytes => {
    data.set(bytes, length)
    length += bytes.length
  })
  const trailers = finish(framing, decodedLength)
  return { data: data.subarray(0, length), trailers }
}

function take(framing: Framing, bytes: Uint8Array, emit: (data: Uint8Array) => void): void {
  let at = 0
  while (at < bytes.length && framing.expects !== 'nothing') {
    if (framing.expects === 'data') {
      const end = Math.min(at + framing.left, bytes.length)
      takeData(framing, bytes.subarray(at, end), emit)
      at = end
      continue
    }
    const end = bytes.indexOf(LINE_FEED, at)
    framing.line += latin1(bytes.subarray(at, end < 0 ? bytes.length : end))
    if (framing.line.length > LONGEST_LINE) throw incomplete('The chunk header is too long')
    if (end < 0) return
    at = end + 1
    const line = framing.line.replace(/\r$/, '')
    framing.line = ''
    takeLine(framing, line)
  }
}

function takeData(framing: Framing, data: Uint8Array, emit: (data: Uint8Array) => void): void {
  framing.inspector?.data(data)
  framing.left -= data.length
  framing.total += data.length
  if (framing.left === 0) {
    framing.inspector?.end(framing.signature)
    framing.expects = 'end of data'
  }
  emit(data)
}

const decoder = new TextDecoder('latin1')
const latin1 = (bytes: Uint8Array) => decoder.decode(bytes)

function takeLine(framing: Framing, line: string): void {
  if (framing.expects === 'end of data') {
    if (line !== '') throw incomplete('A chunk is longer than its header says')
    framing.expects = 'header'
    return
  }
  if (framing.expects === 'header') {
    takeHeader(framing, line)
    return
  }
  if (line === '') {
    framing.expects = 'nothing'
    return
  }
  const colon = line.indexOf(':')
  if (colon < 1 || Object.keys(framing.trailers).length >= MOST_TRAILERS) throw incomplete('A trailer is malformed')
  const name = line.slice(0, colon).trim().toLowerCase()
  if (name !== '__proto__') framing.trailers[name] = line.slice(colon + 1).trim()
}

function takeHeader(framing: Framing, line: string): void {
  const header = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-fA-F*]{0,256}))?\s*$/.exec(line)
  if (!header?.[1]) throw incomplete('A chunk header is malformed')
  const size = Number.parseInt(header[1], 16)
  framing.signature = header[2]
  if (size === 0) framing.inspector?.end(framing.signature)
  framing.left = size
  framing.expects = size === 0 ? 'trailer' : 'data'
}

/** Some clients end after the last chunk's header, or after its trailers, without the empty line. */
function finish(framing: Framing, decodedLength: number | undefined): Record<string, string> {
  if (framing.line !== '') takeLine(framing, framing.line)
  if (framing.expects !== 'trailer' && framing.expects !== 'nothing') throw incomplete(INCOMPLETE)
  if (decodedLength !== undefined && framing.total !== decodedLength) throw incomplete(WRONG_LENGTH)
  framing.inspector?.trailers(Object.entries(framing.trailers))
  return framing.trailers
}
