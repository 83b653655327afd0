import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { eachEntry, inBatch } from './batches.ts'
import { findQueue } from './find-queue.ts'
import { regroup } from './groups.ts'
import { heldMessage, receiptOf } from './held-messages.ts'
import { noteDeleted } from './metrics.ts'
import { invalidValue } from './refusals.ts'
import type { Queue } from './schema.ts'
import { wake } from './waiters.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
export function DeleteMessage(ctx: Tx, input: In<'DeleteMessage'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  freed(ctx, queue, [remove(ctx, queue, input.ReceiptHandle)])
  noteDeleted(ctx, queue, 1)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
export function DeleteMessageBatch(ctx: Tx, input: In<'DeleteMessageBatch'>): Out<'DeleteMessageBatch'> {
  const queue = findQueue(ctx, input.QueueUrl)
  const entries = inBatch('DeleteMessageBatchRequestEntry', input.Entries)
  const groups: (string | undefined)[] = []
  const result = eachEntry(entries, ({ ReceiptHandle }) => {
    try {
      groups.push(remove(ctx, queue, ReceiptHandle))
    } catch (thrown) {
      throw expiredInBatch(thrown)
    }
  })
  freed(ctx, queue, groups)
  noteDeleted(ctx, queue, groups.length)
  return result as Out<'DeleteMessageBatch'> // an empty list is left out, though the model requires it
}

/** In a batch an expired handle is called by another code than alone. */
function expiredInBatch(thrown: unknown): unknown {
  if (!(thrown instanceof AwsError) || thrown.code !== 'InvalidParameterValueException') return thrown
  return new AwsError('ReceiptHandleIsInvalid', thrown.message)
}

/**
 * Deleting what is gone is no error. On a standard queue any handle that a message was received with deletes it; on a
 * FIFO queue only the last, and only while it hides the message.
 * @returns the group that the message was of, on a FIFO queue
 */
function remove(ctx: Tx, queue: Queue, handle: string): string | undefined {
  const receipt = receiptOf(queue, handle)
  if (!queue.fifo) {
    ctx.sql.run(
      'DELETE FROM sqs_messages WHERE seq = ? AND queue = ? AND messageId = ?',
      receipt.seq,
      queue.id,
      receipt.messageId,
    )
    return undefined
  }
  const held = heldMessage(ctx, receipt)
  if (!held) return undefined
  if (held.receiveCount !== receipt.receive || held.visibleAt <= ctx.now) {
    throw invalidValue('ReceiptHandle', handle, 'The receipt handle has expired')
  }
  ctx.sql.run('DELETE FROM sqs_messages WHERE seq = ?', receipt.seq)
  return held.groupId ?? undefined
}

/** Groups that a message was deleted from may go on. */
function freed(ctx: Tx, queue: Queue, groups: readonly (string | undefined)[]): void {
  for (const groupId of new Set(groups)) if (groupId !== undefined) regroup(ctx, queue.id, groupId)
  if (queue.fifo) wake(ctx, queue.id)
}
