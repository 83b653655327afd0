import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { queueArn } from './addresses.ts'
import { type DeadLetter, deadLetterQueueOf, moveToDeadLetters } from './dead-letters.ts'
import { queueById, queueByName } from './find-queue.ts'
import { expireMessages } from './retention.ts'
import type { MessageRow } from './schema.ts'

/** A queue as `/_fakecloud/sqs/messages` shows it. */
export type QueueView = {
  queueUrl: string
  queueName: string
  region: string
  queueArn: string
  messages: MessageView[]
}

export type MessageView = {
  messageId: string
  body: string
  receiveCount: number
  inFlight: boolean
  createdAt: string
}

/** A part of what a place holds: its queues, with as many of their messages as one answer carries. */
export type MessagesPage = { queues: QueueView[]; next?: string }

/** How many messages, and characters of their bodies, are in one page. */
const PAGE_MESSAGES = 10_000
const PAGE_CHARACTERS = 4_000_000

type Viewed = Pick<MessageRow, 'seq' | 'queue' | 'messageId' | 'body' | 'receiveCount' | 'visibleAt' | 'sentAt'>

/**
 * Every queue with its messages in order of arrival.
 * @param parameters `baseUrl`: the root of the URLs shown; `after`: where the page before ended
 */
export function messages(ctx: Tx, { baseUrl = '', after = '0' }: Record<string, string>): MessagesPage {
  expire(ctx)
  const rows: Viewed[] = []
  let characters = 0
  for (const row of ctx.sql.each<Viewed>(
    'SELECT seq, queue, messageId, body, receiveCount, visibleAt, sentAt FROM sqs_messages WHERE seq > ? ORDER BY seq',
    Number(after),
  )) {
    rows.push(row)
    characters += row.body.length
    if (rows.length >= PAGE_MESSAGES || characters >= PAGE_CHARACTERS) break
  }
  const last = rows.at(-1)
  const full = rows.length >= PAGE_MESSAGES || characters >= PAGE_CHARACTERS
  return { queues: viewsOf(ctx, rows, baseUrl), ...(full && last && { next: String(last.seq) }) }
}

function viewsOf(ctx: Ctx, rows: readonly Viewed[], baseUrl: string): QueueView[] {
  const { place, now } = ctx
  const byQueue = Map.groupBy(rows, row => row.queue)
  return ctx.sql
    .all<{ id: number; name: string }>('SELECT id, name FROM sqs_queues ORDER BY name')
    .map(({ id, name }) => ({
      queueUrl: `${baseUrl}/${place.account}/${name}`,
      queueName: name,
      region: place.region,
      queueArn: queueArn(place, name),
      messages: (byQueue.get(id) ?? []).map(({ messageId, body, receiveCount, visibleAt, sentAt }) => ({
        messageId,
        body,
        receiveCount,
        inFlight: receiveCount > 0 && visibleAt > now,
        createdAt: new Date(sentAt).toISOString(),
      })),
    }))
}

/** Ends the messages whose time is over, now; answers how many. */
export function expire(ctx: Tx): number {
  const due = ctx.sql.all<{ id: number }>('SELECT id FROM sqs_queues WHERE expiry <= ?', ctx.now)
  return due.reduce((sum, { id }) => {
    const queue = queueById(ctx, id)
    return sum + (queue ? expireMessages(ctx, queue) : 0)
  }, 0)
}

/**
 * Moves all messages of a queue to its dead-letter queue, received or not; `accountId` and `region` say where, if given.
 * @returns how many; null when this object has no such queue, 0 when the queue has no dead-letter queue
 */
export function forceDeadLetters(
  ctx: Tx,
  { queueName = '', accountId, region }: Record<string, string>,
): number | null {
  const elsewhere =
    (accountId ?? ctx.place.account) !== ctx.place.account || (region ?? ctx.place.region) !== ctx.place.region
  const queue = elsewhere ? undefined : queueByName(ctx, queueName)
  if (!queue) return null
  const target = deadLetterQueueOf(ctx, queue)?.target
  if (!target) return 0
  expireMessages(ctx, queue)
  const rows = ctx.sql.all<DeadLetter>(
    'SELECT seq, sentAt, messageId, deduplicationId, groupId FROM sqs_messages WHERE queue = ? ORDER BY seq',
    queue.id,
  )
  moveToDeadLetters(ctx, { source: queue, target }, rows)
  return rows.length
}
