import type { BodyFollower } from './body.ts'
import { Malformed } from './malformed.ts'

/** Longer heads are refused: workerd takes as much, AWS less. */
export const MAX_HEAD_BYTES = 64 * 1024

const HEAD_END = '\r\n\r\n'
const EMPTY = Buffer.alloc(0)

export type MessageEvents = {
  /**
   * A whole head, blank line included; answers how to follow its body, if it has one, or `later`: the message is held
   * from its beginning on until `resume`.
   */
  onHead(bytes: Buffer): BodyFollower | 'later' | undefined
  /** A piece of the body, framing and all. */
  onBody(bytes: Buffer): void
  /** The message is over; `rest` bytes of the piece come after it. Answering true holds what follows until `resume`. */
  onEnd(rest: number): boolean
}

/** One direction of an HTTP/1.1 connection, as far as it has been read. */
export type MessageReader = {
  events: MessageEvents
  /** Of the message that is being read, once its head is whole. */
  body: BodyFollower | undefined
  /** The beginning of a head, or what is held. */
  partial: Buffer
  held: boolean
}

export function createMessageReader(events: MessageEvents): MessageReader {
  return { events, body: undefined, partial: EMPTY, held: false }
}

/** Between two messages, within a head or a body, or holding what came after the last message. */
export function phaseOf({ held, body, partial }: MessageReader): 'idle' | 'head' | 'body' | 'held' {
  if (held) return 'held'
  if (body !== undefined) return 'body'
  return partial.length > 0 ? 'head' : 'idle'
}

/** Takes the next piece, however the stream is cut into pieces. Throws Malformed. */
export function readMessages(reader: MessageReader, piece: Buffer): void {
  let left: Buffer | undefined = piece
  while (left !== undefined && left.length > 0) {
    if (reader.held) {
      reader.partial = Buffer.concat([reader.partial, left])
      return
    }
    left = reader.body === undefined ? readHead(reader, left) : readBody(reader, reader.body, left)
  }
}

/** Goes on with what was held. Throws Malformed. */
export function resumeMessages(reader: MessageReader): void {
  reader.held = false
  readMessages(reader, takeHeld(reader))
}

/** What was held, to be passed on by other means. */
export function takeHeld(reader: MessageReader): Buffer {
  const kept = reader.partial
  reader.partial = EMPTY
  return kept
}

/** Answers what comes after the head, or undefined when more of it must come. */
function readHead(reader: MessageReader, piece: Buffer): Buffer | undefined {
  const bytes = skipBlankLines(reader.partial.length > 0 ? Buffer.concat([reader.partial, piece]) : piece)
  const end = bytes.indexOf(HEAD_END)
  if ((end === -1 ? bytes.length : end) > MAX_HEAD_BYTES) {
    throw new Malformed(`the headers are longer than ${MAX_HEAD_BYTES} bytes`, 431)
  }
  reader.partial = end === -1 ? bytes : EMPTY
  if (end === -1) return undefined
  const start = end + HEAD_END.length
  const left = bytes.subarray(start)
  const body = reader.events.onHead(bytes.subarray(0, start))
  if (body === 'later') {
    reader.held = true
    reader.partial = bytes
    return undefined
  }
  reader.body = body
  if (reader.body === undefined) reader.held = reader.events.onEnd(left.length)
  return left
}

/** Answers what comes after the body, or undefined when more of it must come. */
function readBody(reader: MessageReader, body: BodyFollower, piece: Buffer): Buffer | undefined {
  const end = body(piece)
  reader.events.onBody(end === undefined ? piece : piece.subarray(0, end))
  if (end === undefined) return undefined
  const left = piece.subarray(end)
  reader.body = undefined
  reader.held = reader.events.onEnd(left.length)
  return left
}

/** Some clients end a body with a line's end too many: https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
function skipBlankLines(piece: Buffer): Buffer {
  let at = 0
  while (piece[at] === 0x0d && piece[at + 1] === 0x0a) at += 2
  return at === 0 ? piece : piece.subarray(at)
}
