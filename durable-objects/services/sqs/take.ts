import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { deadLetterQueueOf, moveToDeadLetters } from './dead-letters.ts'
import { regroup } from './groups.ts'
import { noteInFlight } from './in-flight.ts'
import type { MessageRow, Queue } from './schema.ts'
import { noteHidden } from './watchers.ts'

/** How many messages a receive wants, and for how long it hides them. */
export type Wanted = { most: number; hideMs: number }

type DeadLetters = { target: Queue; maxReceiveCount: number } | undefined

/**
 * Takes messages out of sight and counts the receive; those received too often go to the dead-letter queue instead.
 * @returns rows as they are after this receive
 */
export function takeMessages(ctx: Tx, queue: Queue, wanted: Wanted): MessageRow[] {
  const deadLetters = deadLetterQueueOf(ctx, queue)
  const rows = queue.fifo
    ? fromGroups(ctx, queue, { ...wanted, deadLetters })
    : fromAll(ctx, queue, { ...wanted, deadLetters })
  return received(ctx, rows, wanted.hideMs)
}

type Search = Wanted & { deadLetters: DeadLetters }

function fromAll(ctx: Tx, queue: Queue, search: Search): MessageRow[] {
  return living(ctx, { queue, ...search }, () =>
    ctx.sql.all<MessageRow>(
      `SELECT * FROM sqs_messages WHERE queue = CAST(? AS INTEGER) AND visibleAt <= ?
       ORDER BY visibleAt, receiveCount, sentAt, seq LIMIT ${search.most}`,
      queue.id,
      ctx.now,
    ),
  )
}

/**
 * As many as possible of one group, in order, before the next group. Groups that had only dead letters to give are out of
 * the way then, and others are looked for.
 */
function fromGroups(ctx: Tx, queue: Queue, search: Search): MessageRow[] {
  for (;;) {
    const groups = ctx.sql.all<{ groupId: string }>(
      `SELECT groupId FROM sqs_message_groups WHERE queue = CAST(? AS INTEGER) AND availableAt <= ?
       ORDER BY availableAt LIMIT ${search.most}`,
      queue.id,
      ctx.now,
    )
    const rows: MessageRow[] = []
    for (const { groupId } of groups) {
      if (rows.length === search.most) break
      const most = search.most - rows.length
      const head = living(ctx, { queue, ...search }, () => headOfGroup(ctx, queue, { groupId, most }))
      if (head.length === 0) regroup(ctx, queue.id, groupId)
      rows.push(...head)
    }
    if (rows.length > 0 || groups.length === 0) return rows
  }
}

function headOfGroup(ctx: Ctx, queue: Queue, { groupId, most }: { groupId: string; most: number }): MessageRow[] {
  const rows = ctx.sql.all<MessageRow>(
    `SELECT * FROM sqs_messages WHERE queue = CAST(? AS INTEGER) AND groupId = CAST(? AS TEXT) AND sequence IS NOT NULL
     ORDER BY seq LIMIT ${most}`,
    queue.id,
    groupId,
  )
  const hidden = rows.findIndex(row => row.visibleAt > ctx.now)
  return hidden < 0 ? rows : rows.slice(0, hidden)
}

/** Looks again for as long as what it finds is ripe for the dead-letter queue. */
function living(
  ctx: Tx,
  { queue, deadLetters }: { queue: Queue; deadLetters: DeadLetters },
  find: () => MessageRow[],
): MessageRow[] {
  for (;;) {
    const rows = find()
    const dead = deadLetters ? rows.filter(row => row.receiveCount >= deadLetters.maxReceiveCount) : []
    if (!deadLetters || dead.length === 0) return rows
    moveToDeadLetters(ctx, { source: queue, target: deadLetters.target }, dead)
  }
}

function received(ctx: Tx, rows: MessageRow[], hideMs: number): MessageRow[] {
  if (rows.length === 0) return rows
  const { now } = ctx
  const visibleAt = now + hideMs
  ctx.sql.run(
    `UPDATE sqs_messages SET visibleAt = ?1, receiveCount = receiveCount + 1, receivedAt = ?2,
     firstReceivedAt = COALESCE(firstReceivedAt, ?2) WHERE seq IN (${rows.map((_, i) => `?${i + 3}`).join()})`,
    visibleAt,
    now,
    ...rows.map(row => row.seq),
  )
  noteInFlight(ctx, rows[0]?.queue ?? 0, rows.length)
  noteHidden(ctx, rows[0]?.queue ?? 0, visibleAt)
  const groups = new Set(rows.flatMap(row => (row.sequence === null ? [] : [row.groupId ?? ''])))
  for (const groupId of groups) regroup(ctx, rows[0]?.queue ?? 0, groupId)
  return rows.map(row => ({
    ...row,
    visibleAt,
    receiveCount: row.receiveCount + 1,
    receivedAt: now,
    firstReceivedAt: row.firstReceivedAt ?? now,
  }))
}
