import type { Ctx } from '../../kernel/object/operation.ts'
import { conflict, noGroup } from './refusals.ts'
import type { GroupRow } from './schema.ts'

export function findGroup(ctx: Ctx, name: string): GroupRow {
  const row = ctx.sql.first<GroupRow>('SELECT * FROM scheduler_groups WHERE name = ?', name)
  if (!row) throw noGroup(name)
  return row
}

/** A group that takes changes. */
export function findActiveGroup(ctx: Ctx, name: string): GroupRow {
  const group = findGroup(ctx, name)
  if (group.state === 'DELETING') throw conflict(`Schedule group ${name} is being deleted.`)
  return group
}
