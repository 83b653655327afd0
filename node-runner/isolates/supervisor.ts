import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { INSIDE_HEADER, INVOCATION_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import { decodeInvocation } from '../../durable-objects/shared/functions/session.ts'
import { createPool, end, idleProcess, type Pool } from './pool.ts'
import { runInvocation } from './run-invocation.ts'
import type { ProcessOptions } from './workerd-process.ts'

export type SupervisorOptions = ProcessOptions & {
  /** Processes that share the functions among them; those that a function holds come on top. */
  maxProcesses?: number
  /** Processes of other workers' functions: all together are to be no more, but each worker may have a few. */
  others?: () => number
}

export type Supervisor = {
  /** `host:port` for the Worker's ISOLATES binding. */
  address: string
  /** How many run. */
  processes(): number
  close(): Promise<void>
}

/** What a worker may have however many the others have. */
const FEW = 2

/** Base64 of an invocation with four kilobytes of variables fits several times. */
const MAX_HEADER_BYTES = 128 * 1024

/**
 * Serves the isolates to the emulator: `POST /invoke`, `/warm` and `/end` as in the contract. Processes start when the
 * first function needs one, and each has one thread: what holds it is killed at its deadline, and nothing else waits.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const most = options.maxProcesses ?? Math.min(Math.max(2 * availableParallelism(), 6), 12)
  const { others = () => 0 } = options
  const pool = createPool(options, () => Math.max(most - others(), Math.min(most, FEW)))
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: 60_000, requestTimeout: 0 },
    (incoming, outgoing) => {
      serve(pool, incoming, outgoing).catch(error => {
        options.log(`Isolates: ${error instanceof Error ? error.stack : error}`)
        if (!outgoing.headersSent) outgoing.statusCode = 500
        outgoing.end()
      })
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await pool.close()
  }
  return { address: `127.0.0.1:${port}`, processes: () => pool.members.size, close }
}

async function serve(pool: Pool, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.headers[INSIDE_HEADER] !== pool.options.inside) {
    outgoing.writeHead(403).end()
    return
  }
  if (incoming.method === 'POST' && incoming.url === '/end') {
    // The Lambda service's own list.
    end(pool, JSON.parse(Buffer.from(await readBody(incoming)).toString()) as string[])
    outgoing.writeHead(204).end()
    return
  }
  const header = incoming.headers[INVOCATION_HEADER]
  if (incoming.method !== 'POST' || typeof header !== 'string') {
    outgoing.writeHead(404).end()
    return
  }
  if (incoming.url === '/warm') return await warm(pool, header, outgoing)
  const payload = await readBody(incoming)
  outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' })
  outgoing.flushHeaders()
  outgoing.socket?.setNoDelay(true)
  const write = (line: string) => void outgoing.write(`${line}\n`)
  const invocation = decodeInvocation(header)
  const ending = new AbortController()
  pool.jobs.set(invocation.sandboxId, ending)
  try {
    await runInvocation(pool, { invocation, payload, write, signal: ending.signal })
  } finally {
    pool.jobs.delete(invocation.sandboxId)
  }
  outgoing.end()
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Has a process that has nothing to do unpack the function, which is not run; the first process is started for it. */
async function warm(pool: Pool, header: string, outgoing: ServerResponse): Promise<void> {
  const process = await idleProcess(pool)
  if (process === undefined) {
    outgoing.writeHead(204).end()
    return
  }
  const { port, agent } = process
  const status = await new Promise<number>((resolve, reject) => {
    const headers = { ...process.headers, [INVOCATION_HEADER]: header }
    const sent = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/warm', headers }, response => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 500))
    })
    sent.once('error', reject)
    sent.end()
  })
  outgoing.writeHead(status).end()
}
