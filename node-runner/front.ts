import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { makeCertificate } from './front/certificate.ts'
import { serveConnection } from './front/connection.ts'
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
/** A client that connects must say something within that time, and finish its handshake (milliseconds). */
const OPENING_MS = 30_000

/**
 * Listens where clients knock, and passes their bytes on to the Worker. It does what workerd does not: it answers
 * `Expect: 100-continue` at once, takes TLS on the same port, and says which path was really asked for.
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
    const secure = await speaksTls(socket)
    if (secure) {
      // A client that ends its side within the handshake has gone.
      socket.allowHalfOpen = false
      return (await tls()).emit('connection', socket)
    }
    serveConnection(socket, { portOf, mostBody, inside, peer: peerOf(socket, options, false) })
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

/** Looks at a connection's first byte, and leaves it there; the connection stands still until it is resumed. */
function speaksTls(socket: Socket): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const fail = () => socket.destroy()
  socket.setTimeout(OPENING_MS, fail)
  socket.once('end', fail)
  socket.once('data', (piece: Buffer) => {
    socket.pause()
    socket.setTimeout(0, fail)
    socket.removeListener('end', fail)
    socket.unshift(piece)
    resolve(piece[0] === TLS_HANDSHAKE)
  })
  socket.resume()
  return promise
}

/** A server that is made at the first use, since its certificate takes time and memory. */
function tlsServer(options: FrontOptions): () => Promise<TlsServer> {
  const { region, workers, maxRequestBodyBytes: mostBody, inside } = options
  let made: Promise<TlsServer> | undefined
  const make = async () => {
    const certificate = await makeCertificate(region)
    const portOf = await workers
    const server = createTlsServer({ ...certificate, ALPNProtocols: ['http/1.1'], handshakeTimeout: OPENING_MS })
    server.on('secureConnection', client =>
      serveConnection(client, { portOf, mostBody, inside, peer: peerOf(client, options, true) }),
    )
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
