import type { Out } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { DEDUPLICATION_MS, deduplicationKey, sequenceNumber } from './fifo.ts'
import { joinGroup } from './groups.ts'
import { noteSent } from './metrics.ts'
import type { Outgoing } from './outgoing.ts'
import type { Queue } from './schema.ts'

export type Sent = Out<'SendMessage'>

/** Which message a FIFO queue took an equal one for. */
type Original = { messageId: string; sequence: number }

/** Writes a message, unless a FIFO queue took one with its deduplication id within the last five minutes. */
export function store(ctx: Tx, queue: Queue, message: Outgoing): Sent {
  const original = queue.fifo ? originalOf(ctx, queue, message) : undefined
  const messageId = original?.messageId ?? crypto.randomUUID()
  const sequence = original?.sequence ?? (queue.fifo ? nextSequence(ctx, queue) : null)
  if (!original) {
    insert(ctx, queue, { ...message, messageId, sequence })
    noteSent(ctx, queue, message.size)
    if (sequence !== null) remember(ctx, queue, { ...message, messageId, sequence })
  }
  return {
    MessageId: messageId,
    MD5OfMessageBody: message.md5,
    ...(message.attributesMd5 && { MD5OfMessageAttributes: message.attributesMd5 }),
    ...(message.traceMd5 && { MD5OfMessageSystemAttributes: message.traceMd5 }),
    ...(sequence !== null && { SequenceNumber: sequenceNumber(sequence) }),
  }
}

type Accepted = Outgoing & { messageId: string; sequence: number | null }

function insert(ctx: Tx, queue: Queue, message: Accepted): void {
  const { now } = ctx
  ctx.sql.run(
    `INSERT INTO sqs_messages (queue, messageId, body, md5, attributes, attributesMd5, trace, traceId, sender, sentAt, visibleAt,
     groupId, deduplicationId, sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    queue.id,
    message.messageId,
    message.body,
    message.md5,
    message.attributes,
    message.attributesMd5,
    // X-Ray's header is taken from the request too, which is how functions and services pass it on.
    message.trace ?? ctx.trace ?? null,
    ctx.traceId,
    senderOf(ctx),
    now,
    now + message.delayMs,
    message.groupId,
    message.deduplicationId,
    message.sequence,
  )
}

/** The SenderId: a role session's id and name, else the account. */
function senderOf({ caller }: Ctx): string {
  return caller.session ? `${caller.session.roleId}:${caller.session.name}` : caller.accountId
}

/** Numbers a FIFO queue's messages. */
export function nextSequence(ctx: Tx, queue: Queue): number {
  const row = ctx.sql.first<{ sequence: number }>(
    'UPDATE sqs_queues SET sequence = sequence + 1 WHERE id = ? RETURNING sequence',
    queue.id,
  )
  return row?.sequence ?? 0 // the queue was just found
}

function keyOf(queue: Queue, message: Outgoing): string {
  const { groupId, deduplicationId } = message
  return deduplicationKey(queue.attributes.DeduplicationScope, { id: deduplicationId ?? '', groupId: groupId ?? '' })
}

function originalOf(ctx: Ctx, queue: Queue, message: Outgoing): Original | undefined {
  return ctx.sql.first<Original>(
    'SELECT messageId, sequence FROM sqs_deduplications WHERE queue = ? AND key = ? AND until > ?',
    queue.id,
    keyOf(queue, message),
    ctx.now,
  )
}

function remember(ctx: Tx, queue: Queue, message: Accepted & { sequence: number }): void {
  const { groupId, messageId, sequence } = message
  joinGroup(ctx, { queue: queue.id, groupId: groupId ?? '', visibleAt: ctx.now + message.delayMs })
  ctx.sql.run(
    'INSERT OR REPLACE INTO sqs_deduplications (queue, key, messageId, sequence, until) VALUES (?, ?, ?, ?, ?)',
    queue.id,
    keyOf(queue, message),
    messageId,
    sequence,
    ctx.now + DEDUPLICATION_MS,
  )
  // Cleared up now and then, so that not every message pays for it.
  if (sequence % 64 === 0) ctx.sql.run('DELETE FROM sqs_deduplications WHERE until <= ?', ctx.now)
}
