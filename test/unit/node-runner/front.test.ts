import { once } from 'node:events'
import { connect, createServer, type AddressInfo, Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { serveConnection } from '../../../node-runner/front/connection.ts'
import type { PortOf } from '../../../node-runner/front/proof.ts'
import { startFront } from '../../../node-runner/front.ts'

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const answer = (text: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

/** What comes over a connection, to be waited for. */
function inbox<Stream extends Duplex>(socket: Stream) {
  let text = ''
  let closed = false
  const changed = new Set<() => void>()
  const notify = () => {
    for (const wake of changed) wake()
  }
  socket.on('data', piece => {
    text += piece
    notify()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
    notify()
  })
  const until = async (check: () => boolean) => {
    while (!check()) await new Promise<void>(wake => changed.add(wake))
  }
  return {
    socket,
    text: () => text,
    /** Waits until so much has come in all, and answers it. */
    receive: async (expected: string) => {
      await until(() => closed || text.length >= expected.length)
      return text
    },
    closed: () => until(() => closed),
  }
}

type Peer = ReturnType<typeof inbox<Socket>>

/** A front, and a Worker played by the test, which gets its connections one by one. */
async function setUp(
  portOf = (own: number): PortOf =>
    () =>
      own,
) {
  const accepted: Peer[] = []
  const waiting: ((peer: Peer) => void)[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    const peer = inbox(socket)
    const taker = waiting.shift()
    if (taker) taker(peer)
    else accepted.push(peer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const front = await startFront({
    host: '127.0.0.1',
    port: 0,
    region: 'us-east-1',
    isProxy: () => false,
    maxRequestBodyBytes: 1000,
    workers: Promise.resolve(portOf(port)),
    log: () => {},
  })
  const clients: Socket[] = []
  onTestFinished(async () => {
    for (const client of clients) client.destroy()
    await front.close()
    server.close()
  })
  const client = () => {
    const socket = connect({ host: '127.0.0.1', port: front.port })
    clients.push(socket)
    return inbox(socket)
  }
  const worker = async (): Promise<Peer> => accepted.shift() ?? new Promise(resolve => waiting.push(resolve))
  return { front, client, worker, stopWorker: () => server.close() }
}

describe('the front', () => {
  it('says 100 Continue before a byte of the body has come', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write('PUT /k HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n')
    expect(await one.receive(CONTINUE)).toBe(CONTINUE)
    one.socket.write('hello')
    const seen = 'PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'
    const other = await worker()
    expect(await other.receive(seen)).toBe(seen)
    other.socket.write(answer('ok'))
    expect(await one.receive(CONTINUE + answer('ok'))).toBe(CONTINUE + answer('ok'))
  })

  it('keeps 100 Continue out of the answer to an earlier request', async () => {
    const { client, worker } = await setUp()
    const one = client()
    const put = 'PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'
    one.socket.write(GET + put.replace('Content', 'Expect: 100-continue\r\nContent'))
    const other = await worker()
    expect(await other.receive(GET + put)).toBe(GET + put)
    other.socket.write(answer('first').slice(0, 20))
    await one.receive(answer('first').slice(0, 20))
    other.socket.write(answer('first').slice(20))
    expect(await one.receive(answer('first') + CONTINUE)).toBe(answer('first') + CONTINUE)
  })

  it('finds the next request behind a body, wherever the stream is cut', async () => {
    const { client, worker } = await setUp()
    const one = client()
    const chunked = 'POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    const sized =
      'POST /s HTTP/1.1\r\nHost: x\r\nContent-Length: 42\r\n\r\nGET /../no-request HTTP/1.1\r\nHost: x\r\n\r\n12'
    const dotted = 'GET /a/../b HTTP/1.1\r\nHost: x\r\n'
    const seen = `${chunked}${sized}${dotted}x-fakecloud-raw-path: /a/../b\r\n\r\n`
    for (const letter of `${chunked}${sized}${dotted}\r\n`) one.socket.write(letter)
    expect(await (await worker()).receive(seen)).toBe(seen)
  })

  it('answers what is no HTTP with 400, and passes nothing on', async () => {
    const { client } = await setUp()
    const one = client()
    one.socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n')
    await one.closed()
    expect(one.text()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  })

  it('answers what was asked before what is no HTTP, then that with 400', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write(`${GET}nonsense\r\n\r\n`)
    const other = await worker()
    expect(await other.receive(GET)).toBe(GET)
    other.socket.write(answer('first').slice(0, 20))
    one.socket.write('more of it')
    other.socket.write(answer('first').slice(20))
    await one.closed()
    expect(one.text().startsWith(`${answer('first')}HTTP/1.1 400 Bad Request\r\n`)).toBe(true)
  })

  it('answers a method that nobody knows with 501, however long its body is', async () => {
    const { client } = await setUp()
    for (const method of ['get', 'FOO', 'CONNECT']) {
      const one = client()
      one.socket.write(`${method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n${'a'.repeat(900)}`)
      await one.closed()
      expect(one.text()).toMatch(/^HTTP\/1\.1 501 Not Implemented\r\n/)
    }
  })

  it('answers endless headers with 431', async () => {
    const { client } = await setUp()
    const one = client()
    one.socket.write(`GET / HTTP/1.1\r\nX-A: ${'a'.repeat(70_000)}`)
    await one.closed()
    expect(one.text()).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
  })

  it('answers a body that breaks its own framing with 400, and resets the Worker’s connection', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const other = await worker()
    one.socket.write('nonsense\r\n')
    await other.closed()
    await one.closed()
    expect(one.text()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  })

  it('resets the Worker’s connection when a client goes while it waits', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write(GET)
    const other = await worker()
    const [error] = await Promise.all([once(other.socket, 'error'), one.socket.destroy()])
    expect(error[0]).toMatchObject({ code: 'ECONNRESET' })
  })

  it('serves a client that has ended its own side', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.end(GET)
    const other = await worker()
    await other.receive(GET)
    other.socket.write(answer('ok'))
    await one.closed()
    expect(one.text()).toBe(answer('ok'))
  })

  it('keeps a client’s connection when the Worker ends its own between two requests', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write(GET)
    const first = await worker()
    await first.receive(GET)
    first.socket.end(answer('one'))
    await one.receive(answer('one'))
    await first.closed()
    one.socket.write(GET)
    const second = await worker()
    await second.receive(GET)
    second.socket.write(answer('two'))
    expect(await one.receive(answer('one') + answer('two'))).toBe(answer('one') + answer('two'))
  })

  it('breaks off when the Worker does in the middle of an answer', async () => {
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write(GET)
    const other = await worker()
    other.socket.write(answer('whole').slice(0, -2))
    await one.receive(answer('whole').slice(0, -2))
    other.socket.destroy()
    await one.closed()
    expect(one.text()).toBe(answer('whole').slice(0, -2))
  })

  it('says 503 at once while the Worker is away', async () => {
    const { client, stopWorker } = await setUp()
    stopWorker()
    const one = client()
    one.socket.write(GET)
    await one.closed()
    expect(one.text()).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
  })

  it('passes bytes both ways after a switch of protocols, the early ones too', async () => {
    const { client, worker } = await setUp()
    const one = client()
    const upgrade = 'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    one.socket.write(`${upgrade}early`)
    const other = await worker()
    expect(await other.receive(upgrade)).toBe(upgrade)
    other.socket.write(`${switching}\x81\x00`)
    one.socket.write(' late')
    expect(await other.receive(`${upgrade}early late`)).toBe(`${upgrade}early late`)
    expect((await one.receive(`${switching}??`)).slice(0, switching.length)).toBe(switching)
  })

  it('goes on with HTTP when an upgrade is not taken', async () => {
    const { client, worker } = await setUp()
    const one = client()
    const upgrade =
      'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nhi'
    one.socket.write(upgrade + GET)
    const other = await worker()
    expect(await other.receive(upgrade)).toBe(upgrade)
    other.socket.write(answer('no'))
    expect(await other.receive(upgrade + GET)).toBe(upgrade + GET)
  })

  it('takes TLS on the same port, with a certificate for AWS’s hosts', async () => {
    const { front, worker } = await setUp()
    const options = {
      host: '127.0.0.1',
      port: front.port,
      servername: 'sqs.us-east-1.amazonaws.com',
      rejectUnauthorized: false,
    }
    const socket = connectTls(options)
    const one = inbox(socket)
    socket.write(GET)
    const other = await worker()
    expect(await other.receive(GET)).toContain('x-forwarded-proto: https')
    other.socket.write(answer('ok'))
    expect(await one.receive(answer('ok'))).toBe(answer('ok'))
    expect(socket.getPeerCertificate().subjectaltname).toContain('DNS:*.s3.us-east-1.amazonaws.com')
    expect(socket.authorizationError).toMatch(/SELF_SIGNED/)
    socket.destroy()
  })
})

