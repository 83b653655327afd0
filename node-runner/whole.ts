import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newNamespaceName } from '../aws/namespaces.ts'
import { NAMESPACE_PATTERN } from '../aws/place.ts'
import { INSIDE_HEADER } from '../durable-objects/shared/functions/contract.ts'
import type { Workers } from './workers.ts'

/** Of a request for a new namespace, which has a name and a few modes. */
const MOST_BODY_BYTES = 64 * 1024
/** As long as the front lets heads be. */
const MOST_HEAD_BYTES = 64 * 1024

export type Whole = { port: number; close(): void }

type WholeOptions = {
  workers: Workers
  inside: string
  /** Bytes that any request may have. */
  mostBody: number
}
type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** Answers what is asked of the emulator as a whole, and not of a namespace: it asks the workers, in which they live. */
export async function serveWhole(options: WholeOptions): Promise<Whole> {
  const server = createServer({ maxHeaderSize: 2 * MOST_HEAD_BYTES }, (incoming, outgoing) => {
    answer(options, incoming).then(
      found => send(outgoing, found),
      () => send(outgoing, plain(503, 'Service Unavailable: the emulator is restarting\n')),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  // A TCP server's address is never a path.
  return { port: (server.address() as AddressInfo).port, close }
}

async function answer({ workers, inside, mostBody }: WholeOptions, incoming: IncomingMessage): Promise<Answer> {
  if (incoming.headers[INSIDE_HEADER] !== inside) return plain(403, 'This port is for the emulator itself\n')
  const body = await bodyOf(incoming, Math.min(mostBody, MOST_BODY_BYTES))
  if (body === undefined) return json(413, { error: 'Request Entity Too Large' })
  const { method = '', url = '' } = incoming
  const isHealth = /\/health(?:$|\?)/.test(url)
  if (method === 'POST' && !isHealth) return await make(workers, incoming, body)
  const [first = 0, ...others] = workers.ports()
  const answered = await ask(first, incoming, body)
  if (answered.status !== 200 || method !== 'GET') return answered
  const more = await Promise.all(others.map(port => ask(port, incoming, body)))
  const refused = more.find(({ status }) => status !== 200)
  return refused ?? (isHealth ? answered : merged([answered, ...more]))
}

function merged(answers: readonly Answer[]): Answer {
  // The namespaces' own endpoint.
  const lists = answers.map(({ body }) => JSON.parse(body.toString()) as { namespaces: string[] })
  return json(200, { namespaces: [...new Set(lists.flatMap(({ namespaces }) => namespaces))].sort() })
}

/** A new namespace, by the worker that it comes to. One without a name gets it here: by it that is found. */
async function make(workers: Workers, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const asked = objectIn(body)
  const { name = newNamespaceName() } = asked ?? {}
  const named = typeof name === 'string' && NAMESPACE_PATTERN.test(name)
  // What is wrong in it is for a worker to say.
  if (!asked || !named) return await ask(workers.ports()[0] ?? 0, incoming, body)
  return await ask(await workers.portOf(name), incoming, Buffer.from(JSON.stringify({ ...asked, name })))
}

function objectIn(body: Buffer): Record<string, unknown> | undefined {
  const text = body.toString().trim() || '{}'
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Undefined for one that is too long. */
async function bodyOf(incoming: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of incoming) {
    bytes += piece.length
    if (bytes <= most) pieces.push(piece)
  }
  return bytes > most ? undefined : Buffer.concat(pieces)
}

/** What concerns the one connection alone, and the length, which may be another. */
const OWN = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'trailer', 'te', 'upgrade']

const passed = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.includes(name)))

/** The same request of a worker. */
function ask(port: number, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const length = body.length > 0 || method === 'POST' ? { 'content-length': body.length } : {}
  const options = {
    host: '127.0.0.1',
    port,
    method,
    path: url,
    agent: false,
    headers: { ...passed(headers), ...length },
  }
  return new Promise((resolve, reject) => {
    const sent = request(options, response => {
      const pieces: Buffer[] = []
      response.on('data', piece => pieces.push(piece))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(pieces) }),
      )
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) }
}

function plain(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(text) }
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing
    .writeHead(status, { ...passed(headers), ...(body.length > 0 && { 'content-length': body.length }) })
    .end(body)
}
