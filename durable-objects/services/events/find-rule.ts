import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { findBus } from './find-bus.ts'
import { notFound } from './refusals.ts'
import type { RuleRow } from './schema.ts'

export function lookUpRule(ctx: Ctx, bus: string, name: string): RuleRow | undefined {
  return ctx.sql.first<RuleRow>('SELECT * FROM events_rules WHERE bus = ? AND name = ?', bus, name)
}

/** @throws AwsError ResourceNotFoundException */
export function findRule(ctx: Ctx, nameOrArn: string | undefined, name: string): RuleRow {
  const bus = findBus(ctx, nameOrArn).name
  const rule = lookUpRule(ctx, bus, name)
  if (!rule) throw notFound(`Rule ${name} does not exist on EventBus ${bus}.`)
  return rule
}

/** Rules that a service made are for that service alone to change. */
export function checkUnmanaged(ctx: Ctx, rule: RuleRow | undefined, force = false): void {
  if (!rule?.managedBy || force || ctx.caller.service === rule.managedBy) return
  throw new AwsError(
    'ManagedRuleException',
    `Rule ${rule.name} is managed by ${rule.managedBy} and cannot be modified.`,
  )
}
