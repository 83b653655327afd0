import type { CreateScheduleInput, In, Out } from '../../../aws/models/scheduler.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { onceFor } from './client-tokens.ts'
import { findActiveGroup } from './find-group.ts'
import { DEFAULT_GROUP, scheduleArn } from './names.ts'
import { conflict, noSchedule } from './refusals.ts'
import { checkRole } from './roles.ts'
import { settingsOf } from './schedule-rules.ts'
import { type Schedule, type ScheduleRow, scheduleOf, type Settings } from './schema.ts'
import { dropSchedule, startSchedule } from './timing.ts'

type Named = { Name: string; GroupName?: string | undefined }

function scheduleNamed(ctx: Ctx, { Name, GroupName = DEFAULT_GROUP }: Named): Schedule | undefined {
  const row = ctx.sql.first<ScheduleRow>(
    'SELECT * FROM scheduler_schedules WHERE groupName = ? AND name = ?',
    GroupName,
    Name,
  )
  return row && scheduleOf(row)
}

function findSchedule(ctx: Ctx, named: Named): Schedule {
  const schedule = scheduleNamed(ctx, named)
  if (!schedule) throw noSchedule(named.Name)
  return schedule
}

/** What a request asks for, once its role has been looked at. */
async function checked(ctx: Ctx, input: CreateScheduleInput): Promise<Settings> {
  const { GroupName = DEFAULT_GROUP } = input
  findActiveGroup(ctx, GroupName)
  const settings = settingsOf(ctx, input)
  await checkRole(ctx, settings.Target.RoleArn, GroupName)
  // What may have changed meanwhile.
  findActiveGroup(ctx, GroupName)
  return settings
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export async function CreateSchedule(ctx: Ctx, input: In<'CreateSchedule'>): Promise<Out<'CreateSchedule'>> {
  const settings = await checked(ctx, input)
  return ctx.change(tx =>
    onceFor(tx, input, () => {
      const { Name, GroupName = DEFAULT_GROUP, State = 'ENABLED' } = input
      if (scheduleNamed(tx, input)) throw conflict(`Schedule ${Name} already exists.`)
      const { now } = tx
      const row = tx.sql.first<ScheduleRow>(
        `INSERT INTO scheduler_schedules (groupName, name, createdAt, modifiedAt, state, settings, anchor)
     VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *`,
        GroupName,
        Name,
        now,
        now,
        State,
        JSON.stringify(settings),
        now,
      )
      if (row) startSchedule(tx, scheduleOf(row))
      return { ScheduleArn: scheduleArn(tx.place, GroupName, Name) }
    }),
  )
}

/**
 * Sets everything anew: what the request leaves out gets its default.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
 */
export async function UpdateSchedule(ctx: Ctx, input: In<'UpdateSchedule'>): Promise<Out<'UpdateSchedule'>> {
  const settings = await checked(ctx, input)
  return ctx.change(tx =>
    onceFor(tx, input, () => {
      const { now } = tx
      const { id, groupName, name, anchor, ...present } = findSchedule(tx, input)
      const schedule: Schedule = {
        ...present,
        id,
        groupName,
        name,
        settings,
        state: input.State ?? 'ENABLED',
        modifiedAt: now,
        anchor: isRetimed(present.settings, settings) ? now : anchor,
      }
      tx.sql.run(
        'UPDATE scheduler_schedules SET state = ?, settings = ?, modifiedAt = ?, anchor = ? WHERE id = ?',
        schedule.state,
        JSON.stringify(settings),
        now,
        schedule.anchor,
        id,
      )
      if (!isDone(schedule, present)) startSchedule(tx, schedule)
      return { ScheduleArn: scheduleArn(tx.place, groupName, name) }
    }),
  )
}

const isRetimed = (before: Settings, after: Settings) =>
  before.ScheduleExpression !== after.ScheduleExpression ||
  before.ScheduleExpressionTimezone !== after.ScheduleExpressionTimezone ||
  before.StartDate !== after.StartDate

/** A one-time schedule that has fired does not do so again unless it gets another time. */
const isDone = ({ settings }: Schedule, before: Pick<Schedule, 'settings' | 'lastFired'>) =>
  settings.ScheduleExpression.startsWith('at(') && before.lastFired !== null && !isRetimed(before.settings, settings)

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteSchedule.html */
export function DeleteSchedule(ctx: Tx, input: In<'DeleteSchedule'>): Out<'DeleteSchedule'> {
  return onceFor(ctx, input, () => {
    findActiveGroup(ctx, input.GroupName ?? DEFAULT_GROUP)
    dropSchedule(ctx, findSchedule(ctx, input).id)
    return {}
  })
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html */
export function GetSchedule(ctx: Ctx, input: In<'GetSchedule'>): Out<'GetSchedule'> {
  const { settings, groupName, name, state, createdAt, modifiedAt } = findSchedule(ctx, input)
  const { StartDate, EndDate, ...rest } = settings
  return {
    Arn: scheduleArn(ctx.place, groupName, name),
    GroupName: groupName,
    Name: name,
    State: state,
    CreationDate: new Date(createdAt),
    LastModificationDate: new Date(modifiedAt),
    ...rest,
    ...(StartDate !== undefined && { StartDate: new Date(StartDate) }),
    ...(EndDate !== undefined && { EndDate: new Date(EndDate) }),
  }
}
