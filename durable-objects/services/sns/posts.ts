/** SNS → HTTP(S): notifications are posted, and tried again as the delivery policy says, by the namespace's clock. */
import { AwsError } from '../../../aws/errors.ts'
import { httpOut } from '../../kernel/http-out.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { jsonWithBytes, parseWithBytes } from '../../../aws/json-bytes.ts'
import { sendDeadLetter } from './dead-letters.ts'
import { contentTypeOf, retryPolicyOf, spacingOf } from './delivery-policies.ts'
import { noteDelivered } from './metrics.ts'
import { isTooLate, retryDelay } from './retry-delays.ts'
import type { Attributes, PostRow, Topic } from './schema.ts'
import { lookUpTopic } from './find-topic.ts'

export type Post = {
  subscription: { arn: string; endpoint: string; attributes?: Attributes }
  type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  body: string
  messageId: string
  raw?: boolean
  /** What goes with it to a dead-letter queue. */
  input?: Record<string, unknown>
}

/** https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html */
const TIMEOUT_MS = 15_000
/** A try that a crash cut off is made again after so long, should nothing wake the object before. */
const SAFETY_MS = 60_000

/** Writes it down, and tries at once. */
export function startPost(ctx: Tx, topic: Topic, post: Post): void {
  const { subscription, type, messageId, body, input } = post
  const id = crypto.randomUUID()
  const due = slotOf(ctx, topic, subscription)
  ctx.sql.run(
    'INSERT INTO sns_posts (id, subscription, topic, url, headers, body, about, firstAt, due, trace) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    subscription.arn,
    topic.arn,
    subscription.endpoint,
    JSON.stringify(headersOf(ctx, topic, post)),
    body,
    jsonWithBytes({ type, event: `${type} ${messageId}`, ...(input && { input }) } satisfies About),
    due,
    due,
    ctx.traceId,
  )
  ctx.timers.set('post', id, due > ctx.now ? due : due + SAFETY_MS)
  if (due <= ctx.now) attemptPost(ctx, id)
}

/** When a subscription that is throttled may have its next post; the others at once. */
function slotOf(ctx: Ctx, topic: Topic, { arn, attributes }: Post['subscription']): number {
  const spacing = spacingOf(attributes?.DeliveryPolicy, topic.attributes.DeliveryPolicy)
  if (spacing === 0) return ctx.now
  const slots = ctx.memory<Map<string, number>>('sns.slots', () => new Map())
  const slot = Math.max(ctx.now, slots.get(arn) ?? 0)
  slots.set(arn, slot + spacing)
  return slot
}

function headersOf(ctx: Ctx, topic: Topic, { subscription, type, messageId, raw }: Post): Record<string, string> {
  const plain = type !== 'Notification'
  const own = subscription.attributes?.DeliveryPolicy
  return {
    'content-type': plain ? contentTypeOf(undefined, undefined) : contentTypeOf(own, topic.attributes.DeliveryPolicy),
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': messageId,
    'x-amz-sns-topic-arn': topic.arn,
    ...(type !== 'SubscriptionConfirmation' && { 'x-amz-sns-subscription-arn': subscription.arn }),
    ...(raw && { 'x-amz-sns-rawdelivery': 'true' }),
    'x-amzn-trace-id': `Root=${ctx.traceId}`,
  }
}

/** Posts under way at once; what is due beyond them waits for one to end. */
const MOST_AT_ONCE = 50

const underWay = (ctx: Ctx) => ctx.memory<Set<string>>('sns.posts', () => new Set())

/** Tries what was under way when the object last slept, and what has waited. */
export function resumePosts(ctx: Ctx): void {
  const running = underWay(ctx)
  if (running.size >= MOST_AT_ONCE) return
  const rows = ctx.sql.all<{ id: string }>(
    `SELECT id FROM sns_posts WHERE due <= ? ORDER BY due LIMIT ${MOST_AT_ONCE}`,
    ctx.now,
  )
  for (const { id } of rows) attemptPost(ctx, id)
}

