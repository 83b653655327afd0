import { type BodyFollower, followChunked, followLength, followToEnd } from './body.ts'
import { NAMESPACE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import type { Sent } from './addressed.ts'
import { Malformed } from './malformed.ts'
import { type Peer, sourceOf } from './peer.ts'

export type RequestHead = {
  method: string
  sent: Sent
  /** The head as it goes on to the Worker. */
  bytes: Buffer
  body: BodyFollower | undefined
  /** `bytes` of a request in chunks, which may become too many. */
  chunkedHead: Buffer | undefined
  /** The client waits for `100 Continue` before it sends the body, and is to send it. */
  expectsContinue: boolean
  upgrade: boolean
  /** The connection ends with this exchange. */
  close: boolean
}

export type ResponseHead = { status: number; body: BodyFollower | undefined; close: boolean }

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP\/1\.([01])$/
/** Those that workerd knows: it answers others without a look at their bodies, so that their clients read no answer. */
const METHODS = new Set(
  `GET HEAD POST PUT DELETE PATCH OPTIONS TRACE PURGE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK ACL REPORT
   MKACTIVITY CHECKOUT MERGE NOTIFY SUBSCRIBE UNSUBSCRIBE`.split(/\s+/),
)
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[ \r]/
const CHUNKED = /\r\ntransfer-encoding:[ \t]*chunked\r\n/i
const LENGTH = /\r\ncontent-length:[ \t]*(\d{1,15})\r\n/i
const CLOSES = /\r\nconnection:[ \t]*close\r\n/i
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** A peer that takes a lone CR or LF for a line's end would see other headers than we do. */
const STRAY_CONTROL = /\r[^\n]|[^\r]\n|\r$|\0/
/** A `.` or `..` between slashes, plain or encoded: the Worker's URL parser would resolve it. */
const DOT_SEGMENT = /[/\\](?:\.|%2e){1,2}(?=[/\\?#]|$)/i

/** What only the front and the inside may say. */
const RESERVED = new Set([
  'x-fakecloud-raw-path',
  'x-fakecloud-peer',
  'x-fakecloud-too-large',
  'x-fakecloud-internal',
  'x-fakecloud-host',
  'x-fakecloud-code',
  'x-fakecloud-inside',
])
/** What a proxy says of whom it speaks for; from anybody else it is a claim. */
const FORWARDED = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'cf-connecting-ip',
])
/** Whom the Worker takes a request to be from that says nothing of it. */
const LOOPBACK = '127.0.0.1'

type Fields = {
  hosts: string[]
  namespaces: string[]
  length: string[]
  encoding: string[]
  connection: string
  upgrade: boolean
  expectsContinue: boolean
  forwardedFor: string[]
  forwardedProto: boolean
  kept: string[]
}

/**
 * Reads a request's head, blank line included. It goes on untouched unless it comes from another machine, or says what
 * only the inside or a proxy may say, what the front answers itself (`Expect`), or a path that a URL parser would change.
 * @param mostBody bytes that a body may have
 */
export function readRequestHead(bytes: Buffer, peer: Peer, mostBody = Number.POSITIVE_INFINITY): RequestHead {
  const text = bytes.toString('latin1', 0, bytes.length - 4)
  if (STRAY_CONTROL.test(text)) throw new Malformed('a header holds a control character')
  const [first = '', ...lines] = text.split('\r\n')
  const [, method = '', target = '', minor] = REQUEST_LINE.exec(first) ?? []
  if (method === '') throw new Malformed('the request line is not HTTP/1.1')
  if (!METHODS.has(method)) throw new Malformed(`${method.slice(0, 100)} is not supported`, 501)
  const fields = fieldsOf(lines, peer)
  const added = addedTo(target, peer, fields)
  const changed = added.length > 0 || fields.kept.length !== lines.length
  const passed = changed ? Buffer.from([first, ...fields.kept, ...added, '', ''].join('\r\n'), 'latin1') : bytes
  const tooLong = Number(fields.length[0] ?? 0) > mostBody
  return {
    method,
    sent: sentBy(target, fields),
    bytes: passed,
    body: requestBody(fields, mostBody),
    chunkedHead: fields.encoding.length > 0 ? passed : undefined,
    expectsContinue: fields.expectsContinue && minor === '1' && !tooLong,
    upgrade: fields.upgrade && /\bupgrade\b/i.test(fields.connection),
    close: closes(fields.connection, minor === '0'),
  }
}

/**
 * Reads the head of one of workerd's own responses, which are well-formed.
 * @param toHead whether the request was a HEAD, whose response has no body whatever it says
 */
export function readResponseHead(bytes: Buffer, toHead: boolean): ResponseHead {
  const text = bytes.toString('latin1')
  const status = Number(STATUS_LINE.exec(text)?.[1] ?? 0)
  if (status === 0) throw new Malformed('the Worker did not answer in HTTP')
  const bodiless = toHead || status < 200 || status === 204 || status === 304
  return { status, body: bodiless ? undefined : responseBody(text), close: CLOSES.test(text) }
}

/** Of several the Worker makes one, which names nothing. */
function sentBy(target: string, { hosts, namespaces }: Fields): Sent {
  return { target, host: hosts[0] ?? '', namespace: namespaces.length > 0 ? namespaces.join(', ') : undefined }
}

function fieldsOf(lines: string[], { address, isProxy }: Peer): Fields {
  const fields: Fields = {
    hosts: [],
    namespaces: [],
    length: [],
    encoding: [],
    connection: '',
    upgrade: false,
    expectsContinue: false,
    forwardedFor: [],
    forwardedProto: false,
    kept: [],
  }
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase()
    if (!NAME.test(name)) throw new Malformed('a header line has no name')
    const value = () => line.slice(colon + 1).trim()
    if (RESERVED.has(name)) continue
    if (FORWARDED.has(name)) {
      if (!isProxy(address)) continue
      if (name === 'x-forwarded-for') fields.forwardedFor.push(value())
      if (name === 'x-forwarded-proto') fields.forwardedProto = true
    }
    if (name === 'expect' && value().toLowerCase() === '100-continue') {
      fields.expectsContinue = true
      continue
    }
    if (name === 'host') checkHost(fields, value())
    else if (name === 'content-length') fields.length.push(value())
    else if (name === 'transfer-encoding') fields.encoding.push(value().toLowerCase())
    else if (name === 'connection') fields.connection += ` ${value()}`
    else if (name === 'upgrade') fields.upgrade = true
    else if (name === NAMESPACE_HEADER) fields.namespaces.push(value())
    fields.kept.push(line)
  }
  return fields
}

