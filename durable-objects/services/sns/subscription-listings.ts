import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { paging } from './refusals.ts'
import type { SubscriptionRow } from './schema.ts'
import { findTopic } from './find-topic.ts'

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html */
export function ListSubscriptions(ctx: Ctx, input: In<'ListSubscriptions'>): Out<'ListSubscriptions'> {
  return list(ctx, input)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export function ListSubscriptionsByTopic(
  ctx: Ctx,
  input: In<'ListSubscriptionsByTopic'>,
): Out<'ListSubscriptionsByTopic'> {
  return list(ctx, input, findTopic(ctx, input.TopicArn).arn)
}

function list(ctx: Ctx, input: In<'ListSubscriptions'>, topic?: string): Out<'ListSubscriptions'> {
  const query = { from: 'sns_subscriptions', where: { 'topic = ?': topic }, key: 'seq' }
  const { rows, next } = listing<SubscriptionRow>(ctx, paging(input), query)
  const Subscriptions = rows.map(row => ({
    SubscriptionArn: row.token === null ? row.arn : 'PendingConfirmation',
    Owner: row.owner,
    Protocol: row.protocol,
    Endpoint: row.endpoint,
    TopicArn: row.topic,
  }))
  return { Subscriptions, NextToken: next }
}
