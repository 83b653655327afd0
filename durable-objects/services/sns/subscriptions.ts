import type { In, Out } from '../../../aws/models/sns.types.ts'
import { rootArn } from '../../../aws/arn.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { insert } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { randomHex } from '../../../aws/ids.ts'
import { type Notice, sendNotice, signedNotice } from './confirmations.ts'
import { checkEndpoint, isConfirmed } from './protocols.ts'
import { invalidParameter } from './refusals.ts'
import { noteRoot } from './roots.ts'
import type { Attributes, Subscription, SubscriptionRow } from './schema.ts'
import { checkSubscriptionAttributes } from './subscription-attributes.ts'
import { checkArn, findTopic, lookUpTopic } from './find-topic.ts'
import { subscriptionOf, rowOf } from './find-subscription.ts'
import type { ConfirmSubscriptionRequest, ConfirmSubscriptionResponse } from './views.ts'

/** 256 hexadecimal digits, as AWS's are long. */
const newToken = () => randomHex(256)

/** One that is not confirmed by then is forgotten. */
const PENDING_MS = 2 * 86_400_000

/** https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export async function Subscribe(ctx: Ctx, input: In<'Subscribe'>): Promise<Out<'Subscribe'>> {
  const { Protocol: protocol, Endpoint: endpoint = '', Attributes: attributes = {}, ReturnSubscriptionArn } = input
  const asked = findTopic(ctx, input.TopicArn)
  checkEndpoint(ctx, asked, { protocol, endpoint })
  checkSubscriptionAttributes(attributes, { protocol, endpoint, topic: asked, prefix: 'Attributes Reason: ' })
  const arn = `${asked.arn}:${crypto.randomUUID()}`
  const token = isConfirmed(ctx, protocol, endpoint) ? null : newToken()
  const notice =
    token === null
      ? undefined
      : await signedNotice(ctx, asked, { type: 'SubscriptionConfirmation', token, subscriptionArn: arn })
  return ctx.change(tx => {
    const topic = findTopic(tx, input.TopicArn)
    noteRoot(tx, topic)
    const shown = (subscription: Pick<Subscription, 'arn' | 'token'>) =>
      subscription.token === null || ReturnSubscriptionArn ? subscription.arn : 'pending confirmation'
    const existing = tx.sql.first<SubscriptionRow>(
      'SELECT * FROM sns_subscriptions WHERE topic = ? AND protocol = ? AND endpoint = ?',
      topic.arn,
      protocol,
      endpoint,
    )
    if (existing) {
      checkSame(subscriptionOf(existing), attributes)
      if (existing.token !== null && notice) askAgain(tx, existing, { token, notice })
      return { SubscriptionArn: shown(existing) }
    }
    const made = { arn, topic: topic.arn, protocol, endpoint, attributes, token }
    write(tx, made)
    if (notice) sendNotice(tx, topic, { subscription: made, notice })
    return { SubscriptionArn: shown(made) }
  })
}

/** Who subscribes again before having confirmed is asked again, with another token. */
function askAgain(ctx: Tx, existing: SubscriptionRow, asked: { token: string | null; notice: Notice }): void {
  ctx.sql.run('UPDATE sns_subscriptions SET token = ? WHERE arn = ?', asked.token, existing.arn)
  ctx.timers.set('pending', existing.arn, ctx.now + PENDING_MS)
  const topic = lookUpTopic(ctx, existing.topic)
  if (topic) sendNotice(ctx, topic, { subscription: existing, notice: asked.notice })
}

type Made = Pick<Subscription, 'arn' | 'topic' | 'protocol' | 'endpoint' | 'attributes' | 'token'>

function write(ctx: Tx, { arn, topic, protocol, endpoint, attributes, token }: Made): void {
  const { accountId, session } = ctx.caller
  insert(ctx.sql, 'sns_subscriptions', {
    arn,
    topic,
    protocol,
    endpoint,
    owner: accountId,
    principal: session?.roleArn ?? rootArn(accountId),
    attributes: JSON.stringify(attributes),
    token,
    authenticated: token === null,
  })
  if (token !== null) ctx.timers.set('pending', arn, ctx.now + PENDING_MS)
}

/** A timer: forgets a subscription that was never confirmed. */
export function forgetPending(ctx: Tx, arn: string): void {
  ctx.sql.run('DELETE FROM sns_subscriptions WHERE arn = ? AND token IS NOT NULL', arn)
}

