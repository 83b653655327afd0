import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { queueArn, queueUrl } from './addresses.ts'
import { findQueue, queueByArn, queueByName } from './find-queue.ts'
import { joinGroup, regroup } from './groups.ts'
import { paging } from './listings.ts'
import { allowsRedrive, parseRedrivePolicy, type RedrivePolicy } from './redrive-policy.ts'
import { invalidValue } from './refusals.ts'
import { expireMessages, noteMessages } from './retention.ts'
import type { Attributes, MessageRow, Queue } from './schema.ts'
import type { ForceDlqResponse } from './views.ts'
import { wake } from './waiters.ts'

type Redrive = { source: Queue; target: Queue }

/** What moving a message needs of it. */
export type DeadLetter = Pick<MessageRow, 'seq' | 'sentAt' | 'messageId' | 'deduplicationId' | 'groupId'>

/**
 * SQS -> its dead-letter queue: a message that was received as often as the queue's RedrivePolicy allows is moved, with
 * its id and attributes, by the receive that would have been one too many.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export function moveToDeadLetters(ctx: Tx, { source, target }: Redrive, rows: readonly DeadLetter[]): void {
  for (const row of rows) {
    // The age of a message counts on in a standard dead-letter queue, and starts anew in a FIFO one, where the
    // message's id becomes its deduplication id.
    const sentAt = target.fifo ? ctx.now : row.sentAt
    ctx.sql.run(
      `UPDATE sqs_messages SET seq = (SELECT MAX(seq) + 1 FROM sqs_messages), queue = ?, visibleAt = ?, sentAt = ?, sourceArn = ?,
       deduplicationId = ? WHERE seq = ?`,
      target.id,
      ctx.now,
      sentAt,
      queueArn(ctx.place, source.name),
      target.fifo ? row.messageId : row.deduplicationId,
      row.seq,
    )
    if (target.fifo) joinGroup(ctx, { queue: target.id, groupId: row.groupId ?? '', visibleAt: ctx.now })
  }
  if (source.fifo) for (const groupId of new Set(rows.map(row => row.groupId))) regroup(ctx, source.id, groupId ?? '')
  const oldest = target.fifo ? ctx.now : rows.reduce((least, row) => Math.min(least, row.sentAt), ctx.now)
  if (rows.length > 0) noteMessages(ctx, target, oldest)
  wake(ctx, target.id)
}

/** The redrive policy of a queue with the queue that it names; undefined when either is missing. */
export function deadLetterQueueOf(ctx: Ctx, queue: Queue): { target: Queue; maxReceiveCount: number } | undefined {
  if (queue.deadLetterArn === null || queue.attributes.RedrivePolicy === undefined) return undefined
  const { maxReceiveCount } = parseRedrivePolicy(queue.attributes.RedrivePolicy)
  const target = queueByArn(ctx, queue.deadLetterArn)
  return target && { target, maxReceiveCount }
}

/** Checks the dead-letter queue that attributes name: same owner, region and type, existing, and willing. */
export function checkRedrivePolicy(ctx: Ctx, queueName: string, attributes: Attributes): RedrivePolicy | undefined {
  const text = attributes.RedrivePolicy
  if (text === undefined) return undefined
  const policy = parseRedrivePolicy(text)
  const refuse = (reason: string) => invalidValue('RedrivePolicy', text, reason)
  const arn = parseArn(policy.deadLetterTargetArn)
  if (arn?.account !== ctx.place.account) throw refuse('Dead letter target owner should be same as the source')
  if (arn.region !== ctx.place.region) throw refuse('Dead letter target region should be same as the source')
  if (arn.resource.endsWith('.fifo') !== queueName.endsWith('.fifo')) {
    throw refuse('Dead-letter queue must be same type of queue as the source.')
  }
  if (arn.resource === queueName) throw refuse('Dead letter target cannot be the same as the source')
  const target = queueByArn(ctx, policy.deadLetterTargetArn)
  if (!target) throw refuse('Dead letter target does not exist')
  if (!allowsRedrive(target.attributes.RedriveAllowPolicy, queueArn(ctx.place, queueName))) {
    throw refuse('Dead letter target does not allow this queue as a source')
  }
  return policy
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListDeadLetterSourceQueues.html */
export function ListDeadLetterSourceQueues(
  ctx: Ctx,
  input: In<'ListDeadLetterSourceQueues'>,
): Out<'ListDeadLetterSourceQueues'> {
  const queue = findQueue(ctx, input.QueueUrl)
  const { rows, next } = listing<{ name: string }>(ctx, paging(input), {
    select: 'name',
    from: 'sqs_queues',
    where: { 'deadLetterArn = ?': queueArn(ctx.place, queue.name) },
    key: 'name',
  })
  return { queueUrls: rows.map(({ name }) => queueUrl(ctx, name)), NextToken: input.MaxResults ? next : undefined }
}

/** Test tick: moves all messages of a queue to its dead-letter queue, received or not; where it has one. */
export function ForceDeadLetters(ctx: Tx, { queueName }: { queueName: string }): ForceDlqResponse | undefined {
  const source = queueByName(ctx, queueName)
  if (!source) return undefined
  const target = deadLetterQueueOf(ctx, source)?.target
  if (!target) return { movedMessages: 0 }
  expireMessages(ctx, source)
  const rows = ctx.sql.all<DeadLetter>(
    'SELECT seq, sentAt, messageId, deduplicationId, groupId FROM sqs_messages WHERE queue = ? ORDER BY seq',
    source.id,
  )
  moveToDeadLetters(ctx, { source, target }, rows)
  return { movedMessages: rows.length }
}
