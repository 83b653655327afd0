import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { paged, view } from '../../kernel/views/view.ts'
import { scheduleArn } from './names.ts'
import { type ScheduleRow, scheduleOf } from './schema.ts'

/** A schedule; `nextFire` is when it is due next, without its flexible window. */
export type SchedulerSchedule = {
  accountId: string
  region: string
  groupName: string
  name: string
  arn: string
  state: string
  scheduleExpression: string
  targetArn: string
  lastFired: string | null
  nextFire: string | null
}
export type SchedulerSchedulesResponse = { schedules: SchedulerSchedule[] }
export type FireScheduleResponse = { scheduleArn: string; targetArn: string }

/** Every schedule in the order of their making. */
export const schedules = view<SchedulerSchedulesResponse>({
  none: { schedules: [] },
  read(ctx, asked) {
    const { rows, next } = listing<ScheduleRow>(ctx, paged(asked), { from: 'scheduler_schedules', key: 'id' })
    return { schedules: rows.map(row => shown(ctx, row)), next }
  },
})

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString())

function shown(ctx: Ctx, row: ScheduleRow): SchedulerSchedule {
  const { account, region } = ctx.place
  const { groupName, name, state, settings, lastFired, nextAt } = scheduleOf(row)
  return {
    accountId: account,
    region,
    groupName,
    name,
    arn: scheduleArn(ctx.place, groupName, name),
    state,
    scheduleExpression: settings.ScheduleExpression,
    targetArn: settings.Target.Arn,
    lastFired: iso(lastFired),
    nextFire: iso(nextAt),
  }
}
