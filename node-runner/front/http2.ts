import { Agent, type IncomingMessage, request } from 'node:http'
import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { HALF_OPEN_MS, IDLE_MS, serveConnection } from './connection.ts'
import { MAX_HEAD_BYTES } from './messages.ts'
import type { ConnectionOptions } from './proof.ts'
import type { Client } from './turns.ts'

/**
 * Requests at a time on a connection. Node counts those that have just ended too, and refuses what comes beyond: far more
 * than clients have.
 */
const MOST_STREAMS = 1000
/** Of all that one connection may hold in memory, in megabytes. */
const MOST_MEMORY_MB = 16

/**
 * Serves a client that speaks HTTP/2 (the AWS SDK for JavaScript to Kinesis does so always): each of its requests goes
 * on as one of HTTP/1.1, in this process, to what serves those.
 */
export function serveHttp2(socket: Socket, options: ConnectionOptions): void {
  const agent = agentOf(options)
  const session = performServerHandshake(socket, {
    maxSessionMemory: MOST_MEMORY_MB,
    maxSessionRejectedStreams: MOST_STREAMS,
    settings: {
      maxConcurrentStreams: MOST_STREAMS,
      maxHeaderListSize: MAX_HEAD_BYTES,
    },
  })
  const open = new Set<ServerHttp2Stream>()
  session.on('stream', (stream, headers) => {
    open.add(stream)
    stream.once('close', () => open.delete(stream))
    pass(stream, headers, agent)
  })
  session.on('error', () => socket.destroy())
  // A client that ends its side asks nothing more, and has most likely gone.
  socket.once('end', () => {
    session.close()
    setTimeout(() => open.forEach(giveUp), HALF_OPEN_MS)
  })
  session.once('close', () => agent.destroy())
  session.setTimeout(IDLE_MS, () => open.size === 0 && session.close())
}

/** Unless its answer is on its way. */
function giveUp(stream: ServerHttp2Stream): void {
  if (!stream.headersSent) stream.close(constants.NGHTTP2_CANCEL)
}

/** Connects to what serves HTTP/1.1 without leaving the process. */
function agentOf(options: ConnectionOptions): Agent {
  const connect = () => {
    const [near, far] = duplexPair()
    tie(near, far)
    tie(far, near)
    serveConnection(untimed(far), options)
    return Object.assign(near, { ref: () => {} })
  }
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MOST_STREAMS })
  // Sockets alone can be asked whether they are alive.
  return Object.assign(agent, { createConnection: connect, keepSocketAlive: () => true })
}

function tie(one: Duplex, other: Duplex): void {
  one.once('close', () => other.destroy())
  one.on('error', () => {})
}

/** The client's own connection has the timer. */
const untimed = (stream: Duplex): Client => Object.assign(stream, { setTimeout: () => {} })

/** What concerns one connection alone, and is none of HTTP/2's: https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2 */
const OWN = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te'])

const passed = (headers: IncomingHttpHeaders | IncomingMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OWN.has(name)))

function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, agent: Agent): void {
  const { ':method': method = '', ':path': path, ':authority': authority = headers.host ?? '' } = headers
  stream.on('error', () => {})
  if (path === undefined || method === 'CONNECT') {
    refuse(stream, 501)
    return
  }
  const bodiless = stream.endAfterHeaders
  const framed = bodiless || headers['content-length'] !== undefined ? {} : { 'transfer-encoding': 'chunked' }
  try {
    const sent = request({ agent, method, path, headers: { ...passed(headers), host: authority, ...framed } })
    follow(stream, sent)
    if (bodiless) sent.end()
    else stream.pipe(sent)
  } catch {
    // What Node takes for no header or path of HTTP/1.1.
    refuse(stream, 400)
  }
}

function follow(stream: ServerHttp2Stream, sent: ReturnType<typeof request>): void {
  let whole = false
  sent.once('continue', () => stream.additionalHeaders({ ':status': constants.HTTP_STATUS_CONTINUE }))
  sent.once('response', response => {
    if (stream.destroyed) return
    stream.respond({ ':status': response.statusCode ?? 500, ...passed(response.headers) })
    response.pipe(stream)
    response.once('end', () => {
      whole = true
    })
    response.once('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    // Answered before the whole body was read: no more of it is wanted.
    stream.once('finish', () => !stream.readableEnded && stream.close(constants.NGHTTP2_NO_ERROR))
  })
  // Its worker died; after an answer it is the rest of a body that nobody reads.
  sent.on('error', () => !stream.headersSent && stream.close(constants.NGHTTP2_INTERNAL_ERROR))
  // A client that gives up ends it in the emulator too.
  stream.once('close', () => !whole && sent.destroy())
}

function refuse(stream: ServerHttp2Stream, status: number): void {
  if (!stream.destroyed && !stream.headersSent) stream.respond({ ':status': status }, { endStream: true })
}
