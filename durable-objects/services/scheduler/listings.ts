import type { Operations, ScheduleSummary } from '../../../aws/models/scheduler.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../aws/pages.ts'
import { findGroup } from './find-group.ts'
import { scheduleArn } from './names.ts'
import { invalid } from './refusals.ts'
import { type Schedule, type ScheduleRow, scheduleOf } from './schema.ts'

type In = Operations['ListSchedules']['input']
type Out = Operations['ListSchedules']['output']

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
export function ListSchedules(ctx: Ctx, input: In): Out {
  const { GroupName, NamePrefix = '', State, NextToken, MaxResults = 100 } = input
  if (GroupName !== undefined) findGroup(ctx, GroupName)
  const of = ['ListSchedules', GroupName, NamePrefix, State]
  const after = pageStart(NextToken, of, invalid('Invalid NextToken.')) ?? '/'
  const [name = '', group = ''] = after.split('/')
  const rows = ctx.sql.all<ScheduleRow>(
    `SELECT * FROM scheduler_schedules WHERE (name, groupName) > (?, ?) AND substr(name, 1, ?) = ?
     AND (?5 IS NULL OR groupName = ?5) AND (?6 IS NULL OR state = ?6) ORDER BY name, groupName LIMIT ?7`,
    name,
    group,
    NamePrefix.length,
    NamePrefix,
    GroupName ?? null,
    State ?? null,
    MaxResults + 1,
  )
  const { page, next } = cutPage(rows, MaxResults, last => pageToken(`${last.name}/${last.groupName}`, of))
  return { Schedules: page.map(row => summaryOf(ctx, scheduleOf(row))), ...(next && { NextToken: next }) }
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
