/**
 * SNS → a subscription's dead-letter queue: what could not be delivered goes there as a queue would have got it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
import type { Delivery, Undelivered } from '../../kernel/outbox/deliver.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { reasonOf } from '../../../aws/errors.ts'
import { notificationOfEvent } from './envelopes.ts'
import { noteDelivered, noteFailed, noteRedriven } from './metrics.ts'
import type { Attributes } from './schema.ts'

export const PRINCIPAL = 'sns.amazonaws.com'

/** What a delivery knows of its subscription: plain JSON, read again when it has ended. */
export type About = { subscription: string }

/** What did not arrive, on its way to a dead-letter queue. */
export type Letter = {
  topic: string
  subscription: string
  /** Of what could not be reached. */
  endpoint: string
  event: string
  payload: string
  input: Record<string, unknown>
  reason: string
  trace: string
}

/** Hears how the deliveries to queues, functions and streams ended. */
export function ended(ctx: Tx, delivery: Delivery, undelivered?: Undelivered): void {
  const { subscription } = (delivery.about ?? {}) as Partial<About> // written by fan-out
  if (subscription === undefined) return
  if (!undelivered) {
    noteDelivered(ctx, delivery.from)
    return
  }
  const { from: topic, to: endpoint, payload = '', input = {}, event = 'Notification' } = delivery
  sendDeadLetter(ctx, {
    topic,
    subscription,
    endpoint,
    event,
    payload: parseArn(endpoint)?.service === 'lambda' ? notificationOfEvent(payload) : payload,
    input,
    reason: reasonOf(undelivered.error),
    trace: ctx.traceId,
  })
}

/** Sends it on to the queue of the subscription's redrive policy; @returns whether there is one */
export function sendDeadLetter(ctx: Tx, letter: Letter): boolean {
  const { topic, subscription, endpoint, event, payload, input, reason, trace } = letter
  noteFailed(ctx, topic)
  const to = deadLetterOf(ctx, subscription)
  if (to === undefined) return false
  ctx.journal({
    traceId: trace,
    from: topic,
    to: endpoint,
    outcome: 'dead-lettered',
    event,
    reason: `${reason}; sent on to ${to}`,
  })
  ctx.deliver({ to, from: topic, principal: PRINCIPAL, payload, input, event, traceId: trace })
  noteRedriven(ctx, topic)
  return true
}

/** The queue of a subscription's redrive policy, as it is now. */
function deadLetterOf(ctx: Ctx, subscription: string): string | undefined {
  const row = ctx.sql.first<{ attributes: string }>(
    'SELECT attributes FROM sns_subscriptions WHERE arn = ?',
    subscription,
  )
  const { RedrivePolicy } = row ? (JSON.parse(row.attributes) as Attributes) : {} // as it was written
  if (RedrivePolicy === undefined) return undefined
  return (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn // checked when it was put
}
