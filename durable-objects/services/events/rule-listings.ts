import type { Operations } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../aws/pages.ts'
import { findBus } from './find-bus.ts'
import { invalidToken } from './refusals.ts'
import { shownRule } from './rules.ts'
import type { RuleRow } from './schema.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const PAGE = 100

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
export function ListRules(ctx: Ctx, input: In<'ListRules'>): Out<'ListRules'> {
  const { NamePrefix = '', NextToken, Limit = PAGE } = input
  const bus = findBus(ctx, input.EventBusName).name
  const listing = [bus, NamePrefix]
  const after = pageStart(NextToken, listing, invalidToken())
  const rows = ctx.sql.all<RuleRow>(
    'SELECT * FROM events_rules WHERE bus = ? AND name > ? AND substr(name, 1, length(?3)) = ?3 ORDER BY name LIMIT ?4',
    bus,
    after ?? '',
    NamePrefix,
    Limit + 1,
  )
  const { page, next } = cutPage(rows, Limit, last => pageToken(last.name, listing))
  return { Rules: page.map(rule => shownRule(ctx, rule)), ...(next && { NextToken: next }) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html */
export function ListRuleNamesByTarget(ctx: Ctx, input: In<'ListRuleNamesByTarget'>): Out<'ListRuleNamesByTarget'> {
  const { TargetArn, NextToken, Limit = PAGE } = input
  const bus = findBus(ctx, input.EventBusName).name
  const listing = [bus, TargetArn]
  const after = pageStart(NextToken, listing, invalidToken())
  const rows = ctx.sql.all<{ rule: string }>(
    'SELECT DISTINCT rule FROM events_targets WHERE arn = ? AND bus = ? AND rule > ? ORDER BY rule LIMIT ?',
    TargetArn,
    bus,
    after ?? '',
    Limit + 1,
  )
  const { page, next } = cutPage(rows, Limit, last => pageToken(last.rule, listing))
  return { RuleNames: page.map(({ rule }) => rule), ...(next && { NextToken: next }) }
}
