import type { In, Out, Target } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { limitExceeded, paging } from './refusals.ts'
import { checkUnmanaged, findRule } from './find-rule.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { RuleRow, TargetRow } from './schema.ts'
import { checkTarget } from './target-rules.ts'

const MOST_TARGETS = 5

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export function PutTargets(ctx: Tx, input: In<'PutTargets'>): Out<'PutTargets'> {
  const rule = findRule(ctx, input.EventBusName, input.Rule)
  checkUnmanaged(ctx, rule)
  for (const target of input.Targets) checkTarget(ctx, target)
  const ids = new Set([...targetsOf(ctx, rule), ...input.Targets].map(({ Id }) => Id))
  if (ids.size > MOST_TARGETS) throw limitExceeded()
  for (const target of input.Targets) {
    replace(ctx.sql, 'events_targets', {
      bus: rule.bus,
      rule: rule.name,
      id: target.Id,
      arn: target.Arn,
      document: JSON.stringify(target),
    })
  }
  return { FailedEntryCount: 0, FailedEntries: [] }
}

export function targetsOf(ctx: Ctx, { bus, name }: Pick<RuleRow, 'bus' | 'name'>): readonly Target[] {
  const query = 'SELECT * FROM events_targets WHERE bus = CAST(? AS TEXT) AND rule = CAST(? AS TEXT) ORDER BY id'
  return ctx.sql.kept('events_targets', `${bus} ${name}`, () =>
    ctx.sql.all<TargetRow>(query, bus, name).map(targetOfRow),
  )
}

const targetOfRow = ({ document }: TargetRow) => JSON.parse(document) as Target // written by PutTargets

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html */
export function RemoveTargets(ctx: Tx, input: In<'RemoveTargets'>): Out<'RemoveTargets'> {
  const rule = findRule(ctx, input.EventBusName, input.Rule)
  checkUnmanaged(ctx, rule, input.Force)
  const there = new Set(targetsOf(ctx, rule).map(({ Id }) => Id))
  const missing = input.Ids.filter(id => !there.has(id))
  for (const id of input.Ids) {
    ctx.sql.run('DELETE FROM events_targets WHERE bus = ? AND rule = ? AND id = ?', rule.bus, rule.name, id)
  }
  const FailedEntries = missing.map(id => ({
    TargetId: id,
    ErrorCode: 'ResourceNotFoundException',
    ErrorMessage: `Rule ${rule.name} does not have target(s) ${id}.`,
  }))
  return { FailedEntryCount: FailedEntries.length, FailedEntries }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
export function ListTargetsByRule(ctx: Ctx, input: In<'ListTargetsByRule'>): Out<'ListTargetsByRule'> {
  const { bus, name } = findRule(ctx, input.EventBusName, input.Rule)
  const where = { 'bus = ?': bus, 'rule = ?': name }
  const { rows, next } = listing<TargetRow>(ctx, paging(input), { from: 'events_targets', where, key: 'id' })
  return { Targets: rows.map(targetOfRow), NextToken: next }
}
