import { headerText, type Message, withHeader } from './messages.ts'
import { DOCUMENTS, HEADERS, PARAMETERS, PATHS } from './odd-parts.ts'
import type { Random } from './random.ts'

/** Does to a request what no client does, but keeps it HTTP. Says what. */
export function damaged(message: Message, random: Random): { message: Message; fault: string } {
  const kinds = [onHeaders, onHeaders, onTarget, onQuery, onMethod]
  if (message.body.length > 0 || message.method !== 'GET') kinds.push(onBody, onBody, onBody, onTransfer)
  return random.pick(kinds)(message, random)
}

type Damage = (message: Message, random: Random) => { message: Message; fault: string }

const onBody: Damage = (message, random) => {
  const { body } = message
  const cut = random.int(0, body.length)
  const bodies: Record<string, () => Uint8Array> = {
    'truncated body': () => body.subarray(0, cut),
    'doubled body': () => Buffer.concat([body, body]),
    'no body': () => new Uint8Array(0),
    'random body': () => random.bytes(random.pick([1, 16, 500])),
    'flipped bits': () => flipped(body, random),
    'invalid UTF-8': () =>
      Buffer.concat([body.subarray(0, cut), Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]), body.subarray(cut)]),
    'byte order mark': () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
    'NUL bytes': () => Buffer.alloc(random.pick([1, 1000, 100_000])),
    'another document': () => Buffer.from(random.pick(DOCUMENTS)),
    'deep document': () => Buffer.from(deepDocument(random)),
  }
  const fault = random.pick(Object.keys(bodies))
  return { message: { ...message, body: bodies[fault]?.() ?? body }, fault }
}

function flipped(body: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(body)
  for (let i = 0; i < 3 && copy.length > 0; i++) {
    const at = random.int(0, copy.length - 1)
    copy[at] = (copy[at] ?? 0) ^ (1 << random.int(0, 7))
  }
  return copy
}

function deepDocument(random: Random): string {
  const depth = random.pick([70, 1000, 50_000])
  const open = random.pick(['[', '{"a":', '<a>', '\x81', '\xbf\x61a', 'a.'])
  return `${open.repeat(depth)}x`
}

const onTransfer: Damage = (message, random) => {
  const { body } = message
  const size = random.pick([1, 7, 4096])
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length && pieces.length < 5000; at += size) {
    const piece = body.subarray(at, at + size)
    pieces.push(Buffer.from(`${piece.length.toString(16)};x=y\r\n`), Buffer.from(piece), Buffer.from('\r\n'))
  }
  const chunked = Buffer.concat([...pieces, Buffer.from('0\r\nx-trailer: 1\r\n\r\n')])
  return {
    message: withHeader({ ...message, body: chunked }, 'transfer-encoding', 'chunked'),
    fault: 'chunked transfer',
  }
}

const onMethod: Damage = (message, random) => {
  const method = random.pick([
    'GET',
    'HEAD',
    'PUT',
    'POST',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'FOO',
    'get',
    'M-SEARCH',
  ])
  return { message: { ...message, method }, fault: `method ${method}` }
}

const onQuery: Damage = (message, random) => {
  const added = random.pick(PARAMETERS)
  const known = message.query
  const query = random.pick([
    added,
    `${known}&${added}`,
    `${added}&${known}`,
    `${known}&${known}`,
    known.replace(/=.*/, ''),
  ])
  return { message: { ...message, query }, fault: `query ${query.slice(0, 60)}` }
}

const onTarget: Damage = (message, random) => {
  const { path } = message
  const cut = random.int(0, path.length)
  const odd = random.chance(0.1) ? path.slice(0, cut) || '/' : random.pick(PATHS).replace('@', () => path)
  return { message: { ...message, path: odd }, fault: `path ${odd.slice(0, 60)}` }
}

const onHeaders: Damage = (message, random) => {
  const choice = random.next()
  if (choice < 0.1 && message.headers.length > 1) {
    const at = random.int(0, message.headers.length - 1)
    const name = message.headers[at]?.[0]
    return { message: { ...message, headers: message.headers.filter((_, i) => i !== at) }, fault: `no ${name}` }
  }
  if (choice < 0.15) {
    const many: Message['headers'] = Array.from({ length: random.pick([100, 400]) }, (_, i) => [
      `x-${i}`,
      'x'.repeat(100),
    ])
    return { message: { ...message, headers: [...message.headers, ...many] }, fault: 'many headers' }
  }
  const [name, values] = random.pick(HEADERS)
  const value = headerText(random.pick(values))
  if (choice < 0.25)
    return {
      message: { ...message, headers: [...message.headers, [name, value]] },
      fault: `also ${name}: ${value.slice(0, 60)}`,
    }
  return { message: withHeader(message, name, value), fault: `${name}: ${value.slice(0, 60)}` }
}
