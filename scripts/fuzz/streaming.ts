import { type Message, withHeader } from './messages.ts'
import type { Random } from './random.ts'

const SIGNATURE = 'a'.repeat(64)

/** An upload in S3's own framing, mostly with something wrong about it. */
export function chunkedUpload(message: Message, random: Random): { message: Message; fault: string } {
  const signed = random.chance(0.5)
  const data = random.bytes(random.pick([0, 1, 100, 9000]))
  const fault = random.chance(0.25) ? 'whole' : random.pick(Object.keys(FAULTS))
  const framing: Framing = { data, signed, trailers: signed ? [] : ['x-amz-checksum-crc32:AAAAAA=='] }
  const body = (FAULTS[fault] ?? (given => framed(given)))(framing, random)
  const length = random.chance(0.85)
    ? String(data.length)
    : random.pick(['-1', '', 'x', '1e9', String(data.length + 1), '9'.repeat(30)])
  const digest = signed ? 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' : 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'
  let made = withHeader({ ...message, body }, 'x-amz-content-sha256', digest)
  made = withHeader(made, 'content-encoding', 'aws-chunked')
  made = withHeader(made, 'x-amz-decoded-content-length', length)
  if (!signed) made = withHeader(made, 'x-amz-trailer', 'x-amz-checksum-crc32')
  return { message: made, fault }
}

type Framing = { data: Uint8Array; signed: boolean; trailers: string[] }

function chunk(size: string, data: Uint8Array, signed: boolean): Buffer {
  const head = signed ? `${size};chunk-signature=${SIGNATURE}\r\n` : `${size}\r\n`
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\r\n')])
}

function framed({ data, signed, trailers }: Framing, last = '0'): Buffer {
  const half = data.subarray(0, data.length >> 1)
  const rest = data.subarray(half.length)
  const pieces = [half, rest].filter(each => each.length > 0).map(each => chunk(each.length.toString(16), each, signed))
  const end = signed ? `${last};chunk-signature=${SIGNATURE}\r\n` : `${last}\r\n`
  return Buffer.concat([...pieces, Buffer.from([end, ...trailers.map(line => `${line}\r\n`), '\r\n'].join(''))])
}

const FAULTS: Readonly<Record<string, (framing: Framing, random: Random) => Buffer>> = {
  'cut short': (framing, random) => {
    const whole = framed(framing)
    return whole.subarray(0, random.int(0, whole.length - 1))
  },
  'not framed': ({ data }) => Buffer.from(data),
  'size not hexadecimal': framing => Buffer.concat([Buffer.from('zz\r\n'), framed(framing)]),
  'size negative': framing => Buffer.concat([Buffer.from('-5\r\n'), framed(framing)]),
  'size enormous': framing => Buffer.concat([Buffer.from('ffffffffffff\r\n'), framed(framing)]),
  'size too small': ({ data, signed }) =>
    Buffer.concat([chunk('1', Buffer.concat([data, data, data]), signed), chunk('0', Buffer.alloc(0), signed)]),
  'no last chunk': ({ data, signed }) => chunk(data.length.toString(16), data, signed),
  'bytes after the end': framing => Buffer.concat([framed(framing), Buffer.from('more\r\n\r\n')]),
  'many trailers': framing =>
    framed({ ...framing, trailers: Array.from({ length: 200 }, (_, i) => `x-${i}:${'y'.repeat(100)}`) }),
  'a trailer without a name': framing => framed({ ...framing, trailers: [':x', 'nothing', '__proto__:x'] }),
  'a wrong checksum': framing =>
    framed({ ...framing, trailers: ['x-amz-checksum-sha256:x', 'x-amz-checksum-crc32c:AAAA'] }),
  'a long header': framing =>
    Buffer.concat([Buffer.from(`1;chunk-signature=${'a'.repeat(50_000)}\r\n`), framed(framing)]),
  'line feeds alone': framing => Buffer.from(framed(framing).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  'leading zeros': framing => framed(framing, '0000000000000'),
}
