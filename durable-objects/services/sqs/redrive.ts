import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { queueByArn, queueById } from './find-queue.ts'
import { joinGroup, regroup } from './groups.ts'
import { expireMessages, noteMessages } from './retention.ts'
import type { MessageRow, MoveTaskRow, Queue } from './schema.ts'
import { nextSequence } from './store.ts'
import { wake } from './waiters.ts'

/** How many messages a task moves at once when no rate is asked for. */
const AT_ONCE = 5000
const SECOND_MS = 1000

/**
 * SQS: a dead-letter queue -> the queues that its messages came from, or one that the task names. The timer of a move
 * task: it moves a second's worth of messages and comes again until none is left.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export function move(ctx: Tx, id: string): void {
  const task = ctx.sql.first<MoveTaskRow>("SELECT * FROM sqs_move_tasks WHERE id = ? AND status = 'RUNNING'", id)
  const source = task && queueById(ctx, task.queue)
  if (!task || !source) return
  expireMessages(ctx, source)
  const most = task.rate ?? AT_ONCE
  const rows = nextToMove(ctx, source, most)
  const { moved, failure } = moveAll(ctx, { task, source }, rows)
  const done = !failure && rows.length < most
  const status = failure ? 'FAILED' : done ? 'COMPLETED' : 'RUNNING'
  ctx.sql.run(
    'UPDATE sqs_move_tasks SET moved = moved + ?, status = ?, failure = ? WHERE id = ?',
    moved,
    status,
    failure ?? null,
    id,
  )
  if (status === 'RUNNING') ctx.timers.set('move', id, ctx.now + (task.rate === null ? 1 : SECOND_MS))
}

/** What moving a message back needs of it. */
type Letter = Pick<MessageRow, 'seq' | 'groupId' | 'sourceArn'>

/** Group by group on a FIFO queue, so that each keeps its order. */
function nextToMove(ctx: Ctx, source: Queue, most: number): Letter[] {
  const order = source.fifo
    ? 'sequence IS NOT NULL ORDER BY groupId, seq'
    : 'TRUE ORDER BY visibleAt, receiveCount, sentAt, seq'
  return ctx.sql.all<Letter>(
    `SELECT seq, groupId, sourceArn FROM sqs_messages WHERE queue = ? AND visibleAt <= ? AND ${order} LIMIT ?`,
    source.id,
    ctx.now,
    most,
  )
}

type Outcome = { moved: number; failure?: string }

/** Stops at the first message that has nowhere to go. */
function moveAll(ctx: Tx, { task, source }: { task: MoveTaskRow; source: Queue }, rows: readonly Letter[]): Outcome {
  let moved = 0
  for (const row of rows) {
    const arn = task.destinationArn ?? row.sourceArn
    if (arn === null) return { moved, failure: 'CouldNotDetermineMessageSource' }
    const destination = queueByArn(ctx, arn)
    if (!destination) return { moved, failure: 'AWS.SimpleQueueService.NonExistentQueue' }
    moveBack(ctx, { source, destination }, row)
    moved += 1
  }
  return { moved }
}

/** What is moved back is a new message: with an id, an age and a count of receives of its own. */
function moveBack(ctx: Tx, { source, destination }: { source: Queue; destination: Queue }, row: Letter): void {
  ctx.sql.run(
    `UPDATE sqs_messages SET seq = (SELECT MAX(seq) + 1 FROM sqs_messages), queue = ?1, messageId = ?2, sentAt = ?3, visibleAt = ?3,
     receiveCount = 0, firstReceivedAt = NULL, receivedAt = NULL, sourceArn = NULL, sequence = ?4 WHERE seq = ?5`,
    destination.id,
    crypto.randomUUID(),
    ctx.now,
    destination.fifo ? nextSequence(ctx, destination) : null,
    row.seq,
  )
  if (source.fifo) {
    regroup(ctx, source.id, row.groupId ?? '')
    joinGroup(ctx, { queue: destination.id, groupId: row.groupId ?? '', visibleAt: ctx.now })
  }
  noteMessages(ctx, destination, ctx.now)
  wake(ctx, destination.id)
}
