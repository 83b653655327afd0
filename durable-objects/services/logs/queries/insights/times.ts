import { own } from '../../../../../aws/own.ts'
import type { Evaluate } from './expressions.ts'
import { fieldOf } from './rows.ts'
import { expect, malformed, type Scanner, takeMatch, takeWord } from './scanner.ts'
import { numberOf } from './values.ts'

/** Fixed units by their names, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  msec: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
}
/** Units of the calendar, in months. */
const MONTHS: Readonly<Record<string, number>> = {
  mo: 1,
  month: 1,
  months: 1,
  q: 3,
  quarter: 3,
  quarters: 3,
  y: 12,
  yr: 12,
  year: 12,
  years: 12,
}

/** A period of time: fixed milliseconds, or months of the calendar. */
export type Period = { ms: number } | { months: number }

export function periodOf(text: string): Period | undefined {
  const [, count, unit = ''] = /^(\d{1,9})\s*([a-z]+)$/.exec(text.toLowerCase()) ?? []
  const [ms, months] = [own(UNITS, unit), own(MONTHS, unit)]
  if (count === undefined || Number(count) === 0) return undefined
  if (ms !== undefined) return { ms: Number(count) * ms }
  return months === undefined ? undefined : { months: Number(count) * months }
}

/** The beginning of the period that holds a time. */
export function floorTime(ms: number, period: Period): number {
  if ('ms' in period) return Math.floor(ms / period.ms) * period.ms
  const date = new Date(ms)
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth()
  return Date.UTC(1970, Math.floor(month / period.months) * period.months - 1970 * 12)
}

/** The first beginning of a period that is not before a time. */
export function ceilTime(ms: number, period: Period): number {
  const floor = floorTime(ms, period)
  if (floor === ms) return ms
  if ('ms' in period) return floor + period.ms
  const date = new Date(floor)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + period.months)
}

const COUNT = /\d+/y

/** A period as it stands in a query: `5m`, `1 hour`. */
export function readPeriod(scanner: Scanner): Period {
  const count = takeMatch(scanner, COUNT)
  const unit = takeWord(scanner, ...Object.keys(UNITS), ...Object.keys(MONTHS))
  const period = periodOf(`${count}${unit}`)
  if (!period) throw malformed(scanner)
  return period
}

/** `datefloor(field, 1h)` and `dateceil(field, 1h)`, from behind their bracket. */
export function readRounding(scanner: Scanner, round: typeof floorTime, value: Evaluate): Evaluate {
  expect(scanner, ',')
  const period = readPeriod(scanner)
  expect(scanner, ')')
  return row => {
    const at = numberOf(value(row))
    return at === undefined ? undefined : { ms: round(at, period) }
  }
}

/** `bin(5m)`, from behind its bracket: the time of the event, rounded down. */
export function readBin(scanner: Scanner): Evaluate {
  const period = readPeriod(scanner)
  expect(scanner, ')')
  return row => {
    const at = numberOf(fieldOf(row, '@timestamp'))
    return at === undefined ? undefined : { ms: floorTime(at, period) }
  }
}
