import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import type { SubscriptionRow } from './schema.ts'
import { confirm } from './subscriptions.ts'

export type PendingView = {
  subscriptionArn: string
  topicArn: string
  protocol: string
  endpoint: string
  token: string | null
}

/** Subscriptions that wait for their confirmation, with the token that confirms them. */
export function pendingView(ctx: Ctx): PendingView[] {
  return ctx.sql.all<PendingView>(
    `SELECT arn AS subscriptionArn, topic AS topicArn, protocol, endpoint, token FROM sns_subscriptions
     WHERE token IS NOT NULL ORDER BY seq`,
  )
}

/** Confirms a subscription for its endpoint; null when this object has none of that ARN. */
export function confirmTick(ctx: Tx, { subscriptionArn = '' }: Record<string, string>): boolean | null {
  const row = ctx.sql.first<SubscriptionRow>('SELECT * FROM sns_subscriptions WHERE arn = ?', subscriptionArn)
  if (!row) return null
  if (row.token !== null) confirm(ctx, row, false)
  return true
}

/** A phone says STOP: it gets nothing more. */
export function optOutTick(ctx: Tx, { phoneNumber = '' }: Record<string, string>): boolean {
  ctx.sql.run('INSERT OR IGNORE INTO sns_opt_outs (phone) VALUES (?)', phoneNumber)
  return true
}
