/** SNS → SQS / Lambda / HTTP: every subscription whose filter lets the message through gets it. */
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { type About, PRINCIPAL } from './dead-letters.ts'
import { recordPush } from './endpoints.ts'
import { lambdaEvent, type Notice, notification } from './envelopes.ts'
import { deduplicationIdOf } from './fifo.ts'
import { filterMismatch, type Scope } from './filter-policies.ts'
import { bodyFor, type Message } from './message.ts'
import { noteFiltered, noteMessage } from './metrics.ts'
import { startPost } from './posts.ts'
import { notePublished } from './published.ts'
import { rootOf } from './roots.ts'
import type { Subscription, SubscriptionRow, Topic } from './schema.ts'
import { sign, versionOf } from './signing.ts'
import { recordSms } from './sms.ts'
import { subscriptionOf } from './find-subscription.ts'

/** A message on its way to a topic's subscribers, with its signature for each body that they get. */
export type Published = {
  message: Message
  messageId: string
  timestamp: string
  /** By version and body. */
  signatures: Map<string, string>
  sequenceNumber?: string | undefined
}

/** A topic and who has subscribed to it. */
export type Audience = { topic: Topic; subscriptions: readonly Subscription[] }

export function subscriptionsOf({ sql }: Ctx, topic: Topic): readonly Subscription[] {
  const query = 'SELECT * FROM sns_subscriptions WHERE topic = CAST(? AS TEXT) AND token IS NULL ORDER BY seq'
  return sql.kept('sns_subscriptions', topic.arn, () => sql.all<SubscriptionRow>(query, topic.arn).map(subscriptionOf))
}

const isRaw = ({ attributes }: Subscription) => attributes.RawMessageDelivery?.toLowerCase() === 'true'

/** Protocols whose subscribers get a signature with their message. */
const SIGNED = ['sqs', 'lambda', 'http', 'https', 'firehose']

const signatureKey = (topic: Topic, body: string) => `${versionOf(topic)} ${body}`

type Unsigned = { published: Published; body: string }

/**
 * Bodies that some subscriber gets in an envelope and that have no signature yet: one, unless protocols have bodies of
 * their own. Messages of FIFO topics carry none.
 */
export function unsignedOf(topic: Topic, subscriptions: readonly Subscription[], published: Published): Unsigned[] {
  if (topic.fifo) return []
  const enveloped = subscriptions.filter(each => SIGNED.includes(each.protocol) && !isRaw(each))
  const bodies = new Set(enveloped.map(({ protocol }) => bodyFor(published.message, protocol)))
  return [...bodies]
    .filter(body => !published.signatures.has(signatureKey(topic, body)))
    .map(body => ({ published, body }))
}

export async function signOne(ctx: Ctx, topic: Topic, { published, body }: Unsigned): Promise<void> {
  const { message, messageId, timestamp, signatures } = published
  const value = await sign(ctx, versionOf(topic), {
    Message: body,
    MessageId: messageId,
    Subject: message.subject,
    Timestamp: timestamp,
    TopicArn: topic.arn,
    Type: 'Notification',
  })
  signatures.set(signatureKey(topic, body), value)
}

/** Sends a message to whom it concerns, and notes why it did not go to the others. */
export function fanOut(ctx: Tx, { topic, subscriptions }: Audience, published: Published): void {
  const { message, messageId } = published
  notePublished(ctx, { messageId, topic: topic.arn, message: message.bodies.default ?? '', subject: message.subject })
  noteMessage(ctx, topic.arn, message.size)
  for (const subscription of subscriptions) {
    const body = bodyFor(message, subscription.protocol)
    const why = mismatchOf(subscription, body, message)
    if (why === undefined) send(ctx, topic, { subscription, body, published })
    else {
      const hop = { from: topic.arn, to: subscription.endpoint, event: eventOf(messageId) }
      ctx.journal({ ...hop, outcome: 'filtered', reason: `FilterPolicy of ${subscription.arn}: ${why}` })
      noteFiltered(ctx, topic.arn, subscription.attributes.FilterPolicyScope ?? 'MessageAttributes')
    }
  }
}

const eventOf = (messageId: string) => `Notification ${messageId}`

function mismatchOf({ attributes }: Subscription, body: string, message: Message): string | undefined {
  const { FilterPolicy, FilterPolicyScope = 'MessageAttributes' } = attributes
  if (FilterPolicy === undefined) return undefined
  return filterMismatch(FilterPolicy, FilterPolicyScope as Scope, { body, attributes: message.attributes }) // checked when set
}

type Sent = { subscription: Subscription; body: string; published: Published }

function send(ctx: Tx, topic: Topic, sent: Sent): void {
  const { subscription, body, published } = sent
  const { messageId } = published
  const { arn, protocol, endpoint } = subscription
  const raw = isRaw(subscription)
  const notice = noticeOf(ctx, topic, sent)
  const about: About = { subscription: arn }
  const common = { to: endpoint, from: topic.arn, principal: PRINCIPAL, event: eventOf(messageId), about }
  const payload = () => (raw ? body : notification(notice, arn))
  switch (protocol) {
    case 'sqs':
      ctx.deliver({ ...common, payload: payload(), input: queueInput(topic, published.message, { raw, endpoint }) })
      return
    case 'lambda':
      ctx.deliver({ ...common, payload: lambdaEvent(notice, arn) })
      return
    case 'firehose':
      ctx.deliver({ ...common, payload: `${payload()}\n`, role: subscription.attributes.SubscriptionRoleArn })
      return
    case 'http':
    case 'https': {
      const input = queueInput(topic, published.message, { raw, endpoint })
      startPost(ctx, topic, { subscription, type: 'Notification', body: payload(), messageId, raw, input })
      return
    }
    case 'sms':
      recordSms(ctx, { phone: endpoint, message: body, messageId })
      return
    case 'application':
      recordPush(ctx, endpoint, { message: published.message, messageId, from: topic.arn })
      return
    default:
      ctx.journal({
        from: topic.arn,
        to: endpoint,
        outcome: 'refused',
        event: eventOf(messageId),
        reason: `SNS does not send to ${protocol} yet`,
      })
  }
}

function noticeOf(ctx: Ctx, topic: Topic, { body, published }: Sent): Notice {
  const { message, messageId, timestamp, sequenceNumber } = published
  const value = published.signatures.get(signatureKey(topic, body))
  return {
    messageId,
    topicArn: topic.arn,
    subject: message.subject,
    body,
    timestamp,
    attributes: message.attributes,
    signature: value === undefined ? undefined : { version: versionOf(topic), value },
    sequenceNumber,
    root: rootOf(ctx, topic),
  }
}

/** What a queue gets beside the body: its place in the order, and with raw delivery the attributes. */
function queueInput(
  topic: Topic,
  message: Message,
  { raw, endpoint }: { raw: boolean; endpoint: string },
): Record<string, unknown> {
  return {
    ...(raw && Object.keys(message.attributes).length > 0 && { MessageAttributes: message.attributes }),
    ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    ...(topic.fifo && endpoint.endsWith('.fifo') && { MessageDeduplicationId: deduplicationIdOf(message) }),
  }
}
