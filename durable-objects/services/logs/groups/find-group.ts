import type { Ctx } from '../../../kernel/object/operation.ts'
import { arnAt, resourceAt } from '../../../../aws/arn.ts'
import { notFound, validation } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'

/** An ARN of a log group, as the members that end in `Arn` and the tagging operations want it: without `:*`. */
export function groupArn(ctx: Ctx, name: string): string {
  return arnAt(ctx.place, 'logs', `log-group:${name}`)
}

export function groupByName(ctx: Ctx, name: string): GroupRow | undefined {
  return ctx.sql.first<GroupRow>('SELECT * FROM logs_log_groups WHERE name = ?', name)
}

/** The log group of a name. @throws AwsError ResourceNotFoundException */
export function findGroup(ctx: Ctx, name: string): GroupRow {
  const group = groupByName(ctx, name)
  if (!group) throw notFound('log group')
  return group
}

/** The name in a log group's ARN; undefined when it is no log group of this place. */
export function nameOfArn(ctx: Ctx, arn: string): string | undefined {
  return /^log-group:([^:]+)(?::\*)?$/.exec(resourceAt(ctx.place, 'logs', arn) ?? '')?.[1]
}

/** The log group of a name or an ARN. @throws AwsError ResourceNotFoundException */
export function findGroupByIdentifier(ctx: Ctx, identifier: string): GroupRow {
  const name = identifier.startsWith('arn:') ? nameOfArn(ctx, identifier) : identifier
  if (name === undefined) throw notFound('log group')
  return findGroup(ctx, name)
}

/** The log group of operations that take either its name or its identifier. */
export function findEither(
  ctx: Ctx,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): GroupRow {
  const { logGroupName, logGroupIdentifier } = input
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw validation('LogGroup name and LogGroup ARN are mutually exclusive parameters.')
  }
  if (logGroupName !== undefined) return findGroup(ctx, logGroupName)
  if (logGroupIdentifier !== undefined) return findGroupByIdentifier(ctx, logGroupIdentifier)
  throw validation('Either LogGroup name or LogGroup ARN must be specified.')
}
