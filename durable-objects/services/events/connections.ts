import type { Connection, In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { arnOf } from '../../../aws/arn.ts'
import { randomAlphanumeric } from '../../../aws/ids.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { exchange } from './access-tokens.ts'
import { checkParameters, mergeParameters, shownParameters } from './connection-parameters.ts'
import { alreadyExists, notFound, paging } from './refusals.ts'
import type { ConnectionRow } from './schema.ts'
import { lookUpConnection, parametersOf, connectionArn } from './find-connection.ts'

function findConnection(ctx: Ctx, name: string, verb: string): ConnectionRow {
  const row = lookUpConnection(ctx, name)
  if (!row) throw notFound(`Failed to ${verb} the connection(s). Connection '${name}' does not exist.`)
  return row
}

// as it was checked

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html */
export function CreateConnection(ctx: Tx, input: In<'CreateConnection'>): Out<'CreateConnection'> {
  const { Name: name, AuthorizationType: type, AuthParameters: parameters, Description, KmsKeyIdentifier } = input
  if (lookUpConnection(ctx, name)) throw alreadyExists(`Connection ${name} already exists.`)
  checkParameters(type, parameters)
  const row: ConnectionRow = {
    name,
    id: crypto.randomUUID(),
    secretId: `${crypto.randomUUID()}-${randomAlphanumeric(6)}`,
    description: Description ?? null,
    type,
    parameters: JSON.stringify(parameters),
    kms: KmsKeyIdentifier ?? null,
    ...authorization(ctx, type),
    createdAt: ctx.now,
    modifiedAt: ctx.now,
  }
  writeConnection(ctx, row)
  if (row.state === 'AUTHORIZING') ctx.background(exchange(ctx, name))
  const { LastAuthorizedTime: _later, ...answer } = answered(ctx, row)
  return answer
}

type Authorization = Pick<ConnectionRow, 'state' | 'reason' | 'authorizedAt' | 'token' | 'tokenUntil'>

/** Keys and passwords are taken as they are; a token must be asked for. */
function authorization({ now }: Ctx, type: string): Authorization {
  const state = type === 'OAUTH_CLIENT_CREDENTIALS' ? 'AUTHORIZING' : 'AUTHORIZED'
  return { state, reason: null, authorizedAt: now, token: null, tokenUntil: null }
}

function writeConnection(ctx: Tx, row: ConnectionRow): void {
  replace(ctx.sql, 'events_connections', row)
}

function answered(ctx: Ctx, row: ConnectionRow) {
  return {
    ConnectionArn: connectionArn(ctx, row),
    ConnectionState: row.state,
    CreationTime: new Date(row.createdAt),
    LastModifiedTime: new Date(row.modifiedAt),
    ...(row.authorizedAt !== null && { LastAuthorizedTime: new Date(row.authorizedAt) }),
  }
}

function shown(ctx: Ctx, row: ConnectionRow): Connection {
  const { name, type, reason } = row
  return { ...answered(ctx, row), Name: name, AuthorizationType: type, ...(reason !== null && { StateReason: reason }) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html */
export function DescribeConnection(ctx: Ctx, input: In<'DescribeConnection'>): Out<'DescribeConnection'> {
  const row = findConnection(ctx, input.Name, 'describe')
  const { account, region } = ctx.place
  const resource = `secret:events!connection/${row.name}/${row.secretId}`
  return {
    ...shown(ctx, row),
    ...(row.description !== null && { Description: row.description }),
    ...(row.kms !== null && { KmsKeyIdentifier: row.kms }),
    SecretArn: arnOf({ service: 'secretsmanager', account, region, resource }),
    AuthParameters: shownParameters(parametersOf(row)),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateConnection.html */
export function UpdateConnection(ctx: Tx, input: In<'UpdateConnection'>): Out<'UpdateConnection'> {
  const before = findConnection(ctx, input.Name, 'update')
  const type = input.AuthorizationType ?? before.type
  const parameters = mergeParameters(type, parametersOf(before), input.AuthParameters)
  checkParameters(type, parameters)
  const row = {
    ...before,
    type,
    parameters: JSON.stringify(parameters),
    description: input.Description ?? before.description,
    kms: input.KmsKeyIdentifier ?? before.kms,
    ...authorization(ctx, type),
    modifiedAt: ctx.now,
  }
  writeConnection(ctx, row)
  if (row.state === 'AUTHORIZING') ctx.background(exchange(ctx, row.name))
  return answered(ctx, row)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeauthorizeConnection.html */
export function DeauthorizeConnection(ctx: Tx, input: In<'DeauthorizeConnection'>): Out<'DeauthorizeConnection'> {
  const row = findConnection(ctx, input.Name, 'deauthorize')
  writeConnection(ctx, {
    ...row,
    state: 'DEAUTHORIZED',
    parameters: '{}',
    token: null,
    tokenUntil: null,
    modifiedAt: ctx.now,
  })
  return { ...answered(ctx, row), ConnectionState: 'DEAUTHORIZING', LastModifiedTime: new Date(ctx.now) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteConnection.html */
export function DeleteConnection(ctx: Tx, input: In<'DeleteConnection'>): Out<'DeleteConnection'> {
  const row = findConnection(ctx, input.Name, 'delete')
  ctx.sql.run('DELETE FROM events_connections WHERE name = ?', row.name)
  return { ...answered(ctx, row), ConnectionState: 'DELETING' }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListConnections.html */
export function ListConnections(ctx: Ctx, input: In<'ListConnections'>): Out<'ListConnections'> {
  const { rows, next } = listing<ConnectionRow>(ctx, paging(input), {
    from: 'events_connections',
    where: { 'state = ?': input.ConnectionState },
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { Connections: rows.map(row => shown(ctx, row)), NextToken: next }
}
