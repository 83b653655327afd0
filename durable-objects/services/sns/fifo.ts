import { createHash } from 'node:crypto'
import type { Tx } from '../../kernel/object/operation.ts'
import type { Message } from './message.ts'
import { invalidParameter } from './refusals.ts'
import type { Topic } from './schema.ts'

/** A message with the same deduplication id is the same message, for so long. */
const DEDUPLICATED_MS = 300_000
const TOKEN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/

/** What a FIFO topic wants and a standard one does not take. @throws AwsError */
export function checkOrder(topic: Topic, { groupId, deduplicationId }: Message): void {
  if (groupId !== undefined && !TOKEN.test(groupId)) {
    throw invalidParameter('MessageGroupId Reason: it can only include alphanumeric and punctuation characters')
  }
  if (deduplicationId !== undefined && !TOKEN.test(deduplicationId)) {
    throw invalidParameter('MessageDeduplicationId Reason: it can only include alphanumeric and punctuation characters')
  }
  if (!topic.fifo) {
    if (deduplicationId === undefined) return
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
  }
  if (groupId === undefined) throw invalidParameter('The MessageGroupId parameter is required for FIFO topics')
  if (deduplicationId === undefined && topic.attributes.ContentBasedDeduplication !== 'true') {
    throw invalidParameter(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  }
}

type Noted = { messageId: string; sequenceNumber: string }

/** Whether a message is one that was published before; and how to note that it was now. */
export function deduplicate(ctx: Tx, topic: Topic, message: Message): { seen?: Noted; note(as: Noted): void } {
  const key = keyOf(topic, message)
  ctx.sql.run('DELETE FROM sns_deduplications WHERE until <= ?', ctx.now)
  const seen = ctx.sql.first<Noted>(
    'SELECT messageId, sequence AS sequenceNumber FROM sns_deduplications WHERE topic = ? AND key = ?',
    topic.arn,
    key,
  )
  const note = ({ messageId, sequenceNumber }: Noted) =>
    ctx.sql.run(
      'INSERT INTO sns_deduplications (topic, key, messageId, sequence, until) VALUES (?, ?, ?, ?, ?)',
      topic.arn,
      key,
      messageId,
      sequenceNumber,
      ctx.now + DEDUPLICATED_MS,
    )
  return seen ? { seen, note } : { note }
}

/** The queues that get it see the same id, so that theirs agrees with the topic's. */
export function deduplicationIdOf({ bodies, deduplicationId }: Message): string {
  return (
    deduplicationId ??
    createHash('sha256')
      .update(bodies.default ?? '')
      .digest('hex')
  )
}

function keyOf(topic: Topic, message: Message): string {
  const id = deduplicationIdOf(message)
  return topic.attributes.FifoThroughputScope === 'MessageGroup' ? `${message.groupId}/${id}` : `/${id}`
}

const FIRST = 10_000_000_000_000_000_000n

export function nextSequence(ctx: Tx, topic: Topic): string {
  ctx.sql.run('UPDATE sns_topics SET sequence = sequence + 1 WHERE arn = ?', topic.arn)
  const row = ctx.sql.first<{ sequence: number }>('SELECT sequence FROM sns_topics WHERE arn = ?', topic.arn)
  return String(FIRST + BigInt(row?.sequence ?? 0) * 1000n)
}
