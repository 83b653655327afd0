import type { Delivery, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { randomAlphanumeric } from '../../../../aws/ids.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { logsTags } from '../groups/tags.ts'
import { deliveryArn, findSource } from './delivery-sources.ts'
import { defaultFields, vendedBy } from './delivery-templates.ts'
import { conflict, notFound, paging, validation } from '../refusals.ts'
import type { DeliveryDestinationRow, DeliveryRow, DeliverySourceRow } from './delivery-schema.ts'

/** What of a delivery says how its records are written. */
export type DeliverySettings = Pick<Delivery, 'recordFields' | 'fieldDelimiter' | 's3DeliveryConfiguration'>

/** @throws AwsError ResourceNotFoundException */
function findDelivery(ctx: Ctx, id: string): DeliveryRow {
  const row = ctx.sql.first<DeliveryRow>('SELECT * FROM logs_deliveries WHERE id = ?', id)
  if (!row) throw notFound('delivery')
  return row
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html */
export async function CreateDelivery(ctx: Ctx, input: In<'CreateDelivery'>): Promise<Out<'CreateDelivery'>> {
  const { deliverySourceName, deliveryDestinationArn, tags, ...given } = input
  findSource(ctx, deliverySourceName)
  const { account, region, resource } = parseArn(deliveryDestinationArn) ?? {}
  if (!account || !resource?.startsWith('delivery-destination:')) {
    throw validation(`The specified delivery destination ARN is invalid: ${deliveryDestinationArn}`)
  }
  // The destination may be another account's, whose policy then decides.
  const to = { place: { account, region: region ?? ctx.place.region }, caller: { accountId: ctx.place.account } }
  const { type } = await ctx.call('logs', 'OpenDeliveryDestination', { deliveryDestinationArn }, to)
  const source = findSource(ctx, deliverySourceName)
  checkSettings(source, type, given)
  const pair = 'SELECT 1 FROM logs_deliveries WHERE source = ? AND destinationArn = ?'
  if (ctx.sql.first(pair, deliverySourceName, deliveryDestinationArn)) {
    throw conflict('A Delivery between this Delivery Source and Delivery Destination already exists.')
  }
  const fields = given.recordFields ?? defaultFields(source.service)
  const settings: DeliverySettings = { ...given, ...(fields ? { recordFields: fields } : {}) }
  const id = randomAlphanumeric(16)
  ctx.change(tx => {
    insert(tx.sql, 'logs_deliveries', {
      id,
      source: deliverySourceName,
      destinationArn: deliveryDestinationArn,
      type,
      settings: JSON.stringify(settings),
      createdAt: tx.now,
    })
    logsTags.set(tx, deliveryArn(tx, 'delivery', id), tags)
  })
  return { delivery: describe(ctx, findDelivery(ctx, id)) }
}

function checkSettings(source: DeliverySourceRow, type: DeliveryDestinationRow['type'], given: DeliverySettings): void {
  if (given.s3DeliveryConfiguration && type !== 'S3') {
    throw validation('s3DeliveryConfiguration is valid only for delivery destinations of type S3.')
  }
  const known = vendedBy(source.service)
  if (!known || !given.recordFields) return
  const { fields, further, mandatory } = known
  const unknown = given.recordFields.find(field => !fields.includes(field) && !further.includes(field))
  if (unknown !== undefined) throw validation(`The record field ${unknown} is not supported for ${source.logType}.`)
  const missing = mandatory.find(field => !given.recordFields?.includes(field))
  if (missing !== undefined) throw validation(`The mandatory record field ${missing} is missing.`)
}

function describe(ctx: Ctx, row: DeliveryRow): Delivery {
  const arn = deliveryArn(ctx, 'delivery', row.id)
  return {
    id: row.id,
    arn,
    deliverySourceName: row.source,
    deliveryDestinationArn: row.destinationArn,
    deliveryDestinationType: row.type,
    ...settingsOf(row),
    ...logsTags.member(ctx, arn, 'tags'),
  }
}

export function settingsOf({ settings }: DeliveryRow): DeliverySettings {
  return JSON.parse(settings) as DeliverySettings // written here
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDelivery.html */
export function GetDelivery(ctx: Ctx, { id }: In<'GetDelivery'>): Out<'GetDelivery'> {
  return { delivery: describe(ctx, findDelivery(ctx, id)) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliveries.html */
export function DescribeDeliveries(ctx: Ctx, input: In<'DescribeDeliveries'>): Out<'DescribeDeliveries'> {
  const { rows, next } = listing<DeliveryRow>(ctx, paging(input), { from: 'logs_deliveries', key: 'id' })
  return { deliveries: rows.map(row => describe(ctx, row)), nextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateDeliveryConfiguration.html */
export function UpdateDeliveryConfiguration(
  ctx: Tx,
  { id, ...given }: In<'UpdateDeliveryConfiguration'>,
): Out<'UpdateDeliveryConfiguration'> {
  const row = findDelivery(ctx, id)
  checkSettings(findSource(ctx, row.source), row.type, given)
  const settings: DeliverySettings = { ...settingsOf(row), ...given }
  ctx.sql.run('UPDATE logs_deliveries SET settings = ? WHERE id = ?', JSON.stringify(settings), id)
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDelivery.html */
export function DeleteDelivery(ctx: Tx, { id }: In<'DeleteDelivery'>): void {
  findDelivery(ctx, id)
  ctx.sql.run('DELETE FROM logs_deliveries WHERE id = ?', id)
  logsTags.drop(ctx, deliveryArn(ctx, 'delivery', id))
}
