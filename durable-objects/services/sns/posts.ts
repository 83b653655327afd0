/** SNS → HTTP(S): notifications are posted, and tried again as the delivery policy says, by the namespace's clock. */
import type { Post as OutPost, Posting, PostPolicy } from '../../kernel/http-out/posting.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { sendDeadLetter } from './dead-letters.ts'
import { contentTypeOf, effectivePolicy } from './delivery-policies.ts'
import { rowOf, subscriptionOf } from './find-subscription.ts'
import { lookUpTopic } from './find-topic.ts'
import { noteDelivered } from './metrics.ts'
import { LONGEST_MS, retryDelay } from './retry-delays.ts'
import type { Attributes, Topic } from './schema.ts'

export type Post = {
  subscription: { arn: string; endpoint: string; attributes?: Attributes }
  type: 'Notification' | 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  body: string
  messageId: string
  raw?: boolean
  /** What goes with it to a dead-letter queue. */
  input?: Record<string, unknown>
}

type About = Pick<Post, 'type' | 'input'> & { headers: Record<string, string> }

const aboutOf = ({ about }: OutPost) => about as About // written by startPost()

/** https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html */
const TIMEOUT_MS = 15_000

export function startPost(ctx: Tx, topic: Topic, post: Post): void {
  const { subscription, type, messageId, body, input } = post
  const about: About = { type, headers: headersOf(ctx, topic, post), ...(input && { input }) }
  const event = `${type} ${messageId}`
  ctx.post({ from: topic.arn, to: subscription.endpoint, lane: subscription.arn, event, body, about })
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

/** A 4xx is a failure for good, other than 429. */
export const posts: Posting = {
  request: (_ctx, post) => {
    const { headers } = aboutOf(post)
    return { url: post.to, method: 'POST', headers, body: post.body, timeoutMs: TIMEOUT_MS }
  },
  lasting: status => status >= 400 && status < 500 && status !== 429,
  policy,
  ended: (tx, post, unposted) => {
    const { lane: subscription, from: topic, to: endpoint, event, body: payload, traceId: trace } = post
    if (!unposted) return noteDelivered(tx, topic)
    const { type, input = {} } = aboutOf(post)
    if (type !== 'Notification') return
    sendDeadLetter(tx, { topic, subscription, endpoint, event, payload, input, reason: unposted.reason, trace })
  },
}

/** The delivery policy of the subscription and its topic, as they are now. */
function policy(ctx: Ctx, { lane, from }: OutPost): PostPolicy {
  const row = rowOf(ctx, lane)
  const own = row && subscriptionOf(row).attributes.DeliveryPolicy
  const { healthyRetryPolicy, throttlePolicy } = effectivePolicy(own, lookUpTopic(ctx, from)?.attributes.DeliveryPolicy)
  return {
    delayMs: nth => retryDelay(healthyRetryPolicy, nth),
    mostAgeMs: LONGEST_MS,
    perSecond: throttlePolicy?.maxReceivesPerSecond,
  }
}
