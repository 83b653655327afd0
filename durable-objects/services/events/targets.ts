import type { Operations, Target } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../aws/pages.ts'
import { invalidToken, limitExceeded } from './refusals.ts'
import { checkUnmanaged, findRule } from './find-rule.ts'
import type { RuleRow, TargetRow } from './schema.ts'
import { checkTarget } from './target-rules.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const MOST_TARGETS = 5

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export function PutTargets(ctx: Tx, input: In<'PutTargets'>): Out<'PutTargets'> {
  const rule = findRule(ctx, input.EventBusName, input.Rule)
  checkUnmanaged(ctx, rule)
  for (const target of input.Targets) checkTarget(ctx, target)
  const ids = new Set([...targetsOf(ctx, rule), ...input.Targets].map(({ Id }) => Id))
  if (ids.size > MOST_TARGETS) throw limitExceeded()
  for (const target of input.Targets) {
    ctx.sql.run(
      'INSERT OR REPLACE INTO events_targets (bus, rule, id, arn, document) VALUES (?, ?, ?, ?, ?)',
      rule.bus,
      rule.name,
      target.Id,
      target.Arn,
      JSON.stringify(target),
    )
  }
  return { FailedEntryCount: 0, FailedEntries: [] }
}

export function targetsOf(ctx: Ctx, { bus, name }: Pick<RuleRow, 'bus' | 'name'>): Target[] {
  const rows = ctx.sql.all<TargetRow>('SELECT * FROM events_targets WHERE bus = ? AND rule = ? ORDER BY id', bus, name)
  return rows.map(targetOfRow)
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

const PAGE = 100

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
export function ListTargetsByRule(ctx: Ctx, input: In<'ListTargetsByRule'>): Out<'ListTargetsByRule'> {
  const { NextToken, Limit = PAGE } = input
  const { bus, name } = findRule(ctx, input.EventBusName, input.Rule)
  const after = pageStart(NextToken, [bus, name], invalidToken())
  const rows = ctx.sql.all<TargetRow>(
    'SELECT * FROM events_targets WHERE bus = ? AND rule = ? AND id > ? ORDER BY id LIMIT ?',
    bus,
    name,
    after ?? '',
    Limit + 1,
  )
  const { page, next } = cutPage(rows, Limit, last => pageToken(last.id, [bus, name]))
  return { Targets: page.map(targetOfRow), ...(next && { NextToken: next }) }
}
