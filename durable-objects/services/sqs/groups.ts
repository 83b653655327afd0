import type { Tx } from '../../kernel/object/operation.ts'

/** No receive takes more than this, so that no more of a group is ever in flight. */
export const MOST_RECEIVED = 10

/**
 * A group of a FIFO queue can be received from when its oldest message is visible and none of it is in flight. That
 * time is kept for each group, so that finding one costs the same however many messages wait in groups that are busy.
 */
export function regroup(ctx: Tx, queue: number, groupId: string): void {
  const first = ctx.sql.all<{ visibleAt: number; receiveCount: number }>(
    `SELECT visibleAt, receiveCount FROM sqs_messages
     WHERE queue = CAST(? AS INTEGER) AND groupId = CAST(? AS TEXT) AND sequence IS NOT NULL
     ORDER BY seq LIMIT ${MOST_RECEIVED}`,
    queue,
    groupId,
  )
  const oldest = first[0]
  if (!oldest) {
    ctx.sql.run('DELETE FROM sqs_message_groups WHERE queue = ? AND groupId = ?', queue, groupId)
    return
  }
  const received = first.filter(row => row.receiveCount > 0).map(row => row.visibleAt)
  ctx.sql.run(
    'INSERT OR REPLACE INTO sqs_message_groups (queue, groupId, availableAt) VALUES (?, ?, ?)',
    queue,
    groupId,
    Math.max(oldest.visibleAt, ...received),
  )
}

/** Notes a new last message of a group: it changes nothing unless the group was empty. */
export function joinGroup(ctx: Tx, message: { queue: number; groupId: string; visibleAt: number }): void {
  ctx.sql.run(
    'INSERT OR IGNORE INTO sqs_message_groups (queue, groupId, availableAt) VALUES (?, ?, ?)',
    message.queue,
    message.groupId,
    message.visibleAt,
  )
}
