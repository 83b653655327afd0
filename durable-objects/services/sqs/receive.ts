import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { replayAttempt, writeAttempt } from './attempts.ts'
import { numberAttribute } from './attribute-rules.ts'
import { findQueue } from './find-queue.ts'
import { MOST_RECEIVED } from './groups.ts'
import { isFull } from './in-flight.ts'
import { isToken } from './message-rules.ts'
import { noteReceived } from './metrics.ts'
import { asked, type Asked, shown } from './received-message.ts'
import { invalidValue } from './refusals.ts'
import { expireMessages } from './retention.ts'
import type { MessageRow, Queue } from './schema.ts'
import { takeMessages } from './take.ts'
import { MAX_VISIBILITY } from './visibility.ts'
import { nextVisible } from './visible.ts'
import { asPoll, type Poll, waitForChange } from './waiters.ts'

type Input = In<'ReceiveMessage'>
type Output = Out<'ReceiveMessage'>

/** A receive, checked. */
type Receive = { url: string; most: number; visibility: number | undefined; attempt: string | undefined; asked: Asked }

const MAX_WAIT = 20

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export async function ReceiveMessage(ctx: Ctx, input: Input): Promise<Output> {
  const queue = findQueue(ctx, input.QueueUrl)
  const receive = checked(queue, input)
  const wait = input.WaitTimeSeconds ?? numberAttribute(queue.attributes, 'ReceiveMessageWaitTimeSeconds')
  const found =
    wait > 0
      ? await asPoll(ctx, poll => longPoll(ctx, receive, { poll, waitMs: wait * 1000 }))
      : (ctx.change(tx => take(tx, queue, receive)) ?? refuseShortPoll(queue))
  noteReceived(ctx, queue, found.length)
  return found.length > 0
    ? { Messages: found.map(row => ({ ...shown(row, receive.asked), ...chainOf(ctx, row) })) }
    : {}
}

/** For services alone, not for requests from outside. */
function chainOf({ signed }: Ctx, { traceId }: MessageRow): { TraceId?: string } {
  return signed === undefined && traceId !== null ? { TraceId: traceId } : {}
}

function checked(queue: Queue, input: Input): Receive {
  const { MaxNumberOfMessages: most = 1, WaitTimeSeconds: wait, VisibilityTimeout: visibility } = input
  const attempt = input.ReceiveRequestAttemptId
  if (most < 1 || most > MOST_RECEIVED) {
    throw invalidValue('MaxNumberOfMessages', most, `Must be between 1 and ${MOST_RECEIVED}, if provided`)
  }
  if (wait !== undefined && (wait < 0 || wait > MAX_WAIT)) {
    throw invalidValue('WaitTimeSeconds', wait, `Must be >= 0 and <= ${MAX_WAIT}, if provided`)
  }
  if (visibility !== undefined && (visibility < 0 || visibility > MAX_VISIBILITY)) {
    throw invalidValue('VisibilityTimeout', visibility, `Must be >= 0 and <= ${MAX_VISIBILITY}, if provided`)
  }
  if (attempt !== undefined) checkAttempt(queue, attempt)
  return { url: input.QueueUrl, most, visibility, attempt, asked: asked(input) }
}

function checkAttempt(queue: Queue, attempt: string): void {
  const refuse = (reason: string) => invalidValue('ReceiveRequestAttemptId', attempt, reason)
  if (!queue.fifo) throw refuse('The request include parameter that is not valid for this queue type')
  if (isToken(attempt)) return
  throw refuse('ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length')
}

/** One look into the queue; undefined when it has as many messages in flight as it may. */
function take(ctx: Tx, queue: Queue, receive: Receive): MessageRow[] | undefined {
  expireMessages(ctx, queue)
  const hideMs = (receive.visibility ?? numberAttribute(queue.attributes, 'VisibilityTimeout')) * 1000
  const replayed =
    receive.attempt === undefined ? undefined : replayAttempt(ctx, queue, { id: receive.attempt, hideMs })
  if (replayed) return replayed
  if (isFull(ctx, queue)) return undefined
  const rows = takeMessages(ctx, queue, { most: receive.most, hideMs })
  if (receive.attempt !== undefined && rows.length > 0) writeAttempt(ctx, queue, { id: receive.attempt, rows })
  return rows
}

/** Only a short poll of a standard queue is told that too many are in flight; others get nothing. */
function refuseShortPoll(queue: Queue): MessageRow[] {
  if (queue.fifo) return []
  throw new AwsError('OverLimit', 'Too many messages are in flight in the queue.')
}

type Waiting = { poll: Poll; waitMs: number }

/**
 * Waits for a message, no longer than AWS would on the namespace's clock, nor than the client does on the real one. The
 * queue is found anew after each wait: it may have changed or gone.
 */
async function longPoll(ctx: Ctx, receive: Receive, { poll, waitMs }: Waiting): Promise<MessageRow[]> {
  const realEnd = Date.now() + waitMs
  const end = ctx.now + waitMs
  for (;;) {
    if (poll.abandoned) return []
    const queue = findQueue(ctx, receive.url)
    const rows = ctx.change(tx => take(tx, queue, receive)) ?? []
    const left = realEnd - Date.now()
    if (rows.length > 0 || left <= 0 || ctx.now >= end) return rows
    await waitForMessage(ctx, queue, left)
  }
}

/** Waits until the queue changes, or a message comes into sight by time alone. */
async function waitForMessage(ctx: Ctx, queue: Queue, boundMs: number): Promise<void> {
  const { now } = ctx
  const next = nextVisible(ctx, queue)
  const bound = next === null ? boundMs : Math.min(boundMs, Math.max(1, next - now))
  const woken = await waitForChange(ctx, queue.id, bound)
  // A clock that stands still brings nothing into sight until it is moved, which wakes us.
  if (!woken && bound < boundMs && ctx.now === now) await waitForChange(ctx, queue.id, boundMs - bound)
}
