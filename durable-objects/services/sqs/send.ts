import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { MAX_MESSAGE_SIZE } from './attribute-rules.ts'
import { type BatchEntry, type Failure, failureOf, inBatch } from './batches.ts'
import { findQueue } from './find-queue.ts'
import { messageSize } from './message-rules.ts'
import { type Given, type Outgoing, outgoing } from './outgoing.ts'
import { invalidParameter, missingParameter } from './refusals.ts'
import { noteMessages } from './retention.ts'
import type { Queue } from './schema.ts'
import { type Sent, store } from './store.ts'
import { wake } from './waiters.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function SendMessage(ctx: Tx, input: In<'SendMessage'>): Sent {
  const queue = findQueue(ctx, input.QueueUrl)
  if (!input.MessageBody) throw missingParameter('MessageBody')
  const sent = store(ctx, queue, outgoing(queue, input))
  noteMessages(ctx, queue, ctx.now)
  wake(ctx, queue.id)
  return sent
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export function SendMessageBatch(ctx: Tx, input: In<'SendMessageBatch'>): Out<'SendMessageBatch'> {
  const queue = findQueue(ctx, input.QueueUrl)
  const entries = inBatch('SendMessageBatchRequestEntry', input.Entries)
  checkBatchSize(entries)
  const checked = entries.map((entry, i) => checkedEntry(queue, entry, i + 1))
  const Successful = []
  const Failed: Failure[] = []
  for (const entry of checked) {
    if ('failure' in entry) Failed.push(entry.failure)
    else Successful.push({ Id: entry.id, ...store(ctx, queue, entry.message) })
  }
  if (Successful.length > 0) noteMessages(ctx, queue, ctx.now)
  wake(ctx, queue.id)
  // The model calls both lists required; AWS leaves out the one that is empty.
  const result = { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) }
  return result as Out<'SendMessageBatch'>
}

type Entry = BatchEntry & Given

function checkBatchSize(entries: readonly Entry[]): void {
  const total = entries.reduce(
    (sum, entry) => sum + messageSize(entry.MessageBody ?? '', entry.MessageAttributes ?? {}),
    0,
  )
  if (total <= MAX_MESSAGE_SIZE) return
  const message = `Batch requests cannot be longer than ${MAX_MESSAGE_SIZE} bytes. You have sent ${total} bytes.`
  throw new AwsError('BatchRequestTooLong', message)
}

type Checked = { id: string; message: Outgoing } | { failure: Failure }

/** A standard queue takes the good entries of a batch; a FIFO queue, which must keep their order, all or none. */
function checkedEntry(queue: Queue, entry: Entry, position: number): Checked {
  try {
    if (!entry.MessageBody) throw missingParameter(`SendMessageBatchRequestEntry.${position}.MessageBody`)
    return { id: entry.Id, message: outgoing(queue, entry) }
  } catch (thrown) {
    if (!(thrown instanceof AwsError)) throw thrown
    if (queue.fifo) throw inFifoBatch(thrown)
    return { failure: failureOf(entry.Id, thrown) }
  }
}

/** What is missing from an entry is called an invalid value there. */
function inFifoBatch(error: AwsError): AwsError {
  return error.code === 'MissingRequiredParameterException' ? invalidParameter(error.message) : error
}
