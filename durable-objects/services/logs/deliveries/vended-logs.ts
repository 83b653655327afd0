import { gzipSync } from 'node:zlib'
import { encodeBase64 } from '../../../../aws/wire/base64.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { randomHex } from '../../../../aws/ids.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import { type DeliverySettings, settingsOf } from './deliveries.ts'
import { findDeliveryDestination } from './delivery-destinations.ts'
import { deliveryArn } from './delivery-sources.ts'
import { vendedBy } from './delivery-templates.ts'
import { notFound } from '../refusals.ts'
import type { DeliveryDestinationRow, DeliveryRow, DeliverySourceRow } from './delivery-schema.ts'
import { linesOf, objectKey, type Origin, type VendedRecord } from './vended-records.ts'

type Empty = Record<string, never>
/** Without a timestamp it is of now. */
type GivenRecord = Omit<VendedRecord, 'timestamp'> & { timestamp?: number | undefined }

/** What services, and the logs of other accounts, may ask of logs. */
export type VendingOperations = {
  /**
   * A service hands over what it logs of one of its resources. It says so of everything, or of what its own settings
   * ask for; where no delivery wants it, it ends here.
   */
  VendLogs: { input: { resourceArn: string; logType: string; records: GivenRecord[] }; output: Empty }
  /** Whether the calling account may deliver to a destination, and of which type it is. */
  OpenDeliveryDestination: {
    input: { deliveryDestinationArn: string }
    output: { type: DeliveryDestinationRow['type'] }
  }
  /** The records of one delivery, at its destination. */
  ShipVendedLogs: {
    input: { deliveryDestinationArn: string; origin: Origin; settings: DeliverySettings; records: VendedRecord[] }
    output: Empty
  }
}

type In<O extends keyof VendingOperations> = VendingOperations[O]['input']

const PRINCIPAL = 'delivery.logs.amazonaws.com'

/** Vended logs go from a resource's delivery source to the destinations of its deliveries. */
export function VendLogs(ctx: Tx, { resourceArn, logType, records: given }: In<'VendLogs'>): Empty {
  const source = ctx.sql.first<DeliverySourceRow>(
    'SELECT * FROM logs_delivery_sources WHERE resourceArn = ? AND logType = ?',
    resourceArn,
    logType,
  )
  if (!source || given.length === 0) return {}
  const records = given.map(record => ({ ...record, timestamp: record.timestamp ?? ctx.now }))
  const { account, region } = ctx.place
  const resource = parseArn(resourceArn)?.resource.replace(/^[^/:]*[/:]/, '') ?? ''
  const origin: Origin = { account, region, service: source.service, logType, resource }
  const from = deliveryArn(ctx, 'delivery-source', source.name)
  for (const row of ctx.sql.all<DeliveryRow>(
    'SELECT * FROM logs_deliveries WHERE source = ? ORDER BY id',
    source.name,
  )) {
    ctx.deliver({
      to: row.destinationArn,
      from,
      principal: PRINCIPAL,
      operation: 'ShipVendedLogs',
      input: { deliveryDestinationArn: row.destinationArn, origin, settings: settingsOf(row), records },
      event: eventOf(origin, records),
    })
  }
  return {}
}

const eventOf = ({ logType, resource }: Origin, { length }: readonly VendedRecord[]) =>
  `${logType} of ${resource} (${length} record${length === 1 ? '' : 's'})`

export function OpenDeliveryDestination(ctx: Ctx, { deliveryDestinationArn }: In<'OpenDeliveryDestination'>) {
  return { type: openDestination(ctx, deliveryDestinationArn).type }
}

function openDestination(ctx: Ctx, arn: string): DeliveryDestinationRow {
  const prefix = deliveryArn(ctx, 'delivery-destination', '')
  if (!arn.startsWith(prefix)) throw notFound('delivery destination')
  const row = findDeliveryDestination(ctx, arn.slice(prefix.length))
  const account = ctx.caller.accountId
  if (account === ctx.place.account) return row
  const decision = evaluateResourcePolicy(row.policy, {
    action: 'logs:CreateDelivery',
    resource: arn,
    principal: { aws: account },
    context: { 'aws:PrincipalAccount': account },
  })
  if (decision === 'allow') return row
  const message = `User with accountId: ${account} is not authorized to perform: logs:CreateDelivery on resource: ${arn}`
  throw new AwsError('AccessDeniedException', message)
}

export function ShipVendedLogs(ctx: Tx, input: In<'ShipVendedLogs'>): Empty {
  const { type, resourceArn, outputFormat } = openDestination(ctx, input.deliveryDestinationArn)
  if (resourceArn === null) return {}
  const shipment = { ...input, resourceArn, format: outputFormat ?? 'json' }
  if (type === 'CWL') shipToGroup(ctx, shipment)
  else if (type === 'S3') shipToBucket(ctx, shipment)
  else shipToStream(ctx, shipment)
  return {}
}

type Shipment = In<'ShipVendedLogs'> & { resourceArn: string; format: string }

const common = ({ deliveryDestinationArn: from, resourceArn: to, origin, records }: Shipment) => ({
  to,
  from,
  principal: PRINCIPAL,
  event: eventOf(origin, records),
})

const folderOf = ({ service }: Origin) => vendedBy(service)?.folder ?? service

function shipToGroup(ctx: Tx, shipment: Shipment): void {
  const { origin, settings, format } = shipment
  const logStreamName = `${folderOf(origin)}_${origin.resource}`.replace(/[:*]/g, '_').slice(0, 512)
  const records = shipment.records.toSorted((a, b) => a.timestamp - b.timestamp)
  const lines = linesOf(format === 'w3c' ? 'plain' : format, settings, records)
  const logEvents = lines.map((message, at) => ({ timestamp: records[at]?.timestamp ?? ctx.now, message }))
  const delivery = common(shipment)
  const tolerate = ['ResourceAlreadyExistsException']
  ctx.deliver({ ...delivery, operation: 'CreateLogStream', input: { logStreamName }, tolerate })
  ctx.deliver({ ...delivery, input: { logStreamName, logEvents } })
}

function shipToBucket(ctx: Tx, shipment: Shipment): void {
  const { origin, settings, format, records, resourceArn } = shipment
  const [bucket = '', ...prefix] = resourceArn.replace(/^arn:[^:]*:s3:::/, '').split('/')
  const Key = objectKey(origin, settings.s3DeliveryConfiguration ?? {}, {
    prefix: prefix.join('/'),
    folder: folderOf(origin),
    at: ctx.now,
    unique: randomHex(8),
  })
  const payload = encodeBase64(
    gzipSync(
      linesOf(format, settings, records)
        .map(line => `${line}\n`)
        .join(''),
    ),
  )
  const input = { Key, ContentType: 'application/x-gzip' }
  ctx.deliver({ ...common(shipment), to: `arn:aws:s3:::${bucket}`, payload, binary: true, input })
}

function shipToStream(ctx: Tx, shipment: Shipment): void {
  const { settings, format, records } = shipment
  for (const line of linesOf(format, settings, records)) ctx.deliver({ ...common(shipment), payload: `${line}\n` })
}
