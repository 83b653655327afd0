import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { eachEntry, inBatch } from './batches.ts'
import { findQueue } from './find-queue.ts'
import { regroup } from './groups.ts'
import { heldMessage, receiptOf } from './held-messages.ts'
import { noteInFlight } from './in-flight.ts'
import { invalidValue, missingParameter } from './refusals.ts'
import type { Queue } from './schema.ts'
import { wake } from './waiters.ts'

/** In seconds: also the longest that a message may be hidden after a receive, extensions included. */
export const MAX_VISIBILITY = 43_200

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
export function ChangeMessageVisibility(ctx: Tx, input: In<'ChangeMessageVisibility'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  const { ReceiptHandle, VisibilityTimeout } = input
  if (VisibilityTimeout === undefined || VisibilityTimeout === null) throw missingParameter('VisibilityTimeout')
  if (VisibilityTimeout < 0 || VisibilityTimeout > MAX_VISIBILITY) {
    throw invalidValue('VisibilityTimeout', VisibilityTimeout, `Must be between 0 and ${MAX_VISIBILITY}`)
  }
  hide(ctx, queue, { handle: ReceiptHandle, seconds: VisibilityTimeout })
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html */
export function ChangeMessageVisibilityBatch(
  ctx: Tx,
  input: In<'ChangeMessageVisibilityBatch'>,
): Out<'ChangeMessageVisibilityBatch'> {
  const queue = findQueue(ctx, input.QueueUrl)
  const entries = inBatch('ChangeMessageVisibilityBatchRequestEntry', input.Entries)
  const result = eachEntry(entries, ({ ReceiptHandle, VisibilityTimeout: seconds }, position) => {
    if (seconds === undefined || seconds === null) {
      throw missingParameter(`ChangeMessageVisibilityBatchRequestEntry.${position}.VisibilityTimeout`)
    }
    if (seconds < 0 || seconds > MAX_VISIBILITY) {
      throw invalidValue(
        'VisibilityTimeout',
        seconds,
        `VisibilityTimeout must be an integer between 0 and ${MAX_VISIBILITY}`,
      )
    }
    hide(ctx, queue, { handle: ReceiptHandle, seconds })
  })
  return result as Out<'ChangeMessageVisibilityBatch'> // an empty list is left out, though the model requires it
}

function hide(ctx: Tx, queue: Queue, { handle, seconds }: { handle: string; seconds: number }): void {
  const receipt = receiptOf(queue, handle)
  const held = heldMessage(ctx, receipt)
  const expired = queue.fifo === 1 && (held?.visibleAt ?? 0) <= ctx.now
  if (!held || held.receiveCount !== receipt.receive || expired) {
    throw invalidValue(
      'ReceiptHandle',
      handle,
      'Message does not exist or is not available for visibility timeout change',
    )
  }
  const since = Math.floor((ctx.now - (held.receivedAt ?? ctx.now)) / 1000)
  if (since + seconds > MAX_VISIBILITY) {
    const reason = `Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY} seconds]`
    throw invalidValue('VisibilityTimeout', seconds, reason)
  }
  ctx.sql.run('UPDATE sqs_messages SET visibleAt = ? WHERE seq = ?', ctx.now + seconds * 1000, receipt.seq)
  noteInFlight(ctx, queue.id, 1)
  if (queue.fifo) regroup(ctx, queue.id, held.groupId ?? '')
  wake(ctx, queue.id)
}
