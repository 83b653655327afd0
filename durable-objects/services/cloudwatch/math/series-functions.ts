import { own } from '../../../../aws/own.ts'
import { MathError } from './tokens.ts'
import { AGGREGATES } from './aggregates.ts'
import {
  listOf,
  mapEach,
  mapPoints,
  numberOf,
  ofArray,
  ofSeries,
  type Series,
  type Value,
  withPoints,
} from './values.ts'

/** Times from one (inclusive) to another (exclusive), in milliseconds. */
export type Range = { from: number; to: number }

/** Of each value but the first and the one before it, with the seconds between them. */
function steps(series: Series, apply: (value: number, before: number, seconds: number) => number): Series {
  const points = [...series.points]
  return withPoints(
    series,
    points.slice(1).map(([at, value], i) => {
      const [beforeAt, before] = points[i] ?? [at, value]
      return [at, apply(value, before, (at - beforeAt) / 1000)] as const
    }),
  )
}

export const diff = (value: Value) => mapEach(value, series => steps(series, (now, before) => now - before))
export const diffTime = (value: Value) => mapEach(value, series => steps(series, (_now, _before, seconds) => seconds))
export const rate = (value: Value) =>
  mapEach(value, series => steps(series, (now, before, seconds) => (now - before) / seconds))

export function runningSum(value: Value): Value {
  return mapEach(value, series => {
    let total = 0
    return mapPoints(series, each => (total += each))
  })
}

/** Times of a span at which a series has a value or might have one. */
export function timesOf(period: number, { from, to }: Range): number[] {
  const count = Math.max(0, Math.ceil((to - from) / period))
  return Array.from({ length: count }, (_, i) => from + i * period)
}

/** FILL(series, number | REPEAT | LINEAR | series) */
export function fill(value: Value, filler: Value, range: Range): Value {
  if (filler.kind === 'array') throw new MathError('FILL takes a number, a time series, REPEAT or LINEAR')
  return mapEach(value, series => fillSeries(series, filler, range))
}

function fillSeries(series: Series, filler: Exclude<Value, { kind: 'array' }>, range: Range): Series {
  const times = timesOf(series.period, range)
  const known = [...series.points]
  return withPoints(
    series,
    times.flatMap(at => {
      const own = series.points.get(at) ?? fillAt(at, known, filler)
      return own === undefined ? [] : [[at, own] as const]
    }),
  )
}

function fillAt(at: number, known: [number, number][], filler: Exclude<Value, { kind: 'array' }>): number | undefined {
  if (filler.kind === 'scalar') return filler.value
  if (filler.kind === 'series') return filler.series.points.get(at)
  const before = known.findLast(([time]) => time < at)
  if (filler.value === 'REPEAT') return before?.[1]
  const after = known.find(([time]) => time > at)
  if (!before || !after) return undefined
  return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0])
}

/** SLICE(array, from[, to]) */
export function slice(value: Value, from: number, to: number | undefined): Value {
  const list = listOf(value, 'SLICE')
  if (to === undefined) return list[from] ? ofSeries(list[from]) : ofArray([])
  return ofArray(list.slice(from, to))
}

/** SORT(array, AVG, DESC[, count]) */
export function sort(value: Value, [by, order, count]: (Value | undefined)[]): Value {
  const name = by?.kind === 'text' ? by.value : ''
  const apply = name === 'LAST' ? undefined : own(AGGREGATES, name)
  if (!apply && name !== 'LAST') throw new MathError('SORT takes one of AVG, MIN, MAX, SUM and STDDEV')
  const worth = ({ points }: Series) =>
    points.size === 0 ? Number.NEGATIVE_INFINITY : (apply?.([...points.values()]) ?? 0)
  const direction = order?.kind === 'text' && order.value === 'ASC' ? 1 : -1
  const sorted = [...listOf(value, 'SORT')].sort((a, b) => direction * (worth(a) - worth(b)))
  return ofArray(count === undefined ? sorted : sorted.slice(0, numberOf(count, 'SORT')))
}

/** IF(condition, then[, else]): where there is no else, what does not hold is left out. */
export function choose([condition, then, otherwise]: (Value | undefined)[]): Value {
  if (!condition || !then) throw new MathError('IF takes a condition, a value and perhaps another')
  if (condition.kind === 'scalar') {
    if (condition.value !== 0) return then
    return otherwise ?? mapEach(then, series => withPoints(series, []))
  }
  return mapEach(condition, series => {
    const chosen = [...series.points].flatMap(([at, holds]) => {
      const value = valueAt(holds === 0 ? otherwise : then, at)
      return value === undefined ? [] : [[at, value] as const]
    })
    return withPoints(series, chosen)
  })
}

function valueAt(value: Value | undefined, at: number): number | undefined {
  if (value?.kind === 'scalar') return value.value
  if (value?.kind === 'series') return value.series.points.get(at)
  if (value?.kind === 'array') throw new MathError('IF takes no arrays of time series as values')
  return undefined
}

const DATE_PARTS: Record<string, (date: Date) => number> = {
  MINUTE: date => date.getUTCMinutes(),
  HOUR: date => date.getUTCHours(),
  DAY: date => date.getUTCDay() || 7,
  DATE: date => date.getUTCDate(),
  MONTH: date => date.getUTCMonth() + 1,
  YEAR: date => date.getUTCFullYear(),
  EPOCH: date => Math.floor(date.getTime() / 1000),
}

/** HOUR(series): of each time that the series has a value at. */
export function datePart(name: string, value: Value): Value | undefined {
  const part = own(DATE_PARTS, name)
  return part && mapEach(value, series => mapPoints(series, (_value, at) => part(new Date(at))))
}
