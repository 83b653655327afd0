import { noteNotified } from './notification-log.ts'
import type { NotificationConfiguration, NotificationConfigurationFilter } from '../../../../aws/models/s3.types.ts'
import { hostId } from '../../../../aws/wire/encode.ts'
import type { Caller, Ctx, Tx } from '../../../kernel/object/operation.ts'
import { type Bucket, bucketArn, findBucket } from '../buckets/bucket.ts'
import { canonicalUserOf } from '../buckets/bucket-owner.ts'
import { configurationOf } from '../configurations/configuration.ts'
import { eventBridgeDelivery } from './event-bridge.ts'
import { eventMatches, type KeyFilter, keyFilterOf, keyMatches } from './notification-filters.ts'
import { notificationMessage, type ObjectEvent, type RecordFacts, sequencerText } from './notification-record.ts'

export type { ObjectEvent }

/** One destination of a bucket's events. */
export type Listener = {
  id: string
  arn: string
  events: readonly string[]
  filter: KeyFilter
}

type Listed = { Id?: string | undefined; Events: string[]; Filter?: NotificationConfigurationFilter | undefined }

/** S3 tells queues, functions and topics what happens to a bucket's objects: all destinations, in the order put. */
export function listenersOf(document: NotificationConfiguration): Listener[] {
  const listener = (arn: string, { Id = '', Events, Filter }: Listed): Listener => ({
    id: Id,
    arn,
    events: Events,
    filter: keyFilterOf(Filter),
  })
  return [
    ...(document.QueueConfigurations ?? []).map(each => listener(each.QueueArn, each)),
    ...(document.LambdaFunctionConfigurations ?? []).map(each => listener(each.LambdaFunctionArn, each)),
    ...(document.TopicConfigurations ?? []).map(each => listener(each.TopicArn, each)),
  ]
}

/**
 * Sends an event to the destinations that listen for it, after the answer; written with the change that caused it. To be
 * called in the synchronous stretch that changes the object.
 */
export function notify(ctx: Tx, event: ObjectEvent): void {
  const document = configurationOf<NotificationConfiguration>(ctx, 'notification')
  if (!document) return
  const bucket = findBucket(ctx)
  const listening = listenersOf(document).filter(({ events }) => events.some(type => eventMatches(type, event.name)))
  const matching = listening.filter(({ filter }) => keyMatches(filter, event.key))
  for (const listener of listening) if (!matching.includes(listener)) noteFiltered(ctx, { bucket, listener, event })
  if (matching.length === 0 && !document.EventBridgeConfiguration) return
  const facts = factsOf(ctx, bucket, event)
  for (const listener of matching) tell(ctx, event, { listener, facts })
  if (matching.length > 0) noteNotified(ctx, event)
  if (document.EventBridgeConfiguration) tellEventBridge(ctx, event, facts)
}

type Facts = Omit<RecordFacts, 'configurationId'>

function tell(ctx: Tx, event: ObjectEvent, { listener, facts }: { listener: Listener; facts: Facts }): void {
  const { id, arn } = listener
  ctx.deliver({
    to: arn,
    from: bucketArn(facts.bucket.name),
    principal: 's3.amazonaws.com',
    payload: notificationMessage(event, { ...facts, configurationId: id }),
    event: `${event.name} ${event.key}`,
    ...(arn.split(':')[2] === 'sns' && { input: { Subject: 'Amazon S3 Notification' } }),
  })
}

/** EventBridge gets every event, whatever its kind and key. */
function tellEventBridge(ctx: Tx, event: ObjectEvent, facts: Facts): void {
  const byS3 = ctx.caller.service !== undefined
  const delivery = eventBridgeDelivery(event, {
    ...facts,
    requester: byS3 ? 's3.amazonaws.com' : ctx.caller.accountId,
    sourceIp: byS3 ? undefined : facts.sourceIp,
  })
  if (delivery) ctx.deliver(delivery)
}

function noteFiltered(ctx: Ctx, what: { bucket: Bucket; listener: Listener; event: ObjectEvent }): void {
  const { prefix, suffix } = what.listener.filter
  const wanted = [prefix && `prefix '${prefix}'`, suffix && `suffix '${suffix}'`].filter(Boolean).join(' and ')
  ctx.journal({
    from: bucketArn(what.bucket.name),
    to: what.listener.arn,
    outcome: 'filtered',
    reason: `the key ${what.event.key} does not have the ${wanted} of configuration ${what.listener.id}`,
    event: `${what.event.name} ${what.event.key}`,
  })
}

function factsOf(ctx: Tx, bucket: Bucket, event: ObjectEvent): Facts {
  const byLifecycle = event.name.startsWith('s3:Lifecycle')
  const { requestId } = ctx
  return {
    bucket,
    at: ctx.now,
    sequencer: event.sequencer ?? nextSequencer(ctx),
    principalId: byLifecycle ? 's3.amazonaws.com' : principalOf(ctx.caller),
    ownerId: canonicalUserOf(bucket.owner),
    sourceIp: byLifecycle ? 's3.amazonaws.com' : (ctx.http?.sourceIp ?? ctx.caller.service ?? '127.0.0.1'),
    requestId,
    hostId: hostId(requestId),
  }
}

/** AWS's id of who asked: a user's or root's own, a role's with its session's name. */
function principalOf({ accountId, session, service }: Caller): string {
  if (!session) return service ?? `AWS:${accountId}`
  const named = session.kind === undefined || session.kind === 'federated'
  return named ? `AWS:${session.roleId}:${session.name}` : `AWS:${session.roleId}`
}

/** What orders the changes of one key: greater than any this bucket gave before. */
export function nextSequencer(ctx: Tx): string {
  const byTime = Math.min(ctx.now, 8e12) * 1000
  const row = ctx.sql.first<{ last: number }>('UPDATE s3_sequence SET last = MAX(last + 1, ?) RETURNING last', byTime)
  return sequencerText(row?.last ?? byTime)
}
