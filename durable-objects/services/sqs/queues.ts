import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { insert } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { queueArn, queueUrl } from './addresses.ts'
import { changeAttributes, checkQueueName, effectiveAttributes, sameAttribute } from './attribute-rules.ts'
import { checkRedrivePolicy } from './dead-letters.ts'
import { findQueue, queueByName } from './find-queue.ts'
import { paging } from './listings.ts'
import { invalidParameter, queueDoesNotExist } from './refusals.ts'
import type { Attributes, Queue } from './schema.ts'
import { queueTags } from './tags.ts'
import { wake } from './waiters.ts'

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
export function CreateQueue(ctx: Tx, input: In<'CreateQueue'>): Out<'CreateQueue'> {
  const { QueueName: name, Attributes: given = {}, tags } = input
  if (name === undefined || name === null) throw noQueueName()
  if (name === '') throw invalidParameter('Queue name cannot be empty')
  const fifo = checkQueueName(name, given.FifoQueue)
  const attributes = changeAttributes({ fifo, set: {} }, given)
  const existing = queueByName(ctx, name)
  if (existing) {
    checkSame(existing, { fifo, given, attributes })
    return { QueueUrl: queueUrl(ctx, name) }
  }
  const policy = checkRedrivePolicy(ctx, name, attributes)
  queueTags.set(ctx, queueArn(ctx.place, name), tags)
  insertQueue(ctx, { name, fifo, attributes, deadLetterArn: policy?.deadLetterTargetArn ?? null })
  return { QueueUrl: queueUrl(ctx, name) }
}

function noQueueName(): AwsError {
  return invalidParameter('Value for parameter QueueName is invalid. Reason: Must specify a queue name.')
}

type NewQueue = { name: string; fifo: boolean; attributes: Attributes; deadLetterArn: string | null }

function insertQueue(ctx: Tx, queue: NewQueue): void {
  insert(ctx.sql, 'sqs_queues', {
    name: queue.name,
    fifo: queue.fifo,
    attributes: JSON.stringify(queue.attributes),
    deadLetterArn: queue.deadLetterArn,
    createdAt: ctx.now,
    modifiedAt: ctx.now,
    sequence: 0,
  })
}

/** Creating a queue again is no error unless an attribute that is given differs. */
function checkSame(queue: Queue, asked: { fifo: boolean; given: Attributes; attributes: Attributes }): void {
  const present = effectiveAttributes(queue.fifo === 1, queue.attributes)
  const wanted = effectiveAttributes(asked.fifo, asked.attributes)
  const different = Object.keys(asked.given).find(name => !sameAttribute(name, present[name], wanted[name]))
  if (!different) return
  const message = `A queue already exists with the same name and a different value for attribute ${different}`
  throw new AwsError('QueueNameExists', message)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html */
export function DeleteQueue(ctx: Tx, input: In<'DeleteQueue'>): void {
  const { id, name } = findQueue(ctx, input.QueueUrl)
  deleteMessages(ctx, id)
  queueTags.drop(ctx, queueArn(ctx.place, name))
  ctx.sql.run('DELETE FROM sqs_deduplications WHERE queue = ?', id)
  ctx.sql.run('DELETE FROM sqs_move_tasks WHERE queue = ?', id)
  ctx.sql.run('DELETE FROM sqs_queues WHERE id = ?', id)
  wake(ctx, id)
}

function deleteMessages(ctx: Tx, id: number): void {
  ctx.sql.run('DELETE FROM sqs_messages WHERE queue = ?', id)
  ctx.sql.run('DELETE FROM sqs_message_groups WHERE queue = ?', id)
  ctx.sql.run('DELETE FROM sqs_receive_attempts WHERE queue = ?', id)
  ctx.timers.clear('retention', String(id))
}

const PURGE_PAUSE_MS = 60_000

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
export function PurgeQueue(ctx: Tx, input: In<'PurgeQueue'>): void {
  const { id, name, purgedAt } = findQueue(ctx, input.QueueUrl)
  if (purgedAt !== null && ctx.now - purgedAt < PURGE_PAUSE_MS) {
    const message = `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`
    throw new AwsError('PurgeQueueInProgress', message)
  }
  deleteMessages(ctx, id)
  ctx.sql.run('UPDATE sqs_queues SET purgedAt = ?, expiry = NULL WHERE id = ?', ctx.now, id)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html */
export function GetQueueUrl(ctx: Ctx, input: In<'GetQueueUrl'>): Out<'GetQueueUrl'> {
  if (!input.QueueName) throw noQueueName()
  if (!queueByName(ctx, input.QueueName)) throw queueDoesNotExist()
  return { QueueUrl: queueUrl(ctx, input.QueueName) }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
export function ListQueues(ctx: Ctx, input: In<'ListQueues'>): Out<'ListQueues'> {
  const query = { select: 'name', from: 'sqs_queues', prefix: { name: input.QueueNamePrefix }, key: 'name' }
  const { rows, next } = listing<{ name: string }>(ctx, paging(input), query)
  return {
    ...(rows.length > 0 && { QueueUrls: rows.map(({ name }) => queueUrl(ctx, name)) }),
    NextToken: input.MaxResults ? next : undefined,
  }
}
