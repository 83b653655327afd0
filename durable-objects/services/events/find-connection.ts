import type { Ctx } from '../../kernel/object/operation.ts'
import type { AuthParameters } from './connection-parameters.ts'
import { eventsArn } from './names.ts'
import type { ConnectionRow } from './schema.ts'

export function lookUpConnection(ctx: Ctx, name: string): ConnectionRow | undefined {
  return ctx.sql.first<ConnectionRow>('SELECT * FROM events_connections WHERE name = ?', name)
}

/** The connection of an ARN; undefined when it is not here. */
export function connectionByArn(ctx: Ctx, arn: string): ConnectionRow | undefined {
  const row = lookUpConnection(ctx, arn.split('/').at(-2) ?? '')
  return row && connectionArn(ctx, row) === arn ? row : undefined
}

export const parametersOf = ({ parameters }: ConnectionRow) => JSON.parse(parameters) as AuthParameters

export const connectionArn = (ctx: Ctx, { name, id }: ConnectionRow) => eventsArn(ctx.place, `connection/${name}/${id}`)
