import { z } from 'zod'
import { type PageAsked, type Part, view } from '../../kernel/views/view.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { queueArn } from './addresses.ts'
import { queueOf, retentionMs } from './find-queue.ts'
import type { MessageRow, QueueRow } from './schema.ts'

/** A message on a queue; `body` as it is stored. */
export type SqsMessageInfo = {
  messageId: string
  body: string
  receiveCount: number
  inFlight: boolean
  createdAt: string
}
export type SqsQueueMessages = {
  queueUrl: string
  queueName: string
  region: string
  queueArn: string
  messages: SqsMessageInfo[]
}
export type SqsMessagesResponse = { queues: SqsQueueMessages[] }
export type ExpirationTickResponse = { expiredMessages: number }
export type ForceDlqResponse = { movedMessages: number }

type Viewed = Pick<MessageRow, 'seq' | 'queue' | 'messageId' | 'body' | 'receiveCount' | 'visibleAt' | 'sentAt'>
type Rooted = { baseUrl: string }

/** Every queue with its messages in order of arrival. */
export const messages = view<SqsMessagesResponse, Rooted>({
  parameters: z.object({ baseUrl: z.string() }),
  none: { queues: [] },
  page: 10_000,
  whole: ({ queues }) => ({ queues: [...Map.groupBy(queues, queue => queue.queueArn).values()].flatMap(joined) }),
  read: partOf,
})

/** How many characters of bodies are in one page. */
const PAGE_CHARACTERS = 4_000_000

function partOf(ctx: Ctx, { limit, after, baseUrl }: PageAsked & Rooted): Part<SqsMessagesResponse> {
  const queues = ctx.sql.all<QueueRow>('SELECT * FROM sqs_queues ORDER BY name').map(queueOf)
  const keptSince = new Map(queues.map(queue => [queue.id, ctx.now - retentionMs(queue)]))
  const rows: Viewed[] = []
  let characters = 0
  let next: string | undefined
  for (const row of ctx.sql.each<Viewed>(
    'SELECT seq, queue, messageId, body, receiveCount, visibleAt, sentAt FROM sqs_messages WHERE seq > ? ORDER BY seq',
    Number(after ?? 0) || 0,
  )) {
    // Its time is over, and nobody has cleared it up yet.
    if (row.sentAt <= (keptSince.get(row.queue) ?? 0)) continue
    rows.push(row)
    characters += row.body.length
    if (rows.length < limit && characters < PAGE_CHARACTERS) continue
    next = String(row.seq)
    break
  }
  const byQueue = Map.groupBy(rows, row => row.queue)
  // Further pages are of further messages; the first shows empty queues, too.
  const shown = queues.filter(({ id }) => after === undefined || byQueue.has(id))
  return { queues: shown.map(({ id, name }) => shownQueue(ctx, { name, baseUrl, rows: byQueue.get(id) ?? [] })), next }
}

type Found = Rooted & { name: string; rows: readonly Viewed[] }

function shownQueue({ place, now }: Ctx, { name, baseUrl, rows }: Found): SqsQueueMessages {
  return {
    queueUrl: `${baseUrl}/${place.account}/${name}`,
    queueName: name,
    region: place.region,
    queueArn: queueArn(place, name),
    messages: rows.map(({ messageId, body, receiveCount, visibleAt, sentAt }) => ({
      messageId,
      body,
      receiveCount,
      inFlight: receiveCount > 0 && visibleAt > now,
      createdAt: new Date(sentAt).toISOString(),
    })),
  }
}

/** One queue of its parts, whose messages were on several pages. */
function joined([first, ...rest]: SqsQueueMessages[]): SqsQueueMessages[] {
  return first ? [{ ...first, messages: [first, ...rest].flatMap(queue => queue.messages) }] : []
}
