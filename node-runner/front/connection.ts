import { connect, type Socket } from 'node:net'
import { readRequestHead, readResponseHead } from './head.ts'
import { linger } from './linger.ts'
import { Malformed, refusal } from './malformed.ts'
import { createMessageReader, type MessageReader, phaseOf, readMessages, resumeMessages, takeHeld } from './messages.ts'
import { type ConnectionOptions, proven } from './proof.ts'
import { refuseTooLarge, TooLarge } from './too-large.ts'

/** A head must be whole within that time, in milliseconds. */
const HEAD_MS = 30_000
/** A connection on which nothing is asked, or a body that stands still. */
const IDLE_MS = 75_000
/** workerd ends idle connections after 5 s; ending ours before keeps a request from meeting its end on the way. */
const WORKER_IDLE_MS = 4000
/** A client that has ended its side gets what comes within that time; then it counts as gone. */
const HALF_OPEN_MS = 250

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/** A request whose response is not complete. */
type Exchange = {
  head: boolean
  upgrade: boolean
  /** The connection ends with it. */
  close: boolean
  /** It waits for `100 Continue` behind an earlier one. */
  waits: boolean
  answering: boolean
  chunkedHead: Buffer | undefined
}

type Connection = ConnectionOptions & {
  client: Socket
  worker: Socket | undefined
  requests: MessageReader
  /** Oldest first. */
  exchanges: Exchange[]
  /** After a switch of protocols bytes are bytes. */
  tunnel: boolean
  headTimer: NodeJS.Timeout | undefined
  /** What is said once all that came before has been answered. */
  refusal: Malformed | undefined
}

/**
 * Passes the bytes of one client's connection to the Worker and back. Looks into heads alone, and follows bodies only
 * to find where the next head begins. The Worker's connection is opened when a request has come, and there may be
 * several in a row for one of the client's.
 */
export function serveConnection(client: Socket, options: ConnectionOptions): void {
  const connection: Connection = {
    ...options,
    client,
    worker: undefined,
    requests: createMessageReader({
      onHead: bytes => admit(connection, bytes),
      onBody: bytes => toWorker(connection, bytes),
      onEnd: () => connection.exchanges.at(-1)?.upgrade === true,
    }),
    exchanges: [],
    tunnel: false,
    headTimer: undefined,
    refusal: undefined,
  }
  client.on('data', (piece: Buffer) => onClientData(connection, piece))
  client.on('drain', () => connection.worker?.resume())
  client.on('end', () => onClientEnd(connection))
  client.on('error', () => client.destroy())
  client.on('close', () => abandon(connection))
  client.setTimeout(IDLE_MS, () => {
    if (!connection.tunnel && !isWaiting(connection)) client.destroy()
  })
}

/** The requests are whole, and the answer is the Worker's to give. */
function isWaiting({ exchanges, requests }: Connection): boolean {
  return exchanges.length > 0 && phaseOf(requests) !== 'body'
}

function admit(connection: Connection, bytes: Buffer) {
  const { client, exchanges, peer, mostBody, inside } = connection
  const head = readRequestHead(bytes, peer, mostBody)
  // Told at once, unless an earlier answer would be torn apart.
  const waits = head.expectsContinue && exchanges.length > 0
  if (head.expectsContinue && !waits) client.write(CONTINUE)
  const { upgrade, close, chunkedHead } = head
  exchanges.push({ head: head.method === 'HEAD', upgrade, close, waits, answering: false, chunkedHead })
  toWorker(connection, proven(head.bytes, inside))
  return head.body
}

function toWorker(connection: Connection, bytes: Buffer): void {
  connection.worker ??= connectWorker(connection)
  if (!connection.worker.write(bytes)) connection.client.pause()
}

function onClientData(connection: Connection, piece: Buffer): void {
  const { client, requests, tunnel } = connection
  if (connection.refusal) return
  if (tunnel) {
    toWorker(connection, piece)
    return
  }
  // A head and its body go on together.
  const { worker } = connection
  worker?.cork()
  try {
    readMessages(requests, piece)
  } catch (error) {
    refuse(connection, error)
    return
  } finally {
    worker?.uncork()
  }
  if (phaseOf(requests) === 'held') client.pause()
  watchHead(connection)
}

function watchHead(connection: Connection): void {
  const wanted = phaseOf(connection.requests) === 'head'
  if (wanted === (connection.headTimer !== undefined)) return
  clearTimeout(connection.headTimer)
  const late = () => refuse(connection, new Malformed('the headers took too long', 408))
  connection.headTimer = wanted ? setTimeout(late, HEAD_MS) : undefined
}