function checkSame(existing: Subscription, attributes: Attributes): void {
  if (Object.entries(attributes).every(([name, value]) => existing.attributes[name] === value)) return
  throw invalidParameter('Attributes Reason: Subscription already exists with different attributes')
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html */
export function ConfirmSubscription(ctx: Tx, input: In<'ConfirmSubscription'>): Out<'ConfirmSubscription'> {
  const { TopicArn, Token, AuthenticateOnUnsubscribe } = input
  if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[^:]+$/.test(TopicArn)) throw invalidParameter('Topic')
  if (!/^[0-9a-f]{64,}$/.test(Token)) throw new AwsError('InvalidParameterException', 'Invalid token')
  // A token that was used goes on naming its subscription, so that a confirmation can be repeated.
  const row =
    ctx.sql.first<SubscriptionRow>(
      'SELECT * FROM sns_subscriptions WHERE topic = ?1 AND (token = ?2 OR usedToken = ?2)',
      TopicArn,
      Token,
    ) ?? restore(ctx, Token)
  if (!row) throw invalidParameter('Token')
  if (row.token !== null) confirm(ctx, row, AuthenticateOnUnsubscribe === 'true')
  return { SubscriptionArn: row.arn }
}

/** The emulator's own way: confirms a subscription for its endpoint. */
export function ConfirmPending(
  ctx: Tx,
  { subscriptionArn }: ConfirmSubscriptionRequest,
): ConfirmSubscriptionResponse | undefined {
  const row = ctx.sql.first<SubscriptionRow>('SELECT * FROM sns_subscriptions WHERE arn = ?', subscriptionArn)
  if (row?.token) confirm(ctx, row, false)
  return row && { confirmed: true }
}

/** Lets a subscription that waited have its messages from now on. */
function confirm(ctx: Tx, row: SubscriptionRow, authenticated: boolean): void {
  ctx.sql.run(
    'UPDATE sns_subscriptions SET usedToken = token, token = NULL, authenticated = ? WHERE arn = ?',
    authenticated ? 1 : 0,
    row.arn,
  )
  ctx.timers.clear('pending', row.arn)
}

/** Takes back an endpoint's unsubscribing, by the token that it was told of it with. */
function restore(ctx: Tx, token: string): SubscriptionRow | undefined {
  const kept = ctx.sql.first<{ subscription: string }>(
    'SELECT subscription FROM sns_unsubscribed WHERE token = ?',
    token,
  )
  if (!kept) return undefined
  const row = JSON.parse(kept.subscription) as SubscriptionRow // written by keep()
  if (!lookUpTopic(ctx, row.topic)) return undefined
  ctx.sql.run(
    `INSERT OR IGNORE INTO sns_subscriptions (arn, topic, protocol, endpoint, owner, principal, attributes, usedToken, authenticated)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.arn,
    row.topic,
    row.protocol,
    row.endpoint,
    row.owner,
    row.principal,
    row.attributes,
    token,
    row.authenticated,
  )
  ctx.sql.run('DELETE FROM sns_unsubscribed WHERE token = ?', token)
  return { ...row, token: null, usedToken: token }
}

/** Nothing happens to a subscription that is not there. https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html */
export async function Unsubscribe(ctx: Ctx, { SubscriptionArn: arn }: In<'Unsubscribe'>): Promise<void> {
  checkArn(arn, 'SubscriptionArn')
  if (arn.split(':').length < 7) throw invalidParameter('SubscriptionId')
  const found = rowOf(ctx, arn)
  const topic = found && lookUpTopic(ctx, found.topic)
  if (!found || !topic) return
  // The link in a notification carries no credentials.
  if (found.authenticated && found.usedToken !== null && ctx.caller.anonymous) {
    throw new AwsError('AuthorizationErrorException', 'The owner alone may end this subscription', 403)
  }
  const token = newToken()
  const posted = found.token === null && /^https?$/.test(found.protocol)
  const notice = posted
    ? await signedNotice(ctx, topic, { type: 'UnsubscribeConfirmation', token, subscriptionArn: arn })
    : undefined
  return ctx.change(tx => {
    const row = rowOf(tx, arn)
    if (!row) return

    tx.sql.run('DELETE FROM sns_subscriptions WHERE arn = ?', arn)
    tx.sql.run('UPDATE sns_topics SET deletedSubscriptions = deletedSubscriptions + 1 WHERE arn = ?', row.topic)
    tx.timers.clear('pending', arn)

    if (!notice) return

    insert(tx.sql, 'sns_unsubscribed', { token, subscription: JSON.stringify(row) })
    tx.timers.set('unsubscribed', token, tx.now + PENDING_MS)
    sendNotice(tx, topic, { subscription: row, notice })
  })
}

/** A timer: an unsubscribing can be taken back no more. */
export function forgetUnsubscribed(ctx: Tx, token: string): void {
  ctx.sql.run('DELETE FROM sns_unsubscribed WHERE token = ?', token)
}
