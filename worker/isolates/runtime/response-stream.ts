import type { Writable } from 'node:stream'
import type { Channel } from './channel.ts'

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
const HTTP_INTEGRATION = 'application/vnd.awslambda.http-integration-response'
/** AWS's separator of prelude and body. */
const SEPARATOR = new Uint8Array(8)

export type StreamingHandler = (event: unknown, stream: Writable, context: unknown) => unknown

type ResponseStream = Writable & {
  setContentType(type: string): void
  /** Runs before the first byte: the prelude of an HTTP response goes out there. */
  onBeforeFirstWrite?: (write: (chunk: Uint8Array | string) => void) => void
}

/** `awslambda`, the global by which a function says that it streams. */
export function installStreaming(): void {
  const streamifyResponse = (handler: StreamingHandler, options?: { highWaterMark?: number }) =>
    Object.assign(handler, { [STREAMING]: 'response', options })
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: { from: withPrelude } } })
}

export function isStreaming(handler: object): boolean {
  return Reflect.get(handler, STREAMING) === 'response'
}

function withPrelude(stream: ResponseStream, prelude: unknown): ResponseStream {
  stream.setContentType(HTTP_INTEGRATION)
  stream.onBeforeFirstWrite = write => {
    write(JSON.stringify(prelude))
    write(SEPARATOR)
  }
  return stream
}

/** The stream that a streaming handler gets: every chunk is on its way when it is written. */
export function createResponseStream(channel: Channel): ResponseStream {
  let started = false
  let contentType: string | undefined
  const sendChunk = (chunk: Uint8Array | string): void => {
    channel.send({ chunk: Buffer.from(chunk as Uint8Array).toString('base64') })
  }
  const start = (): void => {
    if (started) return
    started = true
    if (contentType !== undefined) channel.send({ stream: { contentType } })
    stream.onBeforeFirstWrite?.(sendChunk)
  }
  const { Writable: NodeWritable } = process.getBuiltinModule('node:stream')
  const writable = new NodeWritable({
    write(chunk: Uint8Array, _encoding, done) {
      start()
      if (chunk.length > 0) sendChunk(chunk)
      done()
    },
    final(done) {
      start()
      done()
    },
  })
  const setContentType = (type: string): void => {
    contentType = type
  }
  const stream: ResponseStream = Object.assign(writable, { setContentType })
  return stream
}
