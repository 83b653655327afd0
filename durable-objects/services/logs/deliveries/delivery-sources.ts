import type { DeliverySource, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { logsTags } from '../groups/tags.ts'
import { vendedBy } from './delivery-templates.ts'
import { conflict, notFound, paging, validation } from '../refusals.ts'
import type { DeliverySourceRow } from './delivery-schema.ts'

/** ARN of a delivery's source, destination, or of a delivery itself. */
export function deliveryArn(ctx: Ctx, kind: 'delivery' | 'delivery-source' | 'delivery-destination', name: string) {
  return arnAt(ctx.place, 'logs', `${kind}:${name}`)
}

export function sourceByName(ctx: Ctx, name: string): DeliverySourceRow | undefined {
  return ctx.sql.first<DeliverySourceRow>('SELECT * FROM logs_delivery_sources WHERE name = ?', name)
}

/** @throws AwsError ResourceNotFoundException */
export function findSource(ctx: Ctx, name: string): DeliverySourceRow {
  const row = sourceByName(ctx, name)
  if (!row) throw notFound('delivery source')
  return row
}

export const tagsUpdated = () => conflict('Tags can only be provided when a resource is being created, not updated.')

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html */
export function PutDeliverySource(ctx: Tx, input: In<'PutDeliverySource'>): Out<'PutDeliverySource'> {
  const { name, resourceArn, logType, tags, deliverySourceConfiguration: configuration } = input
  const service = serviceOf(resourceArn, logType)
  const existing = sourceByName(ctx, name)
  if (existing && (existing.resourceArn !== resourceArn || existing.logType !== logType)) {
    const what = existing.resourceArn === resourceArn ? 'LogType' : 'ResourceId'
    throw conflict(
      `Update to existing Delivery Source with new ${what} is not allowed. Please create a new Delivery Source instead.`,
    )
  }
  if (existing && tags) throw tagsUpdated()
  checkUnused(ctx, input)
  upsert(ctx.sql, 'logs_delivery_sources', {
    key: { name },
    once: { resourceArn, service, logType },
    set: { configuration: configuration ? JSON.stringify(configuration) : null },
  })
  if (!existing) logsTags.set(ctx, deliveryArn(ctx, 'delivery-source', name), tags)
  return { deliverySource: describe(ctx, findSource(ctx, name)) }
}

function serviceOf(resourceArn: string, logType: string): string {
  const service = parseArn(resourceArn)?.service
  if (service === undefined) throw validation(`The specified resource ARN is invalid: ${resourceArn}`)
  const known = vendedBy(service)
  if (known && !known.logTypes.includes(logType)) {
    throw validation(`The specified logType ${logType} is not supported for resource ${resourceArn}.`)
  }
  return service
}

/** A resource's logs of one type have one source. */
function checkUnused(ctx: Ctx, { name, resourceArn, logType }: In<'PutDeliverySource'>): void {
  const other = ctx.sql.first(
    'SELECT 1 FROM logs_delivery_sources WHERE resourceArn = ? AND logType = ? AND name <> ?',
    resourceArn,
    logType,
    name,
  )
  if (other) throw conflict('This ResourceId has already been used in another Delivery Source in this account')
}

function describe(ctx: Ctx, row: DeliverySourceRow): DeliverySource {
  const { name, resourceArn, service, logType, configuration } = row
  const arn = deliveryArn(ctx, 'delivery-source', name)
  return {
    name,
    arn,
    resourceArns: [resourceArn],
    service,
    logType,
    ...logsTags.member(ctx, arn, 'tags'),
    ...(configuration === null ? {} : { deliverySourceConfiguration: JSON.parse(configuration) }),
    status: 'ACTIVE',
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliverySource.html */
export function GetDeliverySource(ctx: Ctx, { name }: In<'GetDeliverySource'>): Out<'GetDeliverySource'> {
  return { deliverySource: describe(ctx, findSource(ctx, name)) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html */
export function DescribeDeliverySources(
  ctx: Ctx,
  input: In<'DescribeDeliverySources'>,
): Out<'DescribeDeliverySources'> {
  const { rows, next } = listing<DeliverySourceRow>(ctx, paging(input), { from: 'logs_delivery_sources', key: 'name' })
  return { deliverySources: rows.map(row => describe(ctx, row)), nextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html */
export function DeleteDeliverySource(ctx: Tx, { name }: In<'DeleteDeliverySource'>): void {
  findSource(ctx, name)
  if (ctx.sql.first('SELECT 1 FROM logs_deliveries WHERE source = ?', name)) {
    throw conflict('Cannot delete a Delivery Source that has deliveries. Please delete its deliveries first.')
  }
  ctx.sql.run('DELETE FROM logs_delivery_sources WHERE name = ?', name)
  logsTags.drop(ctx, deliveryArn(ctx, 'delivery-source', name))
}
