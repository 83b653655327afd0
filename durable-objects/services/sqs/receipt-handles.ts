/** What a receipt handle stands for: one receive of one message. */
export type Receipt = {
  queue: number
  seq: number
  messageId: string
  /** Which receive of the message it was, from 1. */
  receive: number
}

const PREFIX = 'AQEB'
const PARTS = /^(\d+) (\d+) ([0-9a-f-]{36}) (\d+)$/

/** One handle a receive, opaque like AWS's. */
export function receiptHandle(receipt: Receipt): string {
  return PREFIX + btoa(`${receipt.queue} ${receipt.seq} ${receipt.messageId} ${receipt.receive}`)
}

/** Undefined for what is not a handle of ours. */
export function parseReceiptHandle(handle: string): Receipt | undefined {
  if (!handle.startsWith(PREFIX)) return undefined
  try {
    const parts = PARTS.exec(atob(handle.slice(PREFIX.length)))
    if (!parts) return undefined
    const [, queue, seq, messageId = '', receive] = parts
    return { queue: Number(queue), seq: Number(seq), messageId, receive: Number(receive) }
  } catch {
    return undefined
  }
}
