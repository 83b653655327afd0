import type { Tx } from '../../kernel/object/operation.ts'
import { append, type RingLog } from '../../kernel/ring-logs/ring-logs.ts'

type Noted = { messageId: string; topic: string; phone?: string; message: string; subject?: string | undefined }

/** The newest messages, for `/_fakecloud/sns/messages`. */
export const PUBLISHED: RingLog = { table: 'sns_published', keptRows: 10_000, keptBytes: 64 * 1024 * 1024 }

/** Keeps a published message for whoever looks. */
export function notePublished(ctx: Tx, { messageId, topic, phone, message, subject }: Noted): void {
  append(ctx.sql, PUBLISHED, { messageId, topic, phone, message, subject, at: ctx.now })
}
