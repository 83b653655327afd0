import type { Ctx, Tx } from '../../kernel/object/operation.ts'

type Noted = { messageId: string; topic: string; phone?: string; message: string; subject?: string | undefined }

/** So many of the newest messages are kept for `/_fakecloud/sns/messages`, and no more bytes than that of them. */
const KEPT = 10_000
const KEPT_BYTES = 64 * 1024 * 1024
const STEP = 250

/** Keeps a published message for whoever looks. */
export function notePublished(ctx: Tx, { messageId, topic, phone, message, subject }: Noted): void {
  const row = ctx.sql.first<{ seq: number }>(
    'INSERT INTO sns_published (messageId, topic, phone, message, subject, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq',
    messageId,
    topic,
    phone ?? null,
    message,
    subject ?? null,
    ctx.now,
  )
  // Trimmed in steps, so that the cost of keeping it bounded is not paid by every message.
  if (row && row.seq % STEP === 0) trim(ctx, row.seq)
}

function trim(ctx: Tx, newest: number): void {
  ctx.sql.run('DELETE FROM sns_published WHERE seq <= ?', newest - KEPT)
  const recent = ctx.sql.first<{ bytes: number | null }>(
    'SELECT SUM(length(message)) AS bytes FROM sns_published WHERE seq > ?',
    newest - STEP,
  )
  const share = Math.floor(KEPT_BYTES / Math.max(1, (recent?.bytes ?? 0) / STEP))
  if (share < KEPT) ctx.sql.run('DELETE FROM sns_published WHERE seq <= ?', newest - Math.max(share, STEP))
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
export function publishedView(ctx: Ctx, { after = '0' }: Record<string, string>): PublishedPage {
  const rows = ctx.sql.all<PublishedPage['messages'][number] & { seq: number }>(
    'SELECT seq, messageId, topic AS topicArn, phone, message, subject, at FROM sns_published WHERE seq > ? ORDER BY seq LIMIT ?',
    Number(after),
    PAGE,
  )
  return {
    messages: rows.map(({ seq: _seq, ...message }) => message),
    next: rows.length === PAGE ? (rows.at(-1)?.seq ?? null) : null,
  }
}
