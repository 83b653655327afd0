/** An expression that is no schedule; the message says why. */
export class InvalidSchedule extends Error {
  override readonly name = 'InvalidSchedule'
}

/** AWS's cron, read: minutes, hours and months in order, and which days a month has. */
export type CronFields = {
  minutes: number[]
  hours: number[]
  months: number[]
  years: (year: number) => boolean
  lastYear: number
  /** Days of a month (both from 1), in order. */
  daysOf: (year: number, month: number) => number[]
}

type Range = { name: string; least: number; most: number; names?: readonly string[] }

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

const MINUTES: Range = { name: 'minutes', least: 0, most: 59 }
const HOURS: Range = { name: 'hours', least: 0, most: 23 }
const DAYS: Range = { name: 'day-of-month', least: 1, most: 31 }
const MONTHS_OF_YEAR: Range = { name: 'month', least: 1, most: 12, names: MONTHS }
const DAYS_OF_WEEK: Range = { name: 'day-of-week', least: 1, most: 7, names: WEEKDAYS }
const YEARS: Range = { name: 'year', least: 1970, most: 2199 }

/**
 * Reads the six fields of AWS's cron: minutes, hours, day of month, month, day of week, year.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions
 *
 * @throws InvalidSchedule
 */
export function readCron(text: string): CronFields {
  const fields = text.trim().split(/\s+/)
  const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = ''] = fields
  if (fields.length !== 6) throw new InvalidSchedule('cron(…) has six fields')
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new InvalidSchedule('one of day-of-month and day-of-week must be ?, and not both')
  }
  const wantedYears = readList(years, YEARS)
  return {
    minutes: readList(minutes, MINUTES),
    hours: readList(hours, HOURS),
    months: readList(months, MONTHS_OF_YEAR),
    years: year => wantedYears.includes(year),
    lastYear: wantedYears.at(-1) ?? 0,
    daysOf: dayOfWeek === '?' ? readDaysOfMonth(dayOfMonth) : readDaysOfWeek(dayOfWeek),
  }
}

/** Numbers that a field names, in order: `*`, `1,15`, `MON-FRI`, `0/15`, `10-20/5`. */
function readList(text: string, range: Range): number[] {
  const numbers = new Set(text.split(',').flatMap(part => readPart(part, range)))
  return [...numbers].sort((a, b) => a - b)
}

function readPart(part: string, range: Range): number[] {
  const [, span = '', step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(part) ?? []
  if (span === '' || step === '0') throw invalid(part, range)
  const [from, to] = readSpan(span, step !== undefined, range)
  const every = Number(step ?? 1)
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => from + i * every)
}

function readSpan(span: string, stepped: boolean, range: Range): [number, number] {
  if (span === '*') return [range.least, range.most]
  const [first = '', last, ...rest] = span.split('-')
  const from = readNumber(first, range)
  if (last === undefined) return [from, stepped ? range.most : from]
  const to = readNumber(last, range)
  if (rest.length > 0 || to < from) throw invalid(span, range)
  return [from, to]
}

function readNumber(text: string, range: Range): number {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1
  if (named >= 0) return named + range.least
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= range.least && number <= range.most)) throw invalid(text, range)
  return number
}

const invalid = (text: string, { name }: Range) => new InvalidSchedule(`${text} is no ${name}`)

const lengthOf = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** 1 for Sunday … 7 for Saturday. */
const weekdayOf = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1

/** Days by their number, `L` for the last, `15W` for the weekday nearest to the 15th, `LW` for the last weekday. */
function readDaysOfMonth(text: string): CronFields['daysOf'] {
  const near = /^(\d{1,2}|L)W$/.exec(text)?.[1]
  if (near === 'L') return (year, month) => [nearestWeekday(year, month, lengthOf(year, month))]
  if (near !== undefined) {
    const wanted = readNumber(near, DAYS)
    return (year, month) => (wanted > lengthOf(year, month) ? [] : [nearestWeekday(year, month, wanted)])
  }
  if (text === 'L') return (year, month) => [lengthOf(year, month)]
  const days = readList(text, DAYS)
  return (year, month) => days.filter(day => day <= lengthOf(year, month))
}

/** Saturday goes to Friday and Sunday to Monday, but never into another month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day)
  if (weekday === 7) return day === 1 ? 3 : day - 1
  if (weekday === 1) return day === lengthOf(year, month) ? day - 2 : day + 1
  return day
}

/** Days of the week, `6L` for the month's last Friday, `3#2` for its second Tuesday. */
function readDaysOfWeek(text: string): CronFields['daysOf'] {
  if (text.toUpperCase() === 'L') return readDaysOfWeek('7')
  const [, lastOf] = /^(\w+)L$/i.exec(text) ?? []
  if (lastOf !== undefined) {
    const wanted = readNumber(lastOf, DAYS_OF_WEEK)
    return (year, month) => daysOn(year, month, [wanted]).slice(-1)
  }
  const [, nthOf, nth] = /^(\w+)#([1-5])$/.exec(text) ?? []
  if (nthOf !== undefined) {
    const wanted = readNumber(nthOf, DAYS_OF_WEEK)
    const index = Number(nth) - 1
    return (year, month) => daysOn(year, month, [wanted]).slice(index, index + 1)
  }
  const weekdays = readList(text, DAYS_OF_WEEK)
  return (year, month) => daysOn(year, month, weekdays)
}

function daysOn(year: number, month: number, weekdays: readonly number[]): number[] {
  const days = Array.from({ length: lengthOf(year, month) }, (_, i) => i + 1)
  return days.filter(day => weekdays.includes(weekdayOf(year, month, day)))
}
