import type { In, Out, Rule } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, replace } from '../../kernel/object/rows.ts'
import { findBus } from './find-bus.ts'
import { ruleArn } from './names.ts'
import { readEventPattern } from './patterns.ts'
import { invalid, limitExceeded } from './refusals.ts'
import { arm, disarm, readScheduleExpression } from './schedules.ts'
import type { RuleRow } from './schema.ts'
import { eventTags } from './tags.ts'
import { lookUpRule, findRule, checkUnmanaged } from './find-rule.ts'

const MOST_RULES = 300

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export function PutRule(ctx: Tx, input: In<'PutRule'>): Out<'PutRule'> {
  const { Name, EventPattern, ScheduleExpression, State = 'ENABLED', Description, RoleArn, Tags } = input
  const bus = findBus(ctx, input.EventBusName).name
  if (!EventPattern && !ScheduleExpression) {
    throw invalid('Parameter(s) EventPattern or ScheduleExpression must be specified.')
  }
  if (ScheduleExpression && bus !== 'default') {
    throw invalid('ScheduleExpression is supported only on the default event bus.')
  }
  if (ScheduleExpression) readScheduleExpression(ScheduleExpression)
  if (EventPattern) readEventPattern(ctx, EventPattern)
  const existing = lookUpRule(ctx, bus, Name)
  checkUnmanaged(ctx, existing)
  if (!existing && count(ctx.sql, 'events_rules WHERE bus = ?', bus) >= MOST_RULES) throw limitExceeded()
  const arn = ruleArn(ctx.place, { bus, name: Name })
  // Tags of a rule that is there are changed by TagResource alone.
  if (!existing) eventTags.set(ctx, arn, Tags)
  const rule = {
    bus,
    name: Name,
    description: Description ?? null,
    pattern: EventPattern || null,
    schedule: ScheduleExpression || null,
    state: State,
    roleArn: RoleArn ?? null,
    managedBy: ctx.caller.service?.endsWith('.amazonaws.com') ? ctx.caller.service : (existing?.managedBy ?? null),
    createdBy: existing?.createdBy ?? ctx.caller.accountId,
    startedAt: ctx.now,
    archive: null,
  }
  writeRule(ctx, rule)
  arm(ctx, rule)
  return { RuleArn: arn }
}

export function writeRule(ctx: Tx, rule: RuleRow): void {
  replace(ctx.sql, 'events_rules', rule)
}

export function shownRule(ctx: Ctx, rule: RuleRow): Rule {
  return {
    Name: rule.name,
    Arn: ruleArn(ctx.place, rule),
    ...(rule.pattern !== null && { EventPattern: rule.pattern }),
    ...(rule.schedule !== null && { ScheduleExpression: rule.schedule }),
    State: rule.state,
    ...(rule.description !== null && { Description: rule.description }),
    ...(rule.roleArn !== null && { RoleArn: rule.roleArn }),
    ...(rule.managedBy !== null && { ManagedBy: rule.managedBy }),
    EventBusName: rule.bus,
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
export function DescribeRule(ctx: Ctx, input: In<'DescribeRule'>): Out<'DescribeRule'> {
  const rule = findRule(ctx, input.EventBusName, input.Name)
  return { ...shownRule(ctx, rule), CreatedBy: rule.createdBy }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html */
export function DeleteRule(ctx: Tx, input: In<'DeleteRule'>): void {
  const bus = findBus(ctx, input.EventBusName).name
  const rule = lookUpRule(ctx, bus, input.Name)
  // A rule that is not there is gone as wanted.
  if (!rule) return
  checkUnmanaged(ctx, rule, input.Force)
  if (ctx.sql.first('SELECT 1 FROM events_targets WHERE bus = ? AND rule = ? LIMIT 1', bus, rule.name)) {
    throw invalid("Rule can't be deleted since it has targets.")
  }
  removeRule(ctx, rule)
}

export function removeRule(ctx: Tx, rule: Pick<RuleRow, 'bus' | 'name'>): void {
  ctx.sql.run('DELETE FROM events_rules WHERE bus = ? AND name = ?', rule.bus, rule.name)
  eventTags.drop(ctx, ruleArn(ctx.place, rule))
  disarm(ctx, rule)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html */
export function EnableRule(ctx: Tx, input: In<'EnableRule'>): void {
  setState(ctx, findRule(ctx, input.EventBusName, input.Name), 'ENABLED')
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html */
export function DisableRule(ctx: Tx, input: In<'DisableRule'>): void {
  setState(ctx, findRule(ctx, input.EventBusName, input.Name), 'DISABLED')
}

function setState(ctx: Tx, rule: RuleRow, state: string): void {
  checkUnmanaged(ctx, rule)
  if (rule.state === state) return
  const changed = { ...rule, state, startedAt: ctx.now }
  writeRule(ctx, changed)
  arm(ctx, changed)
}
