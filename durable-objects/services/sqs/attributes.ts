import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { queueArn } from './addresses.ts'
import { changeAttributes, effectiveAttributes, numberAttribute } from './attribute-rules.ts'
import { checkRedrivePolicy } from './dead-letters.ts'
import { findQueue } from './find-queue.ts'
import { regroup } from './groups.ts'
import { parseRedrivePolicy } from './redrive-policy.ts'
import { missingParameter, unknownAttribute } from './refusals.ts'
import { expireMessages, scheduleExpiry } from './retention.ts'
import type { Attributes, Queue } from './schema.ts'
import { wake } from './waiters.ts'

/** In AWS's order. Those that a queue does not have are left out. */
const NAMES = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'Policy',
  'ReceiveMessageWaitTimeSeconds',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'ContentBasedDeduplication',
]

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
export function GetQueueAttributes(ctx: Tx, input: In<'GetQueueAttributes'>): Out<'GetQueueAttributes'> {
  const queue = findQueue(ctx, input.QueueUrl)
  const asked = input.AttributeNames ?? []
  const unknown = asked.find(name => name !== 'All' && !NAMES.includes(name))
  if (unknown !== undefined) throw unknownAttribute(unknown)
  const wanted = asked.includes('All') ? NAMES : NAMES.filter(name => asked.includes(name))
  const counted = wanted.some(name => name.startsWith('Approximate'))
  const all: Attributes = {
    ...effectiveAttributes(queue.fifo === 1, queue.attributes),
    ...(counted ? counts(ctx, queue) : {}),
    QueueArn: queueArn(ctx.place, queue.name),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  }
  const found = wanted.flatMap(name => (all[name] === undefined ? [] : [[name, all[name]] as const]))
  return found.length > 0 ? { Attributes: Object.fromEntries(found) } : {}
}

/** Messages that can be received, that are in flight, and that are still delayed. */
function counts(ctx: Tx, queue: Queue): Attributes {
  expireMessages(ctx, queue)
  const all = ctx.sql.first<{ n: number }>('SELECT n FROM sqs_message_counts WHERE queue = ?', queue.id)?.n ?? 0
  // Those that cannot be received are few, and the index has them together.
  const hidden = ctx.sql.first<{ inFlight: number; delayed: number }>(
    `SELECT COUNT(*) FILTER (WHERE receiveCount > 0) AS inFlight, COUNT(*) FILTER (WHERE receiveCount = 0) AS delayed
     FROM sqs_messages WHERE queue = ? AND visibleAt > ?`,
    queue.id,
    ctx.now,
  )
  const { inFlight, delayed } = hidden ?? { inFlight: 0, delayed: 0 }
  return {
    ApproximateNumberOfMessages: String(all - inFlight - delayed),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
export function SetQueueAttributes(ctx: Tx, input: In<'SetQueueAttributes'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  const changes: Attributes = input.Attributes ?? {}
  if (Object.keys(changes).length === 0) throw missingParameter('Attribute.Name')
  const attributes = changeAttributes({ fifo: queue.fifo === 1, set: queue.attributes }, changes)
  if (changes.RedrivePolicy) checkRedrivePolicy(ctx, queue.name, attributes)
  writeAttributes(ctx, queue, attributes)
  const changed: Queue = { ...queue, attributes }
  if (changes.MessageRetentionPeriod !== undefined) scheduleExpiry(ctx, changed)
  if (changes.DelaySeconds !== undefined && queue.fifo) applyDelay(ctx, changed)
}

/** Writes a queue's attributes, already checked; now becomes its time of modification. */
export function writeAttributes(ctx: Tx, queue: Queue, attributes: Attributes): void {
  const policy = attributes.RedrivePolicy
  ctx.sql.run(
    'UPDATE sqs_queues SET attributes = ?, deadLetterArn = ?, modifiedAt = ? WHERE id = ?',
    JSON.stringify(attributes),
    policy === undefined ? null : parseRedrivePolicy(policy).deadLetterTargetArn,
    ctx.now,
    queue.id,
  )
}

/** A FIFO queue's new delay holds for the messages that wait in it as well; a standard queue's does not. */
function applyDelay(ctx: Tx, queue: Queue): void {
  ctx.sql.run(
    'UPDATE sqs_messages SET visibleAt = sentAt + ? WHERE queue = ? AND receiveCount = 0',
    numberAttribute(queue.attributes, 'DelaySeconds') * 1000,
    queue.id,
  )
  const groups = ctx.sql.all<{ groupId: string }>('SELECT groupId FROM sqs_message_groups WHERE queue = ?', queue.id)
  for (const { groupId } of groups) regroup(ctx, queue.id, groupId)
  wake(ctx, queue.id)
}
