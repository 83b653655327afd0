import type { Ctx } from '../../kernel/object/operation.ts'
import { parseReceiptHandle, type Receipt } from './receipt-handles.ts'
import { invalidReceiptHandle, missingParameter } from './refusals.ts'
import type { Queue } from './schema.ts'

/** What deciding about a receipt needs of its message. */
export type Held = { visibleAt: number; receiveCount: number; receivedAt: number | null; groupId: string | null }

/** Reads a receipt handle of this queue. @throws AwsError MissingRequiredParameterException, ReceiptHandleIsInvalid */
export function receiptOf(queue: Queue, handle: string): Receipt {
  if (!handle?.trim()) throw missingParameter('ReceiptHandle')
  const receipt = parseReceiptHandle(handle)
  if (receipt?.queue !== queue.id) throw invalidReceiptHandle(handle)
  return receipt
}

/** The message of a receipt; undefined when it was deleted, expired or moved to another queue. */
export function heldMessage(ctx: Ctx, { queue, seq, messageId }: Receipt): Held | undefined {
  return ctx.sql.first<Held>(
    'SELECT visibleAt, receiveCount, receivedAt, groupId FROM sqs_messages WHERE seq = ? AND queue = ? AND messageId = ?',
    seq,
    queue,
    messageId,
  )
}
