import { connect } from 'node:net'
import type { Random } from './random.ts'

/** What came back of bytes that are hardly HTTP: all of it, until the other side ended or the time was over. */
export type TcpAnswer = { text: string; ended: boolean }

const HEAD =
  'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSQS.ListQueues\r\ncontent-type: application/x-amz-json-1.0\r\n'
const WHOLE = `${HEAD}content-length: 2\r\n\r\n{}`

/** Bytes on a connection of their own, by what is wrong with them. */
const TCP_FAULTS: Readonly<Record<string, (random: Random) => Buffer>> = {
  'random bytes': random => Buffer.from(random.bytes(random.pick([1, 10, 1000, 100_000]))),
  'a TLS greeting of garbage': random => Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1]), random.bytes(500)]),
  'the preface of HTTP/2': () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1'),
  'frames of HTTP/2': random =>
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1'),
      ...Array.from({ length: random.int(1, 9) }, () => {
        const load = random.bytes(random.pick([0, 4, 5, 8, 40]))
        const head = [0, 0, load.length, random.int(0, 10), random.int(0, 255), 0, 0, 0, random.int(0, 5)]
        return Buffer.concat([Buffer.from(head), load])
      }),
    ]),
  'no request line': () => Buffer.from('\r\n\r\n\r\n\r\nx\r\n\r\n'),
  'an odd request line': random =>
    Buffer.from(
      `${random.pick(['GET', 'GET /', 'GET / HTTP/9.9', 'GET / HTTP/1.1 x', ' / HTTP/1.1', 'GET  / HTTP/1.1', 'G\u00e4T / HTTP/1.1', 'GET /\0 HTTP/1.1', 'GET x HTTP/1.1', 'CONNECT a:1 HTTP/1.1', 'OPTIONS * HTTP/1.1'])}\r\nhost: x\r\n\r\n`,
      'latin1',
    ),
  'an odd header line': random =>
    Buffer.from(
      `GET / HTTP/1.1\r\nhost: x\r\n${random.pick([': x', 'x', ' x: y', 'a b: c', 'x:\0', 'x: a\rb', 'x: a\nb', '\u00e4: x', 'x : y', 'host: y', 'x: \u0001', `x: ${'y'.repeat(70_000)}`])}\r\n\r\n`,
      'latin1',
    ),
  'HTTP/1.0': () => Buffer.from('GET / HTTP/1.0\r\n\r\n'),
  'no host': () => Buffer.from('GET /bucket/key HTTP/1.1\r\n\r\n'),
  'two lengths': () => Buffer.from(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  'an odd length': random =>
    Buffer.from(
      `${HEAD}content-length: ${random.pick(['-1', 'x', '', '1e3', '0x2', '+2', '9'.repeat(40), '2, 2'])}\r\n\r\n{}`,
    ),
  'length and chunks': () => Buffer.from(`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
  'an odd encoding': random =>
    Buffer.from(
      `${HEAD}transfer-encoding: ${random.pick(['gzip', 'x', 'chunked, chunked', 'gzip, chunked', ' chunked ', 'CHUNKED', ''])}\r\n\r\n0\r\n\r\n`,
    ),
  'odd chunks': random =>
    Buffer.from(
      `${HEAD}transfer-encoding: chunked\r\n\r\n${random.pick(['zz\r\n', '-1\r\n', 'ffffffffffffffffff\r\n', '2\r\n{}x', '2;a=b\r\n{}\r\n0\r\nx\r\n\r\n', '\r\n\r\n', `${'0'.repeat(5000)}\r\n`, '2\n{}\n0\n\n'])}`,
    ),
  'a body that never comes': () => Buffer.from(`${HEAD}content-length: 1000\r\n\r\n{`),
  'a head that never ends': () => Buffer.from(HEAD),
  'more than was said': () => Buffer.from(`${WHOLE}{}{}{}\r\n`),
  'many at once': random => Buffer.from(WHOLE.repeat(random.int(2, 60))),
  'half at once': () => Buffer.from(WHOLE + WHOLE.slice(0, 50)),
  'an upgrade': () =>
    Buffer.from(
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n\x81\x05hello',
      'latin1',
    ),
  'an expectation': () => Buffer.from(`${HEAD}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`),
}

export type TcpCase = { title: string; bytes: Buffer; reset: boolean }

export function tcpCase(random: Random): TcpCase {
  const title = random.pick(Object.keys(TCP_FAULTS))
  return { title, bytes: TCP_FAULTS[title]?.(random) ?? Buffer.alloc(0), reset: random.chance(0.2) }
}

/** Sends them and ends its side, or resets the connection. */
export function sendTcp(port: number, { bytes, reset }: TcpCase, boundMs: number): Promise<TcpAnswer> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let text = ''
    const timer = setTimeout(() => finish(false), boundMs)
    const finish = (ended: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ text, ended })
    }
    socket.on('data', piece => {
      text = (text + piece.toString('latin1')).slice(0, 100_000)
    })
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
    socket.write(bytes, () => {
      if (!reset) socket.end()
      else setTimeout(() => socket.resetAndDestroy(), 5)
    })
  })
}

/** TLS's answers to what is none, and HTTP/2's to its preface. */
const isAlert = (text: string) => text.charCodeAt(0) === 0x15
const isSettings = (text: string) => text.startsWith('\0\0') && text.charCodeAt(3) === 4

/** What is wrong with what came back: a server's error, or what is no HTTP at all. */
export function tcpBreach({ text, ended }: TcpAnswer): string | undefined {
  if (!ended) return 'the connection was left open'
  const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(match => Number(match[1]))
  const worst = statuses.find(status => status >= 500 && status !== 501)
  if (worst !== undefined) return `answered ${worst}`
  if (text !== '' && statuses.length === 0 && !isAlert(text) && !isSettings(text))
    return `answered ${JSON.stringify(text.slice(0, 80))}`
  return undefined
}
