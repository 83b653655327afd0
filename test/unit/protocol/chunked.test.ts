import { describe, expect, test } from 'vitest'
import { decodeChunked, isChunked, unchunk } from '../../../aws/wire/chunked.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A stream that gives its text in pieces of that size. */
function streamOf(text: string, size = text.length): ReadableStream<Uint8Array> {
  const whole = bytes(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= whole.length) return controller.close()
      controller.enqueue(whole.slice(at, at + size))
      at += size
    },
  })
}

const read = (text: string, length?: number) => new Response(decodeChunked(streamOf(text), length).stream).text()

const signed = (data: string) => `${data.length.toString(16)};chunk-signature=${'ab'.repeat(32)}\r\n${data}\r\n`
const END = `0;chunk-signature=${'cd'.repeat(32)}\r\n\r\n`

describe('framing comes off', () => {
  test.each([1, 2, 3, 7, 1000])('however the bytes arrive: %i at a time', async size => {
    const text = `5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:abc=\r\nX-Amz-Other: 1 \r\n\r\n`
    const { stream, trailers } = decodeChunked(streamOf(text, size), 11)
    expect(await new Response(stream).text()).toBe('hello world')
    expect(await trailers).toEqual({ 'x-amz-checksum-crc32': 'abc=', 'x-amz-other': '1' })
  })

  test('of signed chunks, whose signatures go to the inspector', async () => {
    const seen: unknown[] = []
    const inspector = {
      data: (data: Uint8Array) => void seen.push(new TextDecoder().decode(data)),
      end: (signature?: string) => void seen.push(signature),
      trailers: (lines: readonly (readonly [string, string])[]) => void seen.push(lines),
    }
    const { stream } = decodeChunked(streamOf(signed('hello') + END), 5, inspector)
    expect(await new Response(stream).text()).toBe('hello')
    expect(seen).toEqual(['hello', 'ab'.repeat(32), 'cd'.repeat(32), []])
  })

  test('with data that looks like framing', async () => {
    expect(await read('7\r\n0\r\n\r\n5\r\r\n0\r\n\r\n')).toBe('0\r\n\r\n5\r')
  })

  test('of nothing', async () => {
    expect(await read('0\r\n\r\n', 0)).toBe('')
    expect(await read('0\r\n')).toBe('')
  })

  test('of a body that is whole already', () => {
    expect(unchunk(bytes('3\r\nabc\r\n0\r\n\r\n'), 3).data).toEqual(bytes('abc'))
    expect(() => unchunk(bytes('3\r\nab'))).toThrow('The request body terminated unexpectedly')
  })
})

describe('malformed framing is an IncompleteBody, for the stream and for its trailers', () => {
  test.each([
    ['nothing at all', ''],
    ['an end within the data', '5\r\nhel'],
    ['an end before the last chunk', '5\r\nhello\r\n'],
    ['no size', 'x\r\nhello\r\n0\r\n\r\n'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
    ['a size beyond all measure', `${'f'.repeat(40)}\r\nhello`],
    ['a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n'],
    ['a header without end', 'f'.repeat(20_000)],
    ['a trailer without a colon', '0\r\ntrailer\r\n\r\n'],
    ['the wrong length', '5\r\nhello\r\n0\r\n\r\n', 6],
    ['trailers without number', `0\r\n${Array.from({ length: 100 }, (_, at) => `a${at}:1\r\n`).join('')}\r\n`],
  ])('%s', async (_, text, length?: number) => {
    const { stream, trailers } = decodeChunked(streamOf(text), length)
    const incomplete = { code: 'IncompleteBody', status: 400 }
    await expect(new Response(stream).text()).rejects.toMatchObject(incomplete)
    await expect(trailers).rejects.toMatchObject(incomplete)
  })
})

test('framing is told by the digest or by the encoding', () => {
  expect(isChunked(new Headers({ 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }))).toBe(true)
  expect(isChunked(new Headers({ 'content-encoding': 'gzip, aws-chunked' }))).toBe(true)
  expect(isChunked(new Headers({ 'content-encoding': 'gzip', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }))).toBe(false)
})
