import type { Operations } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseQueueUrl } from './addresses.ts'
import { findQueue, queueByName } from './find-queue.ts'
import { invalidParameter, missingParameter } from './refusals.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const MAX_TAGS = 50

/** Refuses keys and values out of bounds; the number of tags is that of a new queue's. */
export function checkTags(queueName: string, tags: Record<string, string>): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) throw invalidKey()
    if (value.length > 256) throw invalidParameter('Tag values must be between 0 and 256 characters in length.')
    if (key.toLowerCase().startsWith('aws:')) throw invalidParameter('Tag keys cannot start with aws:.')
  }
  if (Object.keys(tags).length > MAX_TAGS) throw invalidParameter(`Too many tags added for queue ${queueName}.`)
}

const invalidKey = () => invalidParameter('Tag keys must be between 1 and 128 characters in length.')

export function writeTags(ctx: Tx, queue: number, tags: Record<string, string>): void {
  for (const [key, value] of Object.entries(tags)) {
    ctx.sql.run('INSERT OR REPLACE INTO sqs_tags (queue, key, value) VALUES (?, ?, ?)', queue, key, value)
  }
}

function tagsOf(ctx: Ctx, queue: number): Record<string, string> {
  const rows = ctx.sql.all<{ key: string; value: string }>(
    'SELECT key, value FROM sqs_tags WHERE queue = ? ORDER BY key',
    queue,
  )
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

/** The tags of the queue that an operation is about, for conditions on them. */
export function queueTags(ctx: Ctx, _operation: string, input: Record<string, unknown>): Record<string, string> {
  const { QueueUrl } = input
  const queue = typeof QueueUrl === 'string' ? queueByName(ctx, parseQueueUrl(QueueUrl).name) : undefined
  return queue ? tagsOf(ctx, queue.id) : {}
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export function TagQueue(ctx: Tx, input: In<'TagQueue'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  const tags = input.Tags ?? {}
  if (Object.keys(tags).length === 0) throw missingParameter('Tags')
  checkTags(queue.name, { ...tagsOf(ctx, queue.id), ...tags })
  writeTags(ctx, queue.id, tags)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_UntagQueue.html */
export function UntagQueue(ctx: Tx, input: In<'UntagQueue'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  if (!input.TagKeys || input.TagKeys.length === 0) throw invalidKey()
  for (const key of input.TagKeys) ctx.sql.run('DELETE FROM sqs_tags WHERE queue = ? AND key = ?', queue.id, key)
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html */
export function ListQueueTags(ctx: Ctx, input: In<'ListQueueTags'>): Out<'ListQueueTags'> {
  const tags = tagsOf(ctx, findQueue(ctx, input.QueueUrl).id)
  return Object.keys(tags).length > 0 ? { Tags: tags } : {}
}
