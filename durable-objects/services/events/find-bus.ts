import type { DeadLetterConfig, LogConfig } from '../../../aws/models/events.types.ts'
import { rootArn } from '../../../aws/arn.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../shared/policy.ts'
import { busArn, busName } from './names.ts'
import { notFound } from './refusals.ts'
import type { BusRow } from './schema.ts'

/** What is kept of a bus beside its name and policy. */
export type BusSettings = {
  Description?: string | undefined
  KmsKeyIdentifier?: string | undefined
  DeadLetterConfig?: DeadLetterConfig | undefined
  LogConfig?: LogConfig | undefined
}

export function lookUpBus(ctx: Ctx, nameOrArn: string | undefined): BusRow | undefined {
  const name = busName(nameOrArn)
  return ctx.sql.kept('events_buses', name, () =>
    ctx.sql.first<BusRow>('SELECT * FROM events_buses WHERE name = ?', name),
  )
}

/** @throws AwsError ResourceNotFoundException, or AccessDeniedException for who is of another account */
export function findBus(ctx: Ctx, nameOrArn: string | undefined): BusRow {
  const bus = lookUpBus(ctx, nameOrArn)
  if (!bus) throw notFound(`Event bus ${busName(nameOrArn)} does not exist.`)
  checkForeigner(ctx, bus)
  return bus
}

export function settingsOfBus({ settings }: BusRow): BusSettings {
  return JSON.parse(settings) as BusSettings // written by the functions above and below
}

/** Who is of another account needs the bus's policy, for whatever it does there. */
export function checkForeigner(ctx: Ctx, bus: BusRow, operation = ctx.operation): void {
  const { caller, place } = ctx
  if (caller.accountId === place.account) return
  const resource = busArn(place, bus.name)
  const action = `events:${operation}`
  const arn = caller.session?.roleArn ?? rootArn(caller.accountId)
  const principals = caller.service && !caller.session ? [{ service: caller.service }, { aws: arn }] : [{ aws: arn }]
  const context = {
    'aws:PrincipalAccount': caller.accountId,
    'aws:SourceAccount': caller.accountId,
    ...(caller.sourceArn && { 'aws:SourceArn': caller.sourceArn }),
  }
  const verdicts = principals.map(principal =>
    evaluateResourcePolicy(bus.policy, { action, resource, principal, context }),
  )
  if (verdicts.includes('allow') && !verdicts.includes('deny')) return
  const why = verdicts.includes('deny')
    ? 'with an explicit deny in a resource-based policy'
    : `because no resource-based policy allows the ${action} action`
  const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`
  // What comes from an outbox is journalled there.
  if (ctx.signed) ctx.journal({ from: arn, to: resource, outcome: 'denied', event: action, reason: message })
  throw new AwsError('AccessDeniedException', message, 400)
}
