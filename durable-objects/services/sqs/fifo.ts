import { createHash } from 'node:crypto'

/** AWS's sequence numbers have 20 digits and grow by more than one. */
const FIRST_SEQUENCE = 18_849_496_460_467_696_128n

/** The SequenceNumber of a queue's nth message, n from 1. */
export function sequenceNumber(n: number): string {
  return String(FIRST_SEQUENCE + BigInt(n) * 256n)
}

/** How long a message's deduplication id, or a receive's attempt id, is remembered. */
export const DEDUPLICATION_MS = 300_000

/** The deduplication id that content-based deduplication gives: the body's SHA-256, attributes left out. */
export function contentId(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Under which key a message is known not to be sent again: by queue, or by group for high throughput. */
export function deduplicationKey(scope: string | undefined, message: { id: string; groupId: string }): string {
  return scope === 'messageGroup' ? `${message.groupId} ${message.id}` : message.id
}
