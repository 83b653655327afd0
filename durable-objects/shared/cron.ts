import { type CronFields, InvalidSchedule, readCron } from './cron-reading.ts'
import { localDate, utcOf } from './time-zone.ts'

export { InvalidSchedule }

/** When something is to happen. Times are in epoch milliseconds. */
export type Schedule =
  | { kind: 'rate'; everyMs: number }
  | { kind: 'at'; year: number; month: number; day: number; hour: number; minute: number; second: number }
  | { kind: 'cron'; fields: CronFields }

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * Reads `rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2030-01-01T12:00:00)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * @throws InvalidSchedule
 */
export function readSchedule(expression: string): Schedule {
  const [, kind = '', inside = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? []
  if (kind === 'rate') return readRate(inside)
  if (kind === 'cron') return { kind, fields: readCron(inside) }
  if (kind === 'at') return readAt(inside)
  throw new InvalidSchedule('it is neither rate(…) nor cron(…) nor at(…)')
}

function readRate(text: string): Schedule {
  const [, digits = '', unit = '', plural = ''] = /^([1-9]\d{0,8}) (minute|hour|day)(s?)$/.exec(text) ?? []
  const unitMs = UNIT_MS[unit]
  const value = Number(digits)
  if (unitMs === undefined || (value === 1) !== (plural === '')) {
    throw new InvalidSchedule('a rate is a positive number and minute(s), hour(s) or day(s)')
  }
  return { kind: 'rate', everyMs: value * unitMs }
}

function readAt(text: string): Schedule {
  const parts = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(text)?.slice(1).map(Number)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts ?? []
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  if (!parts || !date.toISOString().startsWith(text)) throw new InvalidSchedule('at(…) wants yyyy-mm-ddThh:mm:ss')
  return { kind: 'at', year, month, day, hour, minute, second }
}

/** What a next time depends on, beside the schedule. */
export type After = {
  /** The next time is later than this. */
  after: number
  /** A rate counts from here. */
  start: number
  /** IANA's name; UTC by default. */
  timeZone?: string | undefined
}

/** The next time at which a schedule is due; undefined when it never is again. */
export function nextTime(schedule: Schedule, { after, start, timeZone = 'UTC' }: After): number | undefined {
  if (schedule.kind === 'rate') {
    const { everyMs } = schedule
    return start > after ? start : start + (Math.floor((after - start) / everyMs) + 1) * everyMs
  }
  if (schedule.kind === 'at') {
    const time = utcOf(schedule, timeZone)
    return time !== undefined && time > after ? time : undefined
  }
  return nextCron(schedule.fields, after, timeZone)
}

/**
 * The wall clock says when: a time that a change to summer time skips does not come that day, and one that a change
 * back repeats comes once.
 */
function nextCron(fields: CronFields, after: number, timeZone: string): number | undefined {
  const from = localDate(after, timeZone)
  for (let month = from.year * 12 + from.month - 1; month < (fields.lastYear + 1) * 12; month++) {
    const [year, of] = [Math.floor(month / 12), (month % 12) + 1]
    if (!fields.years(year) || !fields.months.includes(of)) continue
    const first = month === from.year * 12 + from.month - 1 ? from.day : 1
    for (const day of fields.daysOf(year, of).filter(each => each >= first)) {
      const found = nextInDay(fields, { year, month: of, day }, { after, timeZone })
      if (found !== undefined) return found
    }
  }
  return undefined
}

type Day = { year: number; month: number; day: number }

function nextInDay(fields: CronFields, day: Day, { after, timeZone }: { after: number; timeZone: string }) {
  const from = localDate(after, timeZone)
  const today = from.day === day.day && from.month === day.month && from.year === day.year
  for (const hour of fields.hours) {
    if (today && hour < from.hour) continue
    // A whole hour that is over needs no look at its minutes.
    const end = utcOf({ ...day, hour, minute: 59, second: 59 }, timeZone)
    if (end !== undefined && end <= after) continue
    for (const minute of fields.minutes) {
      const time = utcOf({ ...day, hour, minute, second: 0 }, timeZone)
      if (time !== undefined && time > after) return time
    }
  }
  return undefined
}