describe('with several workers', () => {
  /** Another worker, which says `other` to every request. */
  async function other() {
    const server = createServer(socket => {
      socket.on('data', () => socket.write(answer('other'))).on('error', () => {})
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  it('each request of a connection goes to its own, and none is answered before an earlier one', async () => {
    const port = await other()
    const { client, worker } = await setUp(
      own =>
        ({ target }) =>
          target === '/other' ? port : own,
    )
    const one = client()
    one.socket.write(GET + GET.replace('/', '/other') + GET)
    const first = await worker()
    expect(await first.receive(GET)).toBe(GET)
    first.socket.write(answer('first'))
    const both = answer('first') + answer('other')
    expect(await one.receive(both)).toBe(both)
    expect(await first.receive(GET + GET)).toBe(GET + GET)
    first.socket.write(answer('last'))
    expect(await one.receive(both + answer('last'))).toBe(both + answer('last'))
  })

  it('an answer that a client was slow to take holds up no later one of the same worker', async () => {
    const port = await other()
    let portOf: PortOf = () => port
    const { worker } = await setUp(own => {
      portOf = ({ target }) => (target === '/other' ? port : own)
      return portOf
    })
    // As a request of HTTP/2 comes.
    const [near, far] = duplexPair()
    const peer = { address: '127.0.0.1', secure: false, isProxy: () => false }
    serveConnection(Object.assign(far, { setTimeout: () => {} }), { portOf, peer, mostBody: 1000 })
    const one = inbox(near)
    one.socket.write(GET + GET.replace('/', '/other') + GET)
    const first = await worker()
    await first.receive(GET)
    // As much as a socket reads at once, and takes before it asks to wait.
    const long = answer('x'.repeat(65_532 - answer('').length))
    expect(long).toHaveLength(65_536)
    first.socket.write(long)
    const both = long + answer('other')
    expect(await one.receive(both)).toBe(both)
    await first.receive(GET + GET)
    first.socket.write(answer('last'))
    expect(await one.receive(both + answer('last'))).toBe(both + answer('last'))
  })

  it('a request waits for its worker to start, and is refused with 503 when that fails', async () => {
    const port = await other()
    const starting = Promise.withResolvers<number>()
    let started = false
    const { client } = await setUp(() => ({ target }) => {
      if (target === '/never') return Promise.reject(new Error('no'))
      return started ? port : starting.promise
    })
    const one = client()
    one.socket.write(GET)
    started = true
    starting.resolve(port)
    expect(await one.receive(answer('other'))).toBe(answer('other'))
    const two = client()
    two.socket.write(GET.replace('/', '/never'))
    await two.closed()
    expect(two.text()).toMatch(/^HTTP\/1.1 503 /)
  })

  it.each(['x/_ns/y', 'x?y', 'x#.y', 'x\\y', 'y@x'])('refuses the Host %s, which is more than a host', async host => {
    const { client } = await setUp()
    const one = client()
    one.socket.write(GET.replace('Host: x', () => `Host: ${host}`))
    await one.closed()
    expect(one.text()).toMatch(/^HTTP\/1.1 400 [\s\S]*the Host is not a host/)
  })

  it('loses no request that comes as its connection to the Worker is given up', async () => {
    const timers = vi.spyOn(Socket.prototype, 'setTimeout')
    onTestFinished(() => timers.mockRestore())
    const { client, worker } = await setUp()
    const one = client()
    one.socket.write(GET)
    const first = await worker()
    await first.receive(GET)
    first.socket.write(answer('first'))
    await one.receive(answer('first'))
    const idle = timers.mock.calls.flatMap(([ms, onTimeout]) => (ms === 4000 && onTimeout ? [onTimeout] : []))
    // Timers come before what has arrived, and that before what is closed.
    setTimeout(() => {
      one.socket.write(GET)
      for (const giveUp of idle) giveUp()
    })
    const second = await worker()
    expect(await second.receive(GET)).toBe(GET)
    second.socket.write(answer('second'))
    expect(await one.receive(answer('first') + answer('second'))).toBe(answer('first') + answer('second'))
  })
})