/** Of the hosts that come all the time, which need no closer look. */
const PLAIN_HOST = /^[a-z][a-z-]*(?:\.[a-z][a-z-]*)*(?::\d{1,4})?$|^127\.0\.0\.1(?::\d{1,4})?$/

/** What would be more of a URL than its host. */
const NO_HOST = /[/\\?#@]/

/** The Worker's URL is made of it: https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function checkHost(fields: Fields, host: string): void {
  fields.hosts.push(host)
  if (fields.hosts.length > 1) throw new Malformed('more than one Host')
  if (!PLAIN_HOST.test(host) && (NO_HOST.test(host) || !URL.canParse(`http://${host}/`)))
    throw new Malformed('the Host is not a host')
}

function addedTo(target: string, peer: Peer, { forwardedFor, forwardedProto }: Fields): string[] {
  const added = peer.secure && !forwardedProto ? ['x-forwarded-proto: https'] : []
  const source = sourceOf(peer, forwardedFor)
  if (source !== LOOPBACK) added.push(`x-fakecloud-peer: ${source}`)
  if (DOT_SEGMENT.test(target.split('?', 1)[0] ?? '')) added.push(`x-fakecloud-raw-path: ${target}`)
  return added
}

function closes(connection: string, byDefault: boolean): boolean {
  return byDefault ? !/\bkeep-alive\b/i.test(connection) : /\bclose\b/i.test(connection)
}

/** Two ways to tell where a body ends are one too many: https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function requestBody({ length, encoding }: Fields, most: number): BodyFollower | undefined {
  if (encoding.length > 0) {
    if (encoding.length > 1 || encoding[0] !== 'chunked')
      throw new Malformed('the transfer encoding is not chunked', 501)
    if (length.length > 0) throw new Malformed('both Content-Length and Transfer-Encoding')
    return followChunked(most)
  }
  if (length.length > 1) throw new Malformed('more than one Content-Length')
  const [text = '0'] = length
  if (!/^\d{1,15}$/.test(text)) throw new Malformed('Content-Length is not a number')
  return Number(text) === 0 ? undefined : followLength(Number(text))
}

function responseBody(text: string): BodyFollower | undefined {
  if (CHUNKED.test(text)) return followChunked()
  const length = LENGTH.exec(text)?.[1]
  if (length === undefined) return followToEnd
  return Number(length) === 0 ? undefined : followLength(Number(length))
}
