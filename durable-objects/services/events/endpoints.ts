import type { Endpoint, In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { randomAlphanumeric } from '../../../aws/ids.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { eventsArn } from './names.ts'
import { meanwhile, stillShown } from '../../kernel/states/states.ts'
import { alreadyExists, notFound, paging } from './refusals.ts'
import type { EndpointRow } from './schema.ts'

type Document = Pick<Endpoint, 'Description' | 'RoutingConfig' | 'ReplicationConfig' | 'EventBuses' | 'RoleArn'>

function lookUpEndpoint(ctx: Ctx, name: string): EndpointRow | undefined {
  return ctx.sql.first<EndpointRow>('SELECT * FROM events_endpoints WHERE name = ?', name)
}

function findEndpoint(ctx: Ctx, name: string): EndpointRow {
  const row = lookUpEndpoint(ctx, name)
  if (!row) throw notFound(`Endpoint ${name} does not exist.`)
  return row
}

const documentOf = ({ document }: EndpointRow) => JSON.parse(document) as Document // written below

function write(ctx: Tx, row: EndpointRow): void {
  replace(ctx.sql, 'events_endpoints', row)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEndpoint.html */
export function CreateEndpoint(ctx: Tx, input: In<'CreateEndpoint'>): Out<'CreateEndpoint'> {
  const { Name: name, ReplicationConfig = { State: 'ENABLED' }, ...rest } = input
  if (lookUpEndpoint(ctx, name)) throw alreadyExists(`Endpoint ${name} already exists.`)
  const document = JSON.stringify({ ...rest, ReplicationConfig })
  const id = `${randomAlphanumeric(10).toLowerCase()}.${randomAlphanumeric(3).toLowerCase()}`
  const row = { name, id, document, createdAt: ctx.now, modifiedAt: ctx.now }
  write(ctx, row)
  return { ...answered(ctx, row), ...meanwhile(ctx, stateKey(name), { State: 'CREATING' }) }
}

const stateKey = (name: string) => `endpoint/${name}`

function answered(ctx: Ctx, row: EndpointRow) {
  const { Description: _description, ...document } = documentOf(row)
  return { Name: row.name, Arn: eventsArn(ctx.place, `endpoint/${row.name}`), ...document }
}

function shown(ctx: Ctx, row: EndpointRow): Endpoint {
  return {
    ...answered(ctx, row),
    ...documentOf(row),
    EndpointId: row.id,
    EndpointUrl: `https://${row.id}.endpoint.events.amazonaws.com`,
    State: 'ACTIVE',
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.modifiedAt),
    ...stillShown(ctx, stateKey(row.name)),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEndpoint.html */
export function DescribeEndpoint(ctx: Ctx, input: In<'DescribeEndpoint'>): Out<'DescribeEndpoint'> {
  return shown(ctx, findEndpoint(ctx, input.Name))
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateEndpoint.html */
export function UpdateEndpoint(ctx: Tx, input: In<'UpdateEndpoint'>): Out<'UpdateEndpoint'> {
  const before = findEndpoint(ctx, input.Name)
  const { Name: _name, ...given } = input
  const document = JSON.stringify({ ...documentOf(before), ...JSON.parse(JSON.stringify(given)) })
  const row = { ...before, document, modifiedAt: ctx.now }
  write(ctx, row)
  const { EndpointId, EndpointUrl } = shown(ctx, row)
  return {
    ...answered(ctx, row),
    EndpointId,
    EndpointUrl,
    ...meanwhile(ctx, stateKey(row.name), { State: 'UPDATING' }),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteEndpoint.html */
export function DeleteEndpoint(ctx: Tx, input: In<'DeleteEndpoint'>): Out<'DeleteEndpoint'> {
  const { name } = findEndpoint(ctx, input.Name)
  ctx.sql.run('DELETE FROM events_endpoints WHERE name = ?', name)
  return {}
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEndpoints.html */
export function ListEndpoints(ctx: Ctx, input: In<'ListEndpoints'>): Out<'ListEndpoints'> {
  const { rows, next } = listing<EndpointRow>(ctx, paging({ ...input, Limit: input.MaxResults }), {
    from: 'events_endpoints',
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { Endpoints: rows.map(row => shown(ctx, row)), NextToken: next }
}
