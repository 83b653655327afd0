import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { makeCertificate } from './front/certificate.ts'
import { serveConnection } from './front/connection.ts'
import { serveHttp2 } from './front/http2.ts'
import { addressOf, type IsProxy, type Peer } from './front/peer.ts'
import type { PortOf } from './front/proof.ts'

export type FrontOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Whose hosts the certificate names, besides the local ones. */
  region: string
  isProxy: IsProxy
  /** Bytes. */
  maxRequestBodyBytes: number
  /** Where the workers listen. Clients that come before it is known wait. */
  workers: Promise<PortOf>
  /** By which the Worker knows that it is us who ask. */
  inside?: string | undefined
  log: (line: string) => void
}

export type Front = { host: string; port: number; close(): Promise<void> }

/** The first byte of a TLS handshake, which no HTTP method begins with. */
const TLS_HANDSHAKE = 0x16
/** So begins the preface of HTTP/2, and no method: https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const HTTP2_PREFACE = Buffer.from('PRI')
/** A client that connects must say something within that time, and finish its handshake (milliseconds). */
const OPENING_MS = 30_000

/**
 * Listens where clients knock, and passes their bytes on to the Worker. It does what workerd does not: it answers
 * `Expect: 100-continue` at once, takes TLS and HTTP/2 on the same port, and says which path was really asked for.
 *
 * Rejects when the port is taken (`EADDRINUSE`) or may not be used.
 */
export async function startFront(options: FrontOptions): Promise<Front> {
  const clients = new Set<Socket>()
  const { inside } = options
  const tls = tlsServer(options)
  const { maxRequestBodyBytes: mostBody } = options
  const open = async (socket: Socket) => {
    const portOf = await options.workers
    const protocol = await protocolOf(socket)
    if (protocol === 'tls') {
      // A client that ends its side within the handshake has gone.
      socket.allowHalfOpen = false
      return (await tls()).emit('connection', socket)
    }
    const connection = { portOf, mostBody, inside, peer: peerOf(socket, options, false) }
    if (protocol === 'h2') return serveHttp2(socket, connection)
    serveConnection(socket, connection)
    socket.resume()
  }
  // A client's end does not end our side: it may still wait for its answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, socket => {
    clients.add(socket)
    socket.once('close', () => clients.delete(socket))
    socket.on('error', () => socket.destroy())
    open(socket).catch(error => {
      options.log(`A connection could not be taken: ${error}`)
      socket.destroy()
    })
  })
  await listen(server, options)
  // A TCP server's address is never a path.
  const { address, port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const client of clients) client.destroy()
    await closed
  }
  return { host: address, port, close }
}

function peerOf({ remoteAddress }: Socket, { isProxy }: FrontOptions, secure: boolean): Peer {
  return { address: addressOf(remoteAddress), secure, isProxy }
}

type Protocol = 'tls' | 'h2' | 'http/1.1'

/** Looks at a connection's first bytes, and leaves them there; the connection stands still until it is resumed. */
function protocolOf(socket: Socket): Promise<Protocol> {
  const { promise, resolve } = Promise.withResolvers<Protocol>()
  const fail = () => socket.destroy()
  let begun = Buffer.alloc(0)
  const look = (piece: Buffer) => {
    begun = Buffer.concat([begun, piece])
    const protocol = protocolBy(begun)
    if (protocol === undefined) return
    socket.pause()
    socket.setTimeout(0, fail)
    socket.off('end', fail)
    socket.off('data', look)
    socket.unshift(begun)
    resolve(protocol)
  }
  socket.setTimeout(OPENING_MS, fail)
  socket.once('end', fail)
  socket.on('data', look)
  socket.resume()
  return promise
}

/** Undefined while it may still be either. */
function protocolBy(begun: Buffer): Protocol | undefined {
  if (begun[0] === TLS_HANDSHAKE) return 'tls'
  const known = begun.subarray(0, HTTP2_PREFACE.length)
  if (!known.equals(HTTP2_PREFACE.subarray(0, known.length))) return 'http/1.1'
  return known.length === HTTP2_PREFACE.length ? 'h2' : undefined
}

/** A server that is made at the first use, since its certificate takes time and memory. */
function tlsServer(options: FrontOptions): () => Promise<TlsServer> {
  const { region, workers, maxRequestBodyBytes: mostBody, inside } = options
  let made: Promise<TlsServer> | undefined
  const make = async () => {
    const certificate = await makeCertificate(region)
    const portOf = await workers
    const server = createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: OPENING_MS })
    server.on('secureConnection', client => {
      const serve = client.alpnProtocol === 'h2' ? serveHttp2 : serveConnection
      serve(client, { portOf, mostBody, inside, peer: peerOf(client, options, true) })
    })
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    return server
  }
  return () => {
    made ??= make()
    return made
  }
}

function listen(server: Server, { host, port }: FrontOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}
