import type { In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { findBus } from './find-bus.ts'
import { paging } from './refusals.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { shownRule } from './rules.ts'
import type { RuleRow } from './schema.ts'

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export function ListRules(ctx: Ctx, input: In<'ListRules'>): Out<'ListRules'> {
  const { rows, next } = listing<RuleRow>(ctx, paging(input), {
    from: 'events_rules',
    where: { 'bus = ?': findBus(ctx, input.EventBusName).name },
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { Rules: rows.map(rule => shownRule(ctx, rule)), NextToken: next }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html */
export function ListRuleNamesByTarget(ctx: Ctx, input: In<'ListRuleNamesByTarget'>): Out<'ListRuleNamesByTarget'> {
  const { rows, next } = listing<{ rule: string }>(ctx, paging(input), {
    select: 'DISTINCT rule',
    from: 'events_targets',
    where: { 'arn = ?': input.TargetArn, 'bus = ?': findBus(ctx, input.EventBusName).name },
    key: 'rule',
  })
  return { RuleNames: rows.map(({ rule }) => rule), NextToken: next }
}
