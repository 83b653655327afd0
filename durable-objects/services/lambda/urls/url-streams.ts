import type { Frame } from '../../../shared/functions/contract.ts'
import { type Head, headOf } from './url-responses.ts'

/** What a streaming handler sets when it has written a prelude: status and headers as JSON, then eight zero bytes. */
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response'
const SEPARATOR_BYTES = 8
const OCTET_STREAM = 'application/octet-stream'

/** A function's response on its way: its head as soon as that is known, then its bytes. */
export type UrlStream = {
  /** Undefined when the function ended without a head that can be sent. */
  head: Promise<Head | undefined>
  stream: ReadableStream<Uint8Array>
  take(frame: Frame): void
  end(): void
}

/** Reads the frames of an invocation as an HTTP response that streams. */
export function urlStream(): UrlStream {
  const head = Promise.withResolvers<Head | undefined>()
  const out = byteStream()
  let contentType: string | undefined
  let held: Uint8Array<ArrayBuffer> | undefined = new Uint8Array(0)
  const begin = (found: Head | undefined, rest: Uint8Array) => {
    held = undefined
    head.resolve(found)
    if (rest.byteLength > 0) out.send(rest)
  }
  const takeChunk = (chunk: Uint8Array) => {
    if (held === undefined) return out.send(chunk)
    if (contentType !== HTTP_INTEGRATION) return begin(plainHead(contentType), chunk)
    held = joined(held, chunk)
    const at = separatorIn(held)
    if (at !== undefined) begin(preludeOf(held.subarray(0, at)), held.slice(at + SEPARATOR_BYTES))
  }
  return {
    head: head.promise,
    stream: out.stream,
    take(frame) {
      if ('stream' in frame) contentType = frame.stream.contentType
      else if ('chunk' in frame) takeChunk(new Uint8Array(Buffer.from(frame.chunk, 'base64')))
      else if ('result' in frame) {
        if (!frame.result.streamed) takeChunk(new TextEncoder().encode(frame.result.payload))
        else if (held !== undefined && contentType !== HTTP_INTEGRATION)
          begin(plainHead(contentType), new Uint8Array(0))
      }
    },
    end() {
      head.resolve(undefined)
      out.end()
    },
  }
}

const plainHead = (contentType = OCTET_STREAM): Head => ({ status: 200, headers: [['content-type', contentType]] })

function preludeOf(bytes: Uint8Array): Head | undefined {
  try {
    return headOf(JSON.parse(new TextDecoder().decode(bytes)), OCTET_STREAM)
  } catch {
    return undefined
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.byteLength + second.byteLength)
  whole.set(first)
  whole.set(second, first.byteLength)
  return whole
}

/** Where the eight zero bytes begin; undefined as long as they have not come. */
function separatorIn(bytes: Uint8Array): number | undefined {
  let zeros = 0
  for (let at = 0; at < bytes.byteLength; at++) {
    zeros = bytes[at] === 0 ? zeros + 1 : 0
    if (zeros === SEPARATOR_BYTES) return at - SEPARATOR_BYTES + 1
  }
  return undefined
}

export type ByteStream = { stream: ReadableStream<Uint8Array>; send(bytes: Uint8Array): void; end(): void }

/** Bytes as they become known; a reader that has gone away does not stop who writes them. */
export function byteStream(): ByteStream {
  let controller: ReadableByteStreamController | undefined
  const stream = new ReadableStream({
    type: 'bytes',
    start: begun => {
      controller = begun
    },
    cancel: () => {
      controller = undefined
    },
  })
  return {
    stream,
    send: bytes => controller?.enqueue(bytes),
    end: () => controller?.close(),
  }
}
