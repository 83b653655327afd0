import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { ringPage } from '../../kernel/ring-logs/ring-logs.ts'
import { paged, type PageAsked, view } from '../../kernel/views/view.ts'
import { PUBLISHED } from './published.ts'
import type { SubscriptionRow } from './schema.ts'

/** A message that was published; `topicArn` is empty for one to a phone. */
export type SnsMessage = {
  messageId: string
  topicArn: string
  message: string
  subject: string | null
  timestamp: string
}
export type SnsMessagesResponse = { messages: SnsMessage[] }
export type SnsSmsMessage = { phoneNumber: string; message: string }
export type SnsSmsResponse = { messages: SnsSmsMessage[] }
export type PendingConfirmation = {
  subscriptionArn: string
  topicArn: string
  protocol: string
  endpoint: string
  token: string | null
}
export type PendingConfirmationsResponse = { pendingConfirmations: PendingConfirmation[] }
export type ConfirmSubscriptionRequest = { subscriptionArn: string }
export type ConfirmSubscriptionResponse = { confirmed: boolean }

/** Few enough for one answer between objects, at 256 KB each. */
const PAGE = 50

type PublishedRow = Omit<SnsMessage, 'topicArn' | 'timestamp'> & { topic: string; phone: string | null; at: number }

function published(ctx: Ctx, asked: PageAsked) {
  const { rows, next } = ringPage<PublishedRow>(ctx.sql, PUBLISHED, asked)
  return { rows: rows.map(row => ({ ...row, timestamp: new Date(row.at).toISOString() })), next }
}

/** Every message, oldest first. */
export const messages = view<SnsMessagesResponse>({
  none: { messages: [] },
  by: 'timestamp',
  page: PAGE,
  read(ctx, asked) {
    const { rows, next } = published(ctx, asked)
    const shown = rows.map(({ messageId, topic: topicArn, message, subject, timestamp }) => {
      return { messageId, topicArn, message, subject, timestamp }
    })
    return { messages: shown, next }
  },
})

/** Those to phones. */
export const sms = view<SnsSmsResponse>({
  none: { messages: [] },
  by: 'timestamp',
  page: PAGE,
  whole: all => ({ messages: all.messages.map(({ phoneNumber, message }) => ({ phoneNumber, message })) }),
  read(ctx, asked) {
    const { rows, next } = published(ctx, asked)
    const shown = rows.flatMap(({ phone: phoneNumber, message, timestamp }) =>
      phoneNumber === null ? [] : [{ phoneNumber, message, timestamp }],
    )
    return { messages: shown, next }
  },
})

/** Subscriptions that wait for their confirmation, with the token that confirms them. */
export const pendingConfirmations = view<PendingConfirmationsResponse>({
  none: { pendingConfirmations: [] },
  read(ctx, asked) {
    const query = { from: 'sns_subscriptions', where: { 'token IS NOT NULL': [] }, key: 'seq' }
    const { rows, next } = listing<SubscriptionRow>(ctx, paged(asked), query)
    const shown = rows.map(({ arn: subscriptionArn, topic: topicArn, protocol, endpoint, token }) => {
      return { subscriptionArn, topicArn, protocol, endpoint, token }
    })
    return { pendingConfirmations: shown, next }
  },
})
