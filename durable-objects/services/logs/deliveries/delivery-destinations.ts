import { own } from '../../../../aws/own.ts'
import type { DeliveryDestination, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { logsTags } from '../groups/tags.ts'
import { deliveryArn, tagsUpdated } from './delivery-sources.ts'
import { conflict, notFound, paging, validation } from '../refusals.ts'
import type { DeliveryDestinationRow } from './delivery-schema.ts'

function destinationByName(ctx: Ctx, name: string): DeliveryDestinationRow | undefined {
  return ctx.sql.first<DeliveryDestinationRow>('SELECT * FROM logs_delivery_destinations WHERE name = ?', name)
}

/** @throws AwsError ResourceNotFoundException */
export function findDeliveryDestination(ctx: Ctx, name: string): DeliveryDestinationRow {
  const row = destinationByName(ctx, name)
  if (!row) throw notFound('delivery destination')
  return row
}

/** The kinds of resources that take vended logs, by the service in their ARNs. */
const TYPES: Readonly<Record<string, DeliveryDestinationRow['type']>> = { s3: 'S3', logs: 'CWL', firehose: 'FH' }

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestination.html */
export function PutDeliveryDestination(ctx: Tx, input: In<'PutDeliveryDestination'>): Out<'PutDeliveryDestination'> {
  const { name, outputFormat, tags } = input
  const resourceArn = input.deliveryDestinationConfiguration?.destinationResourceArn
  const type = typeOf(resourceArn, input.deliveryDestinationType)
  const existing = destinationByName(ctx, name)
  if (existing && existing.type !== type) {
    throw conflict('Update to existing Delivery Destination with new Delivery Destination Type is not allowed.')
  }
  if (existing && outputFormat !== undefined && outputFormat !== (existing.outputFormat ?? outputFormat)) {
    throw conflict('Update to existing Delivery Destination with new Output Format is not allowed.')
  }
  if (existing && tags) throw tagsUpdated()
  ctx.sql.run(
    `INSERT INTO logs_delivery_destinations (name, type, resourceArn, outputFormat) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET resourceArn = excluded.resourceArn,
     outputFormat = COALESCE(excluded.outputFormat, outputFormat)`,
    name,
    type,
    resourceArn ?? null,
    outputFormat ?? null,
  )
  if (!existing) logsTags.set(ctx, deliveryArn(ctx, 'delivery-destination', name), tags)
  return { deliveryDestination: describe(ctx, findDeliveryDestination(ctx, name)) }
}

function typeOf(resourceArn: string | undefined, given: string | undefined): DeliveryDestinationRow['type'] {
  if (resourceArn === undefined) {
    if (given === 'XRAY') return given
    throw validation('deliveryDestinationConfiguration is required for this delivery destination type.')
  }
  const type = own(TYPES, parseArn(resourceArn)?.service ?? '')
  if (type === undefined) throw validation(`The specified destination resource ARN is invalid: ${resourceArn}`)
  if (given !== undefined && given !== type) {
    throw validation(`The delivery destination type ${given} does not match the destination resource ARN.`)
  }
  return type
}

function describe(ctx: Ctx, row: DeliveryDestinationRow): DeliveryDestination {
  const { name, type, resourceArn, outputFormat } = row
  const arn = deliveryArn(ctx, 'delivery-destination', name)
  return {
    name,
    arn,
    deliveryDestinationType: type,
    ...(outputFormat === null ? {} : { outputFormat }),
    ...(resourceArn === null ? {} : { deliveryDestinationConfiguration: { destinationResourceArn: resourceArn } }),
    ...logsTags.member(ctx, arn, 'tags'),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliveryDestination.html */
export function GetDeliveryDestination(
  ctx: Ctx,
  { name }: In<'GetDeliveryDestination'>,
): Out<'GetDeliveryDestination'> {
  return { deliveryDestination: describe(ctx, findDeliveryDestination(ctx, name)) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliveryDestinations.html */
export function DescribeDeliveryDestinations(
  ctx: Ctx,
  input: In<'DescribeDeliveryDestinations'>,
): Out<'DescribeDeliveryDestinations'> {
  const { rows, next } = listing<DeliveryDestinationRow>(ctx, paging(input), {
    from: 'logs_delivery_destinations',
    key: 'name',
  })
  return { deliveryDestinations: rows.map(row => describe(ctx, row)), nextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestination.html */
export function DeleteDeliveryDestination(ctx: Tx, { name }: In<'DeleteDeliveryDestination'>): void {
  findDeliveryDestination(ctx, name)
  const arn = deliveryArn(ctx, 'delivery-destination', name)
  if (ctx.sql.first('SELECT 1 FROM logs_deliveries WHERE destinationArn = ?', arn)) {
    throw conflict('Cannot delete a Delivery Destination that has deliveries. Please delete its deliveries first.')
  }
  ctx.sql.run('DELETE FROM logs_delivery_destinations WHERE name = ?', name)
  logsTags.drop(ctx, arn)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestinationPolicy.html */
export function PutDeliveryDestinationPolicy(
  ctx: Tx,
  input: In<'PutDeliveryDestinationPolicy'>,
): Out<'PutDeliveryDestinationPolicy'> {
  const { deliveryDestinationName, deliveryDestinationPolicy } = input
  checkPolicy(deliveryDestinationPolicy)
  const { name } = findDeliveryDestination(ctx, deliveryDestinationName)
  ctx.sql.run('UPDATE logs_delivery_destinations SET policy = ? WHERE name = ?', deliveryDestinationPolicy, name)
  return { policy: { deliveryDestinationPolicy } }
}

function checkPolicy(text: string): void {
  try {
    const policy: unknown = JSON.parse(text)
    if (typeof policy === 'object' && policy !== null && 'Statement' in policy) return
  } catch {
    // Not JSON: refused below with everything else that is no policy.
  }
  throw validation('Invalid Delivery Destination resource Policy is provided.')
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliveryDestinationPolicy.html */
export function GetDeliveryDestinationPolicy(
  ctx: Ctx,
  input: In<'GetDeliveryDestinationPolicy'>,
): Out<'GetDeliveryDestinationPolicy'> {
  const { policy } = findDeliveryDestination(ctx, input.deliveryDestinationName)
  if (policy === null) throw notFound('delivery destination policy')
  return { policy: { deliveryDestinationPolicy: policy } }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestinationPolicy.html */
export function DeleteDeliveryDestinationPolicy(ctx: Tx, input: In<'DeleteDeliveryDestinationPolicy'>): void {
  const { name, policy } = findDeliveryDestination(ctx, input.deliveryDestinationName)
  if (policy === null) throw notFound('delivery destination policy')
  ctx.sql.run('UPDATE logs_delivery_destinations SET policy = NULL WHERE name = ?', name)
}
