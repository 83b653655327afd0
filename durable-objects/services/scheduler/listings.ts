import type { In, Out, ScheduleSummary } from '../../../aws/models/scheduler.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { findGroup } from './find-group.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { scheduleArn } from './names.ts'
import { paging } from './refusals.ts'
import { type Schedule, type ScheduleRow, scheduleOf } from './schema.ts'

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
export function ListSchedules(ctx: Ctx, input: In<'ListSchedules'>): Out<'ListSchedules'> {
  const { GroupName, NamePrefix, State } = input
  if (GroupName !== undefined) findGroup(ctx, GroupName)
  const { rows, next } = listing<ScheduleRow>(ctx, paging(input), {
    from: 'scheduler_schedules',
    where: { 'groupName = ?': GroupName, 'state = ?': State },
    prefix: { name: NamePrefix },
    key: ['name', 'groupName'],
  })
  return { Schedules: rows.map(row => summaryOf(ctx, scheduleOf(row))), NextToken: next }
}

function summaryOf(ctx: Ctx, { groupName, name, state, createdAt, modifiedAt, settings }: Schedule): ScheduleSummary {
  return {
    Arn: scheduleArn(ctx.place, groupName, name),
    Name: name,
    GroupName: groupName,
    State: state,
    CreationDate: new Date(createdAt),
    LastModificationDate: new Date(modifiedAt),
    Target: { Arn: settings.Target.Arn },
  }
}
