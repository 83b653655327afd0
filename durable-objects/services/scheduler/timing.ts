import type { Tx } from '../../kernel/object/operation.ts'
import { nextTime, readSchedule, type Schedule as Timetable } from '../../shared/cron.ts'
import type { Schedule, Settings } from './schema.ts'

/**
 * The Scheduler's expressions: `rate(1 minutes)` is one, too.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws InvalidSchedule
 */
export function timetableOf(expression: string): Timetable {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  return readSchedule(unit ? `rate(${value} ${unit}${Number(value) === 1 ? '' : 's'})` : expression)
}

export const isOneTime = ({ ScheduleExpression }: Settings) => ScheduleExpression.startsWith('at(')

/**
 * The first time after one that a schedule is for. A one-time schedule has but one, and it comes even when it is past;
 * it knows no start and end.
 */
export function occurrenceAfter({ settings, anchor }: Pick<Schedule, 'settings' | 'anchor'>, after: number) {
  const { ScheduleExpressionTimezone: timeZone, StartDate, EndDate } = settings
  const timetable = timetableOf(settings.ScheduleExpression)
  const start = StartDate ?? anchor
  if (timetable.kind === 'at') return nextTime(timetable, { after, start, timeZone })
  const from = Math.max(after, StartDate === undefined ? after : StartDate - 1)
  const next = nextTime(timetable, { after: from, start, timeZone })
  return next === undefined || (EndDate !== undefined && next > EndDate) ? undefined : next
}

/** Takes up a schedule that is new, changed or enabled. */
export function startSchedule(ctx: Tx, schedule: Schedule): void {
  const after = isOneTime(schedule.settings) ? Number.NEGATIVE_INFINITY : ctx.now - 1
  plan(ctx, schedule, schedule.state === 'ENABLED' ? occurrenceAfter(schedule, after) : undefined)
}

/**
 * Plans what comes after an occurrence.
 * @returns whether there is one
 */
export function planNext(ctx: Tx, schedule: Schedule, occurrence: number): boolean {
  if (isOneTime(schedule.settings)) return plan(ctx, schedule, undefined)
  const next = occurrenceAfter(schedule, occurrence)
  // What was missed (the emulator was off, the clock was set) is not made up for.
  const missed = next !== undefined && next + windowMs(schedule.settings) < ctx.now - MISSED_MS
  return plan(ctx, schedule, missed ? occurrenceAfter(schedule, ctx.now) : next)
}

/** So late may an occurrence come. */
const MISSED_MS = 60_000

function plan(ctx: Tx, schedule: Schedule, next: number | undefined): boolean {
  const key = String(schedule.id)
  ctx.sql.run('UPDATE scheduler_schedules SET nextAt = ? WHERE id = ?', next ?? null, schedule.id)
  if (next === undefined) {
    ctx.timers.clear('due', key)
    return false
  }
  // Never the time at hand again: that timer goes when its handler ends.
  ctx.timers.set('due', key, Math.max(next + offsetMs(schedule, next), ctx.now + 1))
  return true
}

const windowMs = ({ FlexibleTimeWindow: { Mode, MaximumWindowInMinutes } }: Settings) =>
  Mode === 'FLEXIBLE' ? (MaximumWindowInMinutes ?? 0) * 60_000 : 0

/** Somewhere in the flexible window, in whole seconds: spread over schedules and times, and the same each time it runs. */
function offsetMs({ settings, groupName, name }: Schedule, occurrence: number): number {
  const seconds = windowMs(settings) / 1000
  if (seconds === 0) return 0
  let hash = 0x811c9dc5
  for (const letter of `${groupName}/${name}@${occurrence}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  }
  return ((hash >>> 0) % seconds) * 1000
}

export function dropSchedule(ctx: Tx, id: number): void {
  ctx.sql.run('DELETE FROM scheduler_schedules WHERE id = ?', id)
  ctx.timers.clear('due', String(id))
}
