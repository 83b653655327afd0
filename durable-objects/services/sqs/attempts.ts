import type { Tx } from '../../kernel/object/operation.ts'
import { DEDUPLICATION_MS } from './fifo.ts'
import { regroup } from './groups.ts'
import type { MessageRow, Queue } from './schema.ts'

/** Which messages a receive took, and how often each had been received then. */
type Receipts = { seq: number; messageId: string; receive: number }[]

/**
 * A FIFO queue answers a receive that is tried again, with the same ReceiveRequestAttemptId within five minutes, with
 * the same messages and handles, and hides them anew; once any of them was deleted or came into sight, it is a new one.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-receiverequestattemptid-request-parameter.html
 */
export function replayAttempt(
  ctx: Tx,
  queue: Queue,
  { id, hideMs }: { id: string; hideMs: number },
): MessageRow[] | undefined {
  const attempt = ctx.sql.first<{ receipts: string }>(
    'SELECT receipts FROM sqs_receive_attempts WHERE queue = ? AND id = ? AND until > ?',
    queue.id,
    id,
    ctx.now,
  )
  if (!attempt) return undefined
  const receipts = JSON.parse(attempt.receipts) as Receipts // written by writeAttempt
  const rows = receipts.flatMap(({ seq, messageId, receive }) =>
    ctx.sql.all<MessageRow>(
      'SELECT * FROM sqs_messages WHERE seq = ? AND queue = ? AND messageId = ? AND receiveCount = ? AND visibleAt > ?',
      seq,
      queue.id,
      messageId,
      receive,
      ctx.now,
    ),
  )
  if (rows.length < receipts.length) return undefined
  for (const { seq } of rows) ctx.sql.run('UPDATE sqs_messages SET visibleAt = ? WHERE seq = ?', ctx.now + hideMs, seq)
  for (const groupId of new Set(rows.map(row => row.groupId))) regroup(ctx, queue.id, groupId ?? '')
  return rows
}

export function writeAttempt(ctx: Tx, queue: Queue, { id, rows }: { id: string; rows: readonly MessageRow[] }): void {
  const receipts: Receipts = rows.map(row => ({ seq: row.seq, messageId: row.messageId, receive: row.receiveCount }))
  ctx.sql.run('DELETE FROM sqs_receive_attempts WHERE until <= ?', ctx.now)
  ctx.sql.run(
    'INSERT OR REPLACE INTO sqs_receive_attempts (queue, id, receipts, until) VALUES (?, ?, ?, ?)',
    queue.id,
    id,
    JSON.stringify(receipts),
    ctx.now + DEDUPLICATION_MS,
  )
}
