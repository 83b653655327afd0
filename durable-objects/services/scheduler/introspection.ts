import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { fire } from './firings.ts'
import { scheduleArn } from './names.ts'
import { type ScheduleRow, scheduleOf } from './schema.ts'
import { isOneTime, planNext } from './timing.ts'

/** A schedule as `/_fakecloud/scheduler/schedules` shows it. */
export type ScheduleView = {
  accountId: string
  region: string
  groupName: string
  name: string
  arn: string
  state: string
  scheduleExpression: string
  targetArn: string
  /** RFC 3339. */
  lastFired: string | null
  /** When it is due next, without its flexible window. */
  nextFire: string | null
}

const PAGE = 1000

/** Schedules in the order of their making. @param parameters `after`: where the page before ended */
export function schedules(ctx: Ctx, { after = '0' }: Record<string, string>) {
  const rows = ctx.sql.all<ScheduleRow>(
    'SELECT * FROM scheduler_schedules WHERE id > ? ORDER BY id LIMIT ?',
    Number(after) || 0,
    PAGE,
  )
  const last = rows.length === PAGE ? rows.at(-1) : undefined
  return { schedules: rows.map(row => viewOf(ctx, row)), ...(last && { next: String(last.id) }) }
}

export type SchedulePage = { schedules: ScheduleView[]; next?: string }

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString())

function viewOf(ctx: Ctx, row: ScheduleRow): ScheduleView {
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

export type FiredView = { scheduleArn: string; targetArn: string }

/** Fires a schedule now, whatever its state; one that is for one time has then had it. Null when there is none. */
export function fireNow(ctx: Tx, parameters: Record<string, string>): FiredView | null {
  const { account, region } = ctx.place
  const { group = '', name = '', accountId = account, region: where = region } = parameters
  const row =
    accountId === account && where === region
      ? ctx.sql.first<ScheduleRow>('SELECT * FROM scheduler_schedules WHERE groupName = ? AND name = ?', group, name)
      : undefined
  if (!row) return null
  const schedule = scheduleOf(row)
  // Its next time first, as when it fires by itself.
  if (isOneTime(schedule.settings)) planNext(ctx, schedule, ctx.now)
  fire(ctx, schedule, ctx.now)
  return { scheduleArn: scheduleArn(ctx.place, group, name), targetArn: schedule.settings.Target.Arn }
}
