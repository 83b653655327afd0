import { connect, type Socket } from 'node:net'
import { readRequestHead, readResponseHead } from './head.ts'
import { linger } from './linger.ts'
import { Malformed, refusal } from './malformed.ts'
import { createMessageReader, phaseOf, readMessages, resumeMessages, takeHeld } from './messages.ts'
import { type ConnectionOptions, proven } from './proof.ts'
import { refuseTooLarge, TooLarge } from './too-large.ts'
import { type Client, type Connection, isWaiting, turnTo, workerOf } from './turns.ts'

/** A head must be whole within that time, in milliseconds. */
const HEAD_MS = 30_000
/** A connection on which nothing is asked, or a body that stands still. */
export const IDLE_MS = 75_000
/** workerd ends idle connections after 5 s; ending ours before keeps a request from meeting its end on the way. */
const WORKER_IDLE_MS = 4000
/** A client that has ended its side gets what comes within that time; then it counts as gone. */
export const HALF_OPEN_MS = 250

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

/**
 * Passes the bytes of one client's connection to the Worker and back. Looks into heads alone, and follows bodies only
 * to find where the next head begins. The Worker's connection is opened when a request has come, and there may be
 * several in a row for one of the client's.
 */
export function serveConnection(client: Client, options: ConnectionOptions): void {
  const connection: Connection = {
    ...options,
    client,
    port: 0,
    workers: new Map(),
    starting: false,
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
  client.on('drain', () => {
    // The one that filled it may have lost its turn meanwhile.
    for (const worker of connection.workers.values()) worker.resume()
  })
  client.on('end', () => onClientEnd(connection))
  client.on('error', () => client.destroy())
  client.on('close', () => abandon(connection))
  client.setTimeout(IDLE_MS, () => {
    if (!connection.tunnel && !isWaiting(connection)) client.destroy()
  })
}

function admit(connection: Connection, bytes: Buffer) {
  const { client, exchanges, peer, mostBody, inside, portOf } = connection
  const head = readRequestHead(bytes, peer, mostBody)
  if (!turnTo(connection, portOf(head.sent), failure => goOn(connection, failure))) return 'later'
  // Told at once, unless an earlier answer would be torn apart.
  const waits = head.expectsContinue && exchanges.length > 0
  if (head.expectsContinue && !waits) client.write(CONTINUE)
  const { upgrade, close, chunkedHead } = head
  exchanges.push({ head: head.method === 'HEAD', upgrade, close, waits, answering: false, chunkedHead })
  toWorker(connection, proven(head.bytes, inside))
  return head.body
}

/** The worker for which a request waited listens, or does not. */
function goOn(connection: Connection, failure: Malformed | undefined): void {
  if (failure) refuse(connection, failure)
  else resumeRequests(connection)
}

function toWorker(connection: Connection, bytes: Buffer): void {
  const worker = workerOf(connection) ?? connectWorker(connection, connection.port)
  if (!worker.write(bytes)) connection.client.pause()
}

function onClientData(connection: Connection, piece: Buffer): void {
  if (connection.refusal) return
  if (connection.tunnel) toWorker(connection, piece)
  else readOn(connection, () => readMessages(connection.requests, piece))
}

function readOn(connection: Connection, read: () => void): void {
  // A head and its body go on together.
  const worker = workerOf(connection)
  worker?.cork()
  try {
    read()
  } catch (error) {
    refuse(connection, error)
    return
  } finally {
    worker?.uncork()
  }
  if (phaseOf(connection.requests) === 'held') connection.client.pause()
  watchHead(connection)
}

/** Goes on with requests that were held; one of them may have to wait again. */
function resumeRequests(connection: Connection): void {
  connection.client.resume()
  readOn(connection, () => resumeMessages(connection.requests))
}

function watchHead(connection: Connection): void {
  const wanted = phaseOf(connection.requests) === 'head'
  if (wanted === (connection.headTimer !== undefined)) return
  clearTimeout(connection.headTimer)
  const late = () => refuse(connection, new Malformed('the headers took too long', 408))
  connection.headTimer = wanted ? setTimeout(late, HEAD_MS) : undefined
}

function onClientEnd(connection: Connection): void {
  const { client, exchanges, tunnel } = connection
  if (tunnel) {
    workerOf(connection)?.end()
    return
  }
  if (!isWaiting(connection)) {
    client.destroy()
    return
  }
  setTimeout(() => {
    if (!connection.starting && !exchanges[0]?.answering) client.destroy()
  }, HALF_OPEN_MS)
}

function connectWorker(connection: Connection, port: number): Socket {
  const { client, workers } = connection
  const worker = connect({ host: '127.0.0.1', port, noDelay: true })
  workers.set(port, worker)
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
  worker.on('drain', () => phaseOf(connection.requests) !== 'held' && client.resume())
  worker.on('error', (error: NodeJS.ErrnoException) => onWorkerError(connection, error))
  worker.on('close', () => workers.get(port) === worker && onWorkerClose(connection, port))
  worker.setTimeout(WORKER_IDLE_MS, () => {
    const busy = connection.exchanges.length > 0 || phaseOf(connection.requests) === 'body'
    if (busy && connection.port === port) return
    // What is asked before it is closed opens another.
    workers.delete(port)
    worker.destroy()
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
  if (phaseOf(requests) === 'held' && next === undefined && !connection.starting) resumeRequests(connection)
  return false
}

/** Nothing listens while workerd is being restarted: said at once, as nothing was done yet. */
function onWorkerError(connection: Connection, { code }: NodeJS.ErrnoException): void {
  if (code === 'ECONNREFUSED') say(connection, new Malformed('the emulator is restarting', 503))
}

function onWorkerClose(connection: Connection, port: number): void {
  const { client, exchanges, requests, workers } = connection
  workers.delete(port)
  if (connection.port !== port) return
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
  const { workers } = connection
  const open = [...workers.values()]
  workers.clear()
  for (const worker of open) worker.resetAndDestroy()
}
