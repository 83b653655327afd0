/** A time on a wall clock; months and days count from 1. */
export type Local = { year: number; month: number; day: number; hour: number; minute: number; second: number }

/** Whether there is a time zone of that name (`Europe/Vienna`). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** What the wall clock shows at a time (epoch milliseconds). */
export function localDate(time: number, timeZone: string): Local {
  if (timeZone === 'UTC') return partsOf(new Date(time))
  return partsOf(new Date(time + offsetAt(time, timeZone)))
}

function partsOf(date: Date): Local {
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  }
}

/**
 * When (epoch milliseconds) a wall clock shows that time: the first time, when it does so twice; undefined when it
 * never does.
 */
export function utcOf({ year, month, day, hour, minute, second }: Local, timeZone: string): number | undefined {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second)
  if (timeZone === 'UTC') return wall
  // Offsets change by hours, at most once within days: those of a day before and after are all that may hold.
  const offsets = [offsetAt(wall - 86_400_000, timeZone), offsetAt(wall + 86_400_000, timeZone)]
  const times = offsets.map(offset => wall - offset).filter(time => time + offsetAt(time, timeZone) === wall)
  return times.length > 0 ? Math.min(...times) : undefined
}

/** How far the wall clock is ahead of UTC, in milliseconds. */
function offsetAt(time: number, timeZone: string): number {
  const name =
    formatOf(timeZone)
      .formatToParts(time)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name) ?? []
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -offset : offset
}

// Derived from constants: making a format takes a thousand times as long as using it.
const formats = new Map<string, Intl.DateTimeFormat>()
const MOST_FORMATS = 100

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  if (formats.size >= MOST_FORMATS) formats.clear()
  formats.set(timeZone, format)
  return format
}