/** A timer of a post that failed, and the first try: both go on beside whoever called. */
export function attemptPost(ctx: Ctx, id: string): void {
  const running = underWay(ctx)
  if (running.has(id) || running.size >= MOST_AT_ONCE) return
  running.add(id)
  const ended = attempt(ctx, id).finally(() => running.delete(id))
  ctx.background(ended.then(() => resumePosts(ctx)))
}

async function attempt(ctx: Ctx, id: string): Promise<void> {
  const row = ctx.sql.first<PostRow>('SELECT * FROM sns_posts WHERE id = ?', id)
  if (!row) return
  const failure = await send(ctx, row)
  // What was reset meanwhile is not written again.
  return ctx.change(tx => {
    if (!tx.sql.first('SELECT 1 FROM sns_posts WHERE id = ?', id)) return
    const hop = hopOf(row)
    if (failure === undefined) {
      finish(tx, id)
      tx.journal({ ...hop, outcome: 'delivered' })
      noteDelivered(tx, row.topic)
      return
    }
    const delay = failure.lasting ? undefined : retryDelay(retriesOf(tx, row), row.attempts + 1)
    if (delay === undefined || isTooLate(row.firstAt, tx.now + delay)) {
      giveUp(tx, row, failure.reason)
      return
    }
    const due = tx.now + delay

    tx.sql.run('UPDATE sns_posts SET attempts = attempts + 1, due = ? WHERE id = ?', due, id)
    tx.timers.set('post', id, due)

    tx.journal({ ...hop, outcome: 'retried', reason: failure.reason })
  })
}

function finish(ctx: Tx, id: string): void {
  ctx.sql.run('DELETE FROM sns_posts WHERE id = ?', id)
  ctx.timers.clear('post', id)
}

/** What a post is, beside what is sent. */
type About = Pick<Post, 'type' | 'input'> & { event: string }

const aboutOf = ({ about }: PostRow) => parseWithBytes(about) as About // written by startPost()

const hopOf = (row: PostRow) => ({
  traceId: row.trace,
  from: row.topic,
  to: row.url,
  event: aboutOf(row).event,
  deliveryId: row.id,
  attempt: row.attempts + 1,
})

type Failure = { reason: string; lasting: boolean }

/** Anything but a 2xx is a failure; a 4xx other than 429 is one for good. */
async function send(ctx: Ctx, row: PostRow): Promise<Failure | undefined> {
  try {
    const headers = JSON.parse(row.headers) as Record<string, string> // written by startPost()
    const out = { method: 'POST', headers, body: row.body, timeoutMs: TIMEOUT_MS }
    const { status } = await httpOut(ctx, row.url, out)
    if (status >= 200 && status < 300) return undefined
    return { reason: `The endpoint answered ${status}`, lasting: status >= 400 && status < 500 && status !== 429 }
  } catch (error) {
    if (error instanceof AwsError) return { reason: error.message, lasting: true }
    return { reason: `The endpoint did not answer: ${error instanceof Error ? error.message : error}`, lasting: false }
  }
}

function retriesOf(ctx: Ctx, { subscription, topic }: PostRow) {
  const row = ctx.sql.first<{ attributes: string }>(
    'SELECT attributes FROM sns_subscriptions WHERE arn = ?',
    subscription,
  )
  const { DeliveryPolicy } = row ? (JSON.parse(row.attributes) as Attributes) : {} // as it was written
  return retryPolicyOf(DeliveryPolicy, lookUpTopic(ctx, topic)?.attributes.DeliveryPolicy)
}

function giveUp(ctx: Tx, row: PostRow, reason: string): void {
  const { type, event, input = {} } = aboutOf(row)
  finish(ctx, row.id)
  ctx.journal({ ...hopOf(row), outcome: 'refused', reason })
  if (type !== 'Notification') return
  sendDeadLetter(ctx, {
    topic: row.topic,
    subscription: row.subscription,
    endpoint: row.url,
    event,
    payload: row.body,
    input,
    reason,
    trace: row.trace,
  })
}
