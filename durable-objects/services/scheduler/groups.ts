import type { In, Out } from '../../../aws/models/scheduler.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, insert } from '../../kernel/object/rows.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { onceFor } from './client-tokens.ts'
import { DEFAULT_GROUP, groupArn } from './names.ts'
import { conflict, invalid, quotaExceeded, paging } from './refusals.ts'
import type { GroupRow } from './schema.ts'
import { groupTags } from './tags.ts'
import { dropSchedule } from './timing.ts'
import { findGroup, findActiveGroup } from './find-group.ts'

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
const MOST_GROUPS = 500
/** A group is shown as DELETING for so long. */
const DELETING_MS = 1000

/** Every account and region has this group from the start. */
export function createDefaultGroup(ctx: Tx): void {
  insertGroup(ctx, DEFAULT_GROUP)
}

function insertGroup(ctx: Tx, name: string): void {
  const { now } = ctx
  insert(ctx.sql, 'scheduler_groups', { name, state: 'ACTIVE', createdAt: now, modifiedAt: now })
}

function refuseDefault(name: string): void {
  if (name === DEFAULT_GROUP) throw invalid(`This operation cannot be performed on schedule group ${name}.`)
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html */
export function CreateScheduleGroup(ctx: Tx, input: In<'CreateScheduleGroup'>): Out<'CreateScheduleGroup'> {
  return onceFor(ctx, input, () => {
    const { Name, Tags } = input
    const arn = groupArn(ctx.place, Name)
    refuseDefault(Name)
    groupTags.check(arn, Tags)
    if (ctx.sql.first('SELECT 1 FROM scheduler_groups WHERE name = ?', Name)) {
      throw conflict(`Schedule group ${Name} already exists.`)
    }
    if (count(ctx.sql, 'scheduler_groups') >= MOST_GROUPS)
      throw quotaExceeded('The maximum number of schedule groups has been reached.')
    insertGroup(ctx, Name)
    groupTags.set(ctx, arn, Tags)
    return { ScheduleGroupArn: arn }
  })
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetScheduleGroup.html */
export function GetScheduleGroup(ctx: Ctx, { Name }: In<'GetScheduleGroup'>): Out<'GetScheduleGroup'> {
  return summaryOf(ctx, findGroup(ctx, Name))
}

function summaryOf(ctx: Ctx, { name, state, createdAt, modifiedAt }: GroupRow): Out<'GetScheduleGroup'> {
  return {
    Arn: groupArn(ctx.place, name),
    Name: name,
    State: state,
    CreationDate: new Date(createdAt),
    LastModificationDate: new Date(modifiedAt),
  }
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html */
export function DeleteScheduleGroup(ctx: Tx, input: In<'DeleteScheduleGroup'>): Out<'DeleteScheduleGroup'> {
  return onceFor(ctx, input, () => {
    refuseDefault(input.Name)
    findActiveGroup(ctx, input.Name)
    ctx.sql.run("UPDATE scheduler_groups SET state = 'DELETING', modifiedAt = ? WHERE name = ?", ctx.now, input.Name)
    ctx.timers.set('group', input.Name, ctx.now + DELETING_MS)
    return {}
  })
}

/** Ends a group, with its schedules, some time after it was deleted. */
export function endGroup(ctx: Tx, name: string): void {
  const rows = ctx.sql.all<{ id: number }>('SELECT id FROM scheduler_schedules WHERE groupName = ?', name)
  for (const { id } of rows) dropSchedule(ctx, id)
  groupTags.drop(ctx, groupArn(ctx.place, name))
  ctx.sql.run('DELETE FROM scheduler_groups WHERE name = ?', name)
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListScheduleGroups.html */
export function ListScheduleGroups(ctx: Ctx, input: In<'ListScheduleGroups'>): Out<'ListScheduleGroups'> {
  const { rows, next } = listing<GroupRow>(ctx, paging(input), {
    from: 'scheduler_groups',
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { ScheduleGroups: rows.map(row => summaryOf(ctx, row)), NextToken: next }
}
