import type { Operations } from '../../../aws/models/sns.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../aws/pages.ts'
import { invalidParameter } from './refusals.ts'
import type { SubscriptionRow } from './schema.ts'
import { findTopic } from './find-topic.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const PAGE = 100

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html */
export function ListSubscriptions(ctx: Ctx, { NextToken }: In<'ListSubscriptions'>): Out<'ListSubscriptions'> {
  return list(ctx, undefined, NextToken)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export function ListSubscriptionsByTopic(
  ctx: Ctx,
  { TopicArn, NextToken }: In<'ListSubscriptionsByTopic'>,
): Out<'ListSubscriptionsByTopic'> {
  return list(ctx, findTopic(ctx, TopicArn).arn, NextToken)
}

function list(ctx: Ctx, topic: string | undefined, token: string | undefined): Out<'ListSubscriptions'> {
  const of = ['subscriptions', topic]
  const after = Number(pageStart(token, of, invalidParameter('NextToken')) ?? 0)
  const rows = ctx.sql.all<SubscriptionRow>(
    'SELECT * FROM sns_subscriptions WHERE seq > ?1 AND (?2 IS NULL OR topic = ?2) ORDER BY seq LIMIT ?3',
    after,
    topic ?? null,
    PAGE + 1,
  )
  const { page, next } = cutPage(rows, PAGE, last => pageToken(String(last.seq), of))
  const Subscriptions = page.map(row => ({
    SubscriptionArn: row.token === null ? row.arn : 'PendingConfirmation',
    Owner: row.owner,
    Protocol: row.protocol,
    Endpoint: row.endpoint,
    TopicArn: row.topic,
  }))
  return { Subscriptions, NextToken: next }
}
