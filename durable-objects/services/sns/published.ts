import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { append, type RingLog, ringPage } from '../../kernel/ring-logs/ring-logs.ts'

type Noted = { messageId: string; topic: string; phone?: string; message: string; subject?: string | undefined }

/** The newest messages, for `/_fakecloud/sns/messages`. */
const PUBLISHED: RingLog = { table: 'sns_published', keptRows: 10_000, keptBytes: 64 * 1024 * 1024 }

/** Keeps a published message for whoever looks. */
export function notePublished(ctx: Tx, { messageId, topic, phone, message, subject }: Noted): void {
  append(ctx.sql, PUBLISHED, { messageId, topic, phone, message, subject, at: ctx.now })
}

export type ShownMessage = {
  messageId: string
  topicArn: string
  message: string
  subject: string | null
  timestamp: string
}
export type ShownSms = { phoneNumber: string; message: string }

/** `at` is in epoch milliseconds; a message to a phone has no topic. */
export type PublishedPage = {
  messages: {
    messageId: string
    topicArn: string
    phone: string | null
    message: string
    subject: string | null
    at: number
  }[]
  next: number | null
}

/** Few enough for one answer between objects, at 256 KB each. */
const PAGE = 50

/**
 * Messages, oldest first.
 * @param parameters `after`: where the page before ended
 */
type PublishedRow = Omit<PublishedPage['messages'][number], 'topicArn'> & { topic: string }

export function publishedView(ctx: Ctx, parameters: Record<string, string>): PublishedPage {
  const { rows, next } = ringPage<PublishedRow>(ctx.sql, PUBLISHED, { parameters, size: PAGE })
  const messages = rows.map(({ topic, messageId, phone, message, subject, at }) => {
    return { messageId, topicArn: topic, phone, message, subject, at }
  })
  return { messages, next }
}
