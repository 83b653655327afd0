import { invalidParameter } from '../refusals.ts'

/** An event as PutLogEvents takes it; the timestamp in epoch milliseconds. */
export type InputEvent = { timestamp: number; message: string }

/** What AWS counts for an event beside its message, in bytes. */
export const EVENT_OVERHEAD = 26
const MAX_BYTES = 1_048_576
const MAX_SPAN_MS = 24 * 3_600_000
const MAX_AGE_MS = 14 * 24 * 3_600_000
const MAX_AHEAD_MS = 2 * 3_600_000

/** The events of a batch that are taken, from `start` up to, but not with, `end`; and what is told of the others. */
export type Accepted = { start: number; end: number; rejected?: Rejected }

export type Rejected = {
  tooNewLogEventStartIndex?: number
  tooOldLogEventEndIndex?: number
  expiredLogEventEndIndex?: number
}

/**
 * Checks a batch as a whole: size, then order.
 * @returns its bytes, as AWS counts them
 */
export function checkBatch(events: readonly InputEvent[]): number {
  let bytes = 0
  for (const { message } of events) {
    const size = Buffer.byteLength(message) + EVENT_OVERHEAD
    if (size > MAX_BYTES) throw invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${MAX_BYTES}`)
    bytes += size
  }
  if (bytes > MAX_BYTES) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BYTES}`)
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
  }
  return bytes
}

/**
 * Splits an ordered batch by age.
 * @param expiry the timestamp before which the group keeps nothing
 */
export function accept(events: readonly InputEvent[], now: number, expiry: number): Accepted {
  const indexFrom = (bound: number) => {
    const index = events.findIndex(({ timestamp }) => timestamp >= bound)
    return index < 0 ? events.length : index
  }
  const tooOld = indexFrom(now - MAX_AGE_MS)
  const expired = indexFrom(expiry)
  const end = indexFrom(now + MAX_AHEAD_MS + 1)
  const start = Math.min(Math.max(tooOld, expired), end)
  checkSpan(events, start, end)
  if (start === 0 && end === events.length) return { start, end }
  const rejected: Rejected = {
    ...(end < events.length ? { tooNewLogEventStartIndex: end } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
  }
  return { start, end, rejected }
}

function checkSpan(events: readonly InputEvent[], start: number, end: number): void {
  const [first, last] = [events[start], events[end - 1]]
  if (!first || !last || last.timestamp - first.timestamp <= MAX_SPAN_MS) return
  throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
}

/** A token of the form AWS still gives, though it takes any. */
export function sequenceToken(stream: number, ingestedAt: number): string {
  return `49${String(ingestedAt).padStart(15, '0')}${String(stream).padStart(39, '0')}`
}
