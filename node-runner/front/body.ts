import { Malformed } from './malformed.ts'
import { TooLarge } from './too-large.ts'

/**
 * Follows one body over the pieces in which it comes. Answers the offset at which it ends in this piece, or undefined
 * while more is to come. Throws Malformed.
 */
export type BodyFollower = (piece: Buffer) => number | undefined

/** A body of that many bytes. */
export function followLength(bytes: number): BodyFollower {
  let left = bytes
  return piece => {
    const taken = Math.min(left, piece.length)
    left -= taken
    return left === 0 ? taken : undefined
  }
}

/** A response's body that ends with its connection. */
export const followToEnd: BodyFollower = () => undefined

const LF = 0x0a
const MAX_SIZE_LINE = 4096
const MAX_TRAILERS = 64 * 1024
/** Thirteen digits are below 2^53, and no body comes near. */
const SIZE_LINE = /^([0-9a-f]{1,13})[ \t]*(?:;[^\r\n]*)?\r\n$/i

/**
 * Chunks of `<hex size>CRLF<data>CRLF`, the last of size 0, then trailers and an empty line.
 * @param most how many bytes they may have in all; more throw TooLarge before they are passed on
 */
export function followChunked(most = Number.POSITIVE_INFINITY): BodyFollower {
  const lines = lineReader()
  let phase: 'size' | 'data' | 'data-end' | 'trailers' = 'size'
  let left = 0
  let trailers = 0
  let total = 0
  const onLine = (line: string): boolean => {
    if (phase === 'size') {
      left = sizeOf(line)
      total += left
      if (total > most) throw new TooLarge('the body is too large')
      phase = left === 0 ? 'trailers' : 'data'
    } else if (phase === 'data-end') {
      if (line !== '\r\n') throw new Malformed('a chunk is longer than its size')
      phase = 'size'
    } else {
      trailers += line.length
      if (trailers > MAX_TRAILERS) throw new Malformed('the trailers are too long')
      return line === '\r\n'
    }
    return false
  }
  return piece => {
    let at = 0
    while (at < piece.length) {
      if (phase === 'data') {
        const taken = Math.min(left, piece.length - at)
        left -= taken
        at += taken
        if (left === 0) phase = 'data-end'
        continue
      }
      const read = lines(piece, at)
      at = read.at
      if (read.line !== undefined && onLine(read.line)) return at
    }
    return undefined
  }
}

function sizeOf(line: string): number {
  const digits = SIZE_LINE.exec(line)?.[1]
  if (digits === undefined) throw new Malformed('a chunk has no size')
  return Number.parseInt(digits, 16)
}

/** Reads lines with their ends, over pieces. */
function lineReader(): (piece: Buffer, at: number) => { at: number; line?: string } {
  let held = ''
  return (piece, at) => {
    const end = piece.indexOf(LF, at)
    const to = end === -1 ? piece.length : end + 1
    const text = held + piece.toString('latin1', at, to)
    if (text.length > MAX_SIZE_LINE) throw new Malformed('a line of the chunked body is too long')
    held = end === -1 ? text : ''
    return end === -1 ? { at: to } : { at: to, line: text }
  }
}