function onClientEnd(connection: Connection): void {
  const { client, exchanges, tunnel, worker } = connection
  if (tunnel) {
    worker?.end()
    return
  }
  if (!isWaiting(connection)) {
    client.destroy()
    return
  }
  setTimeout(() => {
    if (!exchanges[0]?.answering) client.destroy()
  }, HALF_OPEN_MS)
}

function connectWorker(connection: Connection): Socket {
  const { client } = connection
  const worker = connect({ host: '127.0.0.1', port: connection.port, noDelay: true })
  let interim = false
  const responses = createMessageReader({
    onHead: bytes => {
      const head = readResponseHead(bytes, connection.exchanges[0]?.head === true)
      interim = head.status < 200 && head.status !== 101
      onAnswer(connection, head)
      return head.body
    },
    onBody: () => {},
    onEnd: rest => (interim ? false : onAnswered(connection, rest)),
  })
  worker.on('data', (piece: Buffer) => {
    if (!client.write(piece)) worker.pause()
    if (connection.tunnel) return
    try {
      readMessages(responses, piece)
    } catch {
      client.destroy()
    }
  })
  worker.on('drain', () => client.resume())
  worker.on('error', (error: NodeJS.ErrnoException) => onWorkerError(connection, error))
  worker.on('close', () => onWorkerClose(connection, worker))
  worker.setTimeout(WORKER_IDLE_MS, () => {
    if (connection.exchanges.length === 0 && phaseOf(connection.requests) !== 'body') worker.destroy()
  })
  return worker
}

function onAnswer(connection: Connection, { status, close }: { status: number; close: boolean }): void {
  const [exchange] = connection.exchanges
  if (exchange === undefined) return
  exchange.answering = true
  exchange.close ||= close
  if (status !== 101) return
  connection.tunnel = true
  connection.client.setTimeout(0)
  const early = takeHeld(connection.requests)
  if (early.length > 0) toWorker(connection, early)
  connection.client.resume()
}

/** @param rest how many bytes of the next answer have already been passed on */
function onAnswered(connection: Connection, rest: number): boolean {
  const { client, exchanges, tunnel, requests } = connection
  if (tunnel) return true
  const exchange = exchanges.shift()
  const [next] = exchanges
  if (exchange?.close || (client.readableEnded && next === undefined)) client.end()
  else if (connection.refusal && next === undefined) say(connection, connection.refusal)
  if (next?.waits && rest === 0) client.write(CONTINUE)
  if (phaseOf(requests) === 'held' && next === undefined) {
    client.resume()
    try {
      resumeMessages(requests)
    } catch (error) {
      refuse(connection, error)
    }
  }
  return false
}

/** Nothing listens while workerd is being restarted: said at once, as nothing was done yet. */
function onWorkerError(connection: Connection, { code }: NodeJS.ErrnoException): void {
  if (code === 'ECONNREFUSED') say(connection, new Malformed('the emulator is restarting', 503))
}

function onWorkerClose(connection: Connection, worker: Socket): void {
  if (connection.worker !== worker) return
  connection.worker = undefined
  const { client, exchanges, requests } = connection
  if (exchanges.length > 0) client.end(() => client.destroy())
  // It answered before it had read the whole body, and reads no more of it.
  else if (phaseOf(requests) === 'body') linger(client)
}

/** Answers what is no HTTP, or too much, after what was asked before it; it never stands within another answer. */
function refuse(connection: Connection, error: unknown): void {
  if (!(error instanceof Malformed || error instanceof TooLarge)) throw error
  const { client, exchanges, requests, port, inside } = connection
  const own = phaseOf(requests) === 'body' ? 1 : 0
  const head = exchanges[0]?.chunkedHead
  if (own === 0 && exchanges.length > 0 && error instanceof Malformed) connection.refusal = error
  else if (exchanges.length > own || exchanges[0]?.answering) client.destroy()
  else if (error instanceof Malformed) say(connection, error)
  else if (head) {
    abandon(connection)
    refuseTooLarge(client, port, proven(head, inside))
  }
}

function say(connection: Connection, { status, message }: Malformed): void {
  const { client } = connection
  client.write(refusal(status, message))
  abandon(connection)
  linger(client)
}

/** A reset, not an end: only that makes workerd cancel what it is doing for a client that is gone. */
function abandon(connection: Connection): void {
  clearTimeout(connection.headTimer)
  const { worker } = connection
  connection.worker = undefined
  worker?.resetAndDestroy()
}
