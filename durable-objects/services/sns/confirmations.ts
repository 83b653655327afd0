/** SNS → HTTP(S): an endpoint is asked before it gets anything, and told when it is to get no more. */
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { type Asking, confirmation, subscribeUrl } from './envelopes.ts'
import { startPost } from './posts.ts'
import { rootOf } from './roots.ts'
import type { Subscription, Topic } from './schema.ts'
import { sign, versionOf } from './signing.ts'

type Asked = Pick<Subscription, 'arn' | 'protocol' | 'endpoint'>

/** A message about a subscription, signed: to be made before what it tells of is written. */
export type Notice = { messageId: string; type: Asking['type']; text: string }

const WORDS = {
  SubscriptionConfirmation: (topicArn: string, _subscriptionArn: string) =>
    `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
  UnsubscribeConfirmation: (_topicArn: string, subscriptionArn: string) =>
    `You have chosen to deactivate subscription ${subscriptionArn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`,
}

export async function signedNotice(
  ctx: Ctx,
  topic: Topic,
  { type, token, subscriptionArn }: { type: Asking['type']; token: string; subscriptionArn: string },
): Promise<Notice> {
  const messageId = crypto.randomUUID()
  const timestamp = new Date(ctx.now).toISOString()
  const root = rootOf(ctx, topic)
  const version = versionOf(topic)
  const body = WORDS[type](topic.arn, subscriptionArn)
  const value = await sign(ctx, version, {
    Message: body,
    MessageId: messageId,
    SubscribeURL: subscribeUrl(root, topic.arn, token),
    Timestamp: timestamp,
    Token: token,
    TopicArn: topic.arn,
    Type: type,
  })
  const signature = { version, value }
  const text = confirmation({ type, messageId, topicArn: topic.arn, body, timestamp, signature, root, token })
  return { messageId, type, text }
}

/** Sends it. Mail is not sent: `/_fakecloud/sns/pending-confirmations` has what waits. */
export function sendNotice(ctx: Tx, topic: Topic, { subscription, notice }: { subscription: Asked; notice: Notice }) {
  const { arn, protocol, endpoint } = subscription
  const { type, messageId, text } = notice
  if (protocol === 'sqs') {
    ctx.deliver({ to: endpoint, from: topic.arn, principal: 'sns.amazonaws.com', payload: text, event: type })
  } else if (protocol === 'http' || protocol === 'https') {
    startPost(ctx, topic, { subscription: { arn, endpoint }, type, body: text, messageId })
  }
}
