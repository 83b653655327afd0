import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { checkFilterable } from '../groups/classes.ts'
import { checkFilterLimits, checkSystemFields } from '../filters/filter-limits.ts'
import { findGroup, groupArn } from '../groups/find-group.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { readCriteria } from '../filters/field-criteria.ts'
import { invalidParameter, notFound, paging } from '../refusals.ts'
import type { SubscriptionFilterRow } from '../schema.ts'
import { forgetListeners } from './subscribers.ts'
import { sendControlMessage, tryDestination } from './subscription-targets.ts'
import { isOwnGroup } from './subscriptions.ts'

/** What of a filter is kept as it was put. */
export type SubscriptionSettings = Pick<
  In<'PutSubscriptionFilter'>,
  'destinationArn' | 'roleArn' | 'distribution' | 'fieldSelectionCriteria' | 'emitSystemFields'
> & { applyOnTransformedLogs: boolean }

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html */
export async function PutSubscriptionFilter(ctx: Ctx, input: In<'PutSubscriptionFilter'>): Promise<void> {
  const { logGroupName, destinationArn, roleArn } = input
  checkPut(ctx, input)
  const trial = { destinationArn, roleArn, sourceArn: `${groupArn(ctx, logGroupName)}:*` }
  await tryDestination(ctx, trial)
  // Once more: meanwhile others may have used the object.
  ctx.change(tx => {
    writeFilter(tx, input, checkPut(tx, input))
    sendControlMessage(tx, trial)
  })
}

type Checked = { group: number; regexes: number }

function checkPut(ctx: Ctx, input: In<'PutSubscriptionFilter'>): Checked {
  const { logGroupName, filterName: name, filterPattern } = input
  const { regexes } = parseFilterPattern(filterPattern)
  checkDestination(input)
  checkSystemFields(input.emitSystemFields, ['@aws.account', '@aws.region', '@source.log'])
  readCriteria(input.fieldSelectionCriteria)
  const group = findGroup(ctx, logGroupName)
  checkFilterable(group)
  checkFilterLimits(ctx, 'subscription_filters', { group: group.id, name, regexes })
  if (isOwnGroup(input.destinationArn, group.name)) {
    throw invalidParameter('The log group provided is reserved for the function log of the destination function.')
  }
  return { group: group.id, regexes }
}

function writeFilter(ctx: Tx, input: In<'PutSubscriptionFilter'>, { group, regexes }: Checked): void {
  const { logGroupName: _group, filterName: name, filterPattern, applyOnTransformedLogs, ...rest } = input
  const settings: SubscriptionSettings = {
    distribution: 'ByLogStream',
    ...rest,
    applyOnTransformedLogs: applyOnTransformedLogs ?? false,
  }
  upsert(ctx.sql, 'logs_subscription_filters', {
    key: { logGroup: group, name },
    once: { createdAt: ctx.now },
    set: { pattern: filterPattern, regexes, settings: JSON.stringify(settings) },
  })
  forgetListeners(ctx)
}

type Destination = Pick<In<'PutSubscriptionFilter'>, 'destinationArn' | 'roleArn'>

/** SQS is no destination of AWS's; here it is one. */
const VENDORS = ['kinesis', 'firehose', 'lambda', 'logs', 'sqs']

/** Refuses a destination that nothing can be sent to, and a role where none belongs, or its lack. */
export function checkDestination({ destinationArn, roleArn }: Destination): void {
  const vendor = parseArn(destinationArn)?.service
  if (vendor === undefined) throw invalidParameter(`Invalid destinationArn: ${destinationArn}`)
  if (!VENDORS.includes(vendor)) {
    throw invalidParameter(`PutSubscriptionFilter operation cannot work with destinationArn for vendor ${vendor}`)
  }
  if (vendor === 'lambda' && roleArn !== undefined) {
    throw invalidParameter('destinationArn for vendor lambda cannot be used with roleArn')
  }
  if ((vendor === 'kinesis' || vendor === 'firehose') && roleArn === undefined) {
    throw invalidParameter(`destinationArn for vendor ${vendor} cannot be used without roleArn`)
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html */
export function DescribeSubscriptionFilters(
  ctx: Ctx,
  input: In<'DescribeSubscriptionFilters'>,
): Out<'DescribeSubscriptionFilters'> {
  const { logGroupName, filterNamePrefix } = input
  const { rows, next } = listing<SubscriptionFilterRow>(ctx, paging(input), {
    from: 'logs_subscription_filters',
    where: { 'logGroup = ?': findGroup(ctx, logGroupName).id },
    prefix: { name: filterNamePrefix },
    key: 'name',
  })
  return { subscriptionFilters: rows.map(row => describe(logGroupName, row)), nextToken: next }
}

function describe(logGroupName: string, { name, pattern, createdAt, settings }: SubscriptionFilterRow) {
  const kept = JSON.parse(settings) as SubscriptionSettings // written by PutSubscriptionFilter
  return { filterName: name, logGroupName, filterPattern: pattern, creationTime: createdAt, ...kept }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteSubscriptionFilter.html */
export function DeleteSubscriptionFilter(ctx: Tx, input: In<'DeleteSubscriptionFilter'>): void {
  const { id } = findGroup(ctx, input.logGroupName)
  ctx.sql.run('DELETE FROM logs_subscription_filters WHERE logGroup = ? AND name = ?', id, input.filterName)
  if (ctx.sql.changes() === 0) throw notFound('subscription filter')
  forgetListeners(ctx)
}
