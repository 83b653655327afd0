import { describe, expect, it } from 'vitest'
import { type BodyFollower, followChunked, followLength } from '../../../node-runner/front/body.ts'

/** How many bytes of the text belong to the body, when it comes in pieces of that size. */
function lengthOf(follow: BodyFollower, text: string, pieceSize: number): number | undefined {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const end = follow(bytes.subarray(at, at + pieceSize))
    if (end !== undefined) return at + end
  }
  return undefined
}

const SIZES = [1, 2, 3, 7, 1000]

describe('a body of a known length', () => {
  it.each(SIZES)('ends there, in pieces of %i', size => {
    expect(lengthOf(followLength(5), 'helloGET / HTTP/1.1', size)).toBe(5)
  })

  it('goes on while bytes are missing', () => {
    expect(lengthOf(followLength(6), 'hello', 2)).toBeUndefined()
  })
})

describe('a chunked body', () => {
  const chunked = '5\r\nhello\r\n1A;name="a b"\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nx-checksum: 1\r\nx-more: 2\r\n\r\n'

  it.each(SIZES)('ends after its trailers, in pieces of %i', size => {
    expect(lengthOf(followChunked(), `${chunked}GET / HTTP/1.1`, size)).toBe(chunked.length)
  })

  it.each(SIZES)('may be empty, in pieces of %i', size => {
    expect(lengthOf(followChunked(), '0\r\n\r\nGET', size)).toBe(5)
  })

  it.each([
    ['a size that is no number', 'x\r\n'],
    ['no size', '\r\n'],
    ['a negative size', '-1\r\n'],
    ['a size beyond any body', `${'f'.repeat(14)}\r\n`],
    ['a line that ends in LF alone', '5\nhello\r\n'],
    ['a chunk longer than its size', '5\r\nhello!\r\n'],
    ['an endless line of size', '0'.repeat(5000)],
    ['endless trailers', `0\r\n${'a: b\r\n'.repeat(20_000)}`],
  ])('is refused with %s', (_, text) => {
    expect(() => lengthOf(followChunked(), text, 100)).toThrow(expect.objectContaining({ status: 400 }))
  })
})
