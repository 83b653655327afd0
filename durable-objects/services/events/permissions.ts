import type { In } from '../../../aws/models/events.types.ts'
import type { Ctx, ResourcePolicy, Tx } from '../../kernel/object/operation.ts'
import { parseArn, rootArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { readPolicy } from '../../shared/policy-document.ts'
import { findBus, lookUpBus } from './find-bus.ts'
import { busArn } from './names.ts'
import { invalid, notFound } from './refusals.ts'
import type { BusRow } from './schema.ts'

type Statement = Record<string, unknown>
type Policy = { Version: string; Statement: Statement[] }

const LONGEST_POLICY = 10_240

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html */
export function PutPermission(ctx: Tx, input: In<'PutPermission'>): void {
  const bus = findBus(ctx, input.EventBusName)
  if (input.Policy !== undefined) {
    if (input.Action !== undefined || input.Principal !== undefined || input.StatementId !== undefined) {
      throw invalid('Policy cannot be specified together with Action, Principal, StatementId or Condition.')
    }
    writePolicy(ctx, bus, checkedPolicy(input.Policy))
    return
  }
  const statement = statementOf(ctx, bus, input)
  const policy = policyOf(bus) ?? { Version: '2012-10-17', Statement: [] }
  const others = policy.Statement.filter(({ Sid }) => Sid !== input.StatementId)
  writePolicy(ctx, bus, JSON.stringify({ ...policy, Statement: [...others, statement] }))
}

function statementOf(ctx: Ctx, bus: BusRow, input: In<'PutPermission'>): Statement {
  const { Action, Principal, StatementId, Condition } = input
  for (const [name, value] of Object.entries({ Action, Principal, StatementId })) {
    if (value === undefined) throw invalid(`Parameter ${name} must be specified.`)
  }
  if (Action !== 'events:PutEvents') throw invalid("Provided value in parameter 'action' is not supported.")
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: rootArn(Principal ?? '') },
    Action,
    Resource: busArn(ctx.place, bus.name),
    ...(Condition && { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  }
}

function checkedPolicy(document: string): string {
  const policy = readPolicy(document)
  if (!policy || policy.statements.length === 0) throw invalid('Parameter Policy is not valid.')
  return JSON.stringify(JSON.parse(document))
}

function writePolicy(ctx: Tx, bus: BusRow, policy: string | null): void {
  if (policy !== null && policy.length > LONGEST_POLICY) {
    throw new AwsError('PolicyLengthExceededException', 'The policy is longer than the limit of 10240 characters.')
  }
  ctx.sql.run('UPDATE events_buses SET policy = ?, modifiedAt = ? WHERE name = ?', policy, ctx.now, bus.name)
}

function policyOf({ policy }: BusRow): Policy | undefined {
  if (policy === null) return undefined
  const document = JSON.parse(policy) as Policy // read before it was written
  return { ...document, Statement: [document.Statement].flat() }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemovePermission.html */
export function RemovePermission(ctx: Tx, input: In<'RemovePermission'>): void {
  const bus = findBus(ctx, input.EventBusName)
  if (input.RemoveAllPermissions) {
    writePolicy(ctx, bus, null)
    return
  }
  if (input.StatementId === undefined) throw invalid('Parameter StatementId must be specified.')
  const policy = policyOf(bus)
  if (!policy) throw notFound('EventBus does not have a policy.')
  const left = policy.Statement.filter(({ Sid }) => Sid !== input.StatementId)
  if (left.length === policy.Statement.length) throw notFound('Statement with the provided id does not exist.')
  writePolicy(ctx, bus, left.length > 0 ? JSON.stringify({ ...policy, Statement: left }) : null)
}

/** The policy of the one bus that a caller's request names. AWS's own services need none of it. */
export function resourcePolicy(
  ctx: Ctx,
  operation: string,
  input: Record<string, unknown>,
): ResourcePolicy | undefined {
  if (ctx.caller.service) return undefined
  const { EventBusName, Entries } = input
  const named = Array.isArray(Entries) ? Entries.map(entry => entry?.EventBusName) : [EventBusName]
  const [name] = new Set(named)
  const text = typeof name === 'string' ? name : undefined
  const bus = text !== undefined && parseArn(text) ? lookUpBus(ctx, text) : undefined
  return bus && { document: bus.policy, resource: busArn(ctx.place, bus.name), action: `events:${operation}` }
}
