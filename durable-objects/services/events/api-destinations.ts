import type { ApiDestination, In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { connectionByArn } from './find-connection.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { eventsArn } from './names.ts'
import { alreadyExists, invalid, notFound, paging } from './refusals.ts'
import type { ApiDestinationRow } from './schema.ts'

const DEFAULT_RATE = 300

const destinationArn = (ctx: Ctx, { name, id }: ApiDestinationRow) =>
  eventsArn(ctx.place, `api-destination/${name}/${id}`)

export function lookUpDestination(ctx: Ctx, name: string): ApiDestinationRow | undefined {
  return ctx.sql.first<ApiDestinationRow>('SELECT * FROM events_api_destinations WHERE name = ?', name)
}

/** The API destination of an ARN; undefined when it is not here. */
export function destinationByArn(ctx: Ctx, arn: string): ApiDestinationRow | undefined {
  const row = lookUpDestination(ctx, arn.split('/').at(-2) ?? '')
  return row && destinationArn(ctx, row) === arn ? row : undefined
}

function findDestination(ctx: Ctx, name: string, verb: string): ApiDestinationRow {
  const row = lookUpDestination(ctx, name)
  if (!row) throw notFound(`Failed to ${verb} the api-destination(s). An api-destination '${name}' does not exist.`)
  return row
}

function checkSettings(
  ctx: Ctx,
  { connectionArn, endpoint }: Pick<ApiDestinationRow, 'connectionArn' | 'endpoint'>,
): void {
  if (!connectionByArn(ctx, connectionArn)) throw notFound(`Connection '${connectionArn}' does not exist.`)
  if (!/^https?:\/\/[^/*]+/.test(endpoint)) throw invalid('Parameter InvocationEndpoint is not valid.')
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html */
export function CreateApiDestination(ctx: Tx, input: In<'CreateApiDestination'>): Out<'CreateApiDestination'> {
  if (lookUpDestination(ctx, input.Name)) throw alreadyExists(`An api-destination '${input.Name}' already exists.`)
  const row: ApiDestinationRow = {
    name: input.Name,
    id: crypto.randomUUID(),
    description: input.Description ?? null,
    connectionArn: input.ConnectionArn,
    endpoint: input.InvocationEndpoint,
    method: input.HttpMethod,
    rate: input.InvocationRateLimitPerSecond ?? DEFAULT_RATE,
    createdAt: ctx.now,
    modifiedAt: ctx.now,
  }
  checkSettings(ctx, row)
  writeDestination(ctx, row)
  return answered(ctx, row)
}

function writeDestination(ctx: Tx, row: ApiDestinationRow): void {
  replace(ctx.sql, 'events_api_destinations', row)
}

function answered(ctx: Ctx, row: ApiDestinationRow) {
  const connection = connectionByArn(ctx, row.connectionArn)
  return {
    ApiDestinationArn: destinationArn(ctx, row),
    ApiDestinationState: connection && connection.state !== 'DEAUTHORIZED' ? 'ACTIVE' : 'INACTIVE',
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.modifiedAt),
  }
}

function shown(ctx: Ctx, row: ApiDestinationRow): ApiDestination {
  return {
    ...answered(ctx, row),
    Name: row.name,
    ConnectionArn: row.connectionArn,
    InvocationEndpoint: row.endpoint,
    HttpMethod: row.method,
    InvocationRateLimitPerSecond: row.rate,
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeApiDestination.html */
export function DescribeApiDestination(ctx: Ctx, input: In<'DescribeApiDestination'>): Out<'DescribeApiDestination'> {
  const row = findDestination(ctx, input.Name, 'describe')
  return { ...shown(ctx, row), ...(row.description !== null && { Description: row.description }) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateApiDestination.html */
export function UpdateApiDestination(ctx: Tx, input: In<'UpdateApiDestination'>): Out<'UpdateApiDestination'> {
  const before = findDestination(ctx, input.Name, 'update')
  const row = {
    ...before,
    description: input.Description ?? before.description,
    connectionArn: input.ConnectionArn ?? before.connectionArn,
    endpoint: input.InvocationEndpoint ?? before.endpoint,
    method: input.HttpMethod ?? before.method,
    rate: input.InvocationRateLimitPerSecond ?? before.rate,
    modifiedAt: ctx.now,
  }
  checkSettings(ctx, row)
  writeDestination(ctx, row)
  return answered(ctx, row)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteApiDestination.html */
export function DeleteApiDestination(ctx: Tx, input: In<'DeleteApiDestination'>): Out<'DeleteApiDestination'> {
  const { name } = findDestination(ctx, input.Name, 'delete')
  ctx.sql.run('DELETE FROM events_api_destinations WHERE name = ?', name)
  return {}
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListApiDestinations.html */
export function ListApiDestinations(ctx: Ctx, input: In<'ListApiDestinations'>): Out<'ListApiDestinations'> {
  const { rows, next } = listing<ApiDestinationRow>(ctx, paging(input), {
    from: 'events_api_destinations',
    where: { 'connectionArn = ?': input.ConnectionArn },
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { ApiDestinations: rows.map(row => shown(ctx, row)), NextToken: next }
}
