import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { invalidParameter, noSubscription } from './refusals.ts'
import type { Attributes, Subscription, SubscriptionRow } from './schema.ts'
import { checkArn } from './find-topic.ts'

export function subscriptionOf(row: SubscriptionRow): Subscription {
  return { ...row, attributes: JSON.parse(row.attributes) as Attributes } // written below
}

/** @throws AwsError for what is no subscription's ARN, and for one that is not there */
export function findSubscription(ctx: Ctx, arn: string): Subscription {
  checkArn(arn, 'SubscriptionArn')
  if (arn.split(':').length < 7) throw invalidParameter('SubscriptionArn')
  const row = rowOf(ctx, arn)
  if (!row) throw noSubscription()
  return subscriptionOf(row)
}

export function writeSubscriptionAttributes(ctx: Tx, arn: string, attributes: Attributes): void {
  ctx.sql.run('UPDATE sns_subscriptions SET attributes = ? WHERE arn = ?', JSON.stringify(attributes), arn)
}

export const rowOf = (ctx: Ctx, arn: string) =>
  ctx.sql.first<SubscriptionRow>('SELECT * FROM sns_subscriptions WHERE arn = ?', arn)
