import { MathError } from './tokens.ts'

/** Where a series comes from, for labels. */
export type Origin = {
  namespace: string
  name: string
  dimensions: readonly (readonly [string, string])[]
  stat: string
}

/** Values by time (milliseconds), in order; `period` in milliseconds. */
export type Series = { label: string; period: number; points: Map<number, number>; origin?: Origin }

/** What an expression, or a part of one, is worth: `array` for a list of series, even of one. */
export type Value =
  | { kind: 'scalar'; value: number }
  | { kind: 'series'; series: Series }
  | { kind: 'array'; list: Series[] }
  | { kind: 'text'; value: string }

export const scalar = (value: number): Value => ({ kind: 'scalar', value })
export const ofSeries = (series: Series): Value => ({ kind: 'series', series })
export const ofArray = (list: Series[]): Value => ({ kind: 'array', list })

/** A series with other points. */
export const withPoints = (series: Series, points: Iterable<readonly [number, number]>): Series => ({
  ...series,
  points: new Map([...points].filter(([, value]) => Number.isFinite(value))),
})

export const mapPoints = (series: Series, map: (value: number, at: number) => number): Series =>
  withPoints(
    series,
    [...series.points].map(([at, value]) => [at, map(value, at)] as const),
  )

/** Applies to a scalar, to each value of a series, or of each series of an array. */
export function mapValue(value: Value, map: (value: number) => number): Value {
  return mapEach(value.kind === 'scalar' ? scalar(map(value.value)) : value, series => mapPoints(series, map))
}

/** Applies to a series, or to each of an array. */
export function mapEach(value: Value, map: (series: Series) => Series): Value {
  if (value.kind === 'series') return ofSeries(map(value.series))
  if (value.kind === 'array') return ofArray(value.list.map(map))
  return value
}

export function listOf(value: Value, what: string): Series[] {
  if (value.kind === 'series') return [value.series]
  if (value.kind === 'array') return value.list
  throw new MathError(`${what} takes time series`)
}

export function numberOf(value: Value | undefined, what: string): number {
  if (value?.kind === 'scalar') return value.value
  throw new MathError(`${what} takes a number here`)
}

/** Adds, compares… two values: numbers go with everything, one series with each of an array, two arrays not at all. */
export function combine(left: Value, right: Value, apply: (a: number, b: number) => number): Value {
  if (left.kind === 'text' || right.kind === 'text') throw new MathError('A string is no operand')
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalar(apply(left.value, right.value))
  if (left.kind === 'scalar') return mapEach(right, series => mapPoints(series, value => apply(left.value, value)))
  if (right.kind === 'scalar') return mapEach(left, series => mapPoints(series, value => apply(value, right.value)))
  if (left.kind === 'array' && right.kind === 'array') {
    throw new MathError('Unsupported operand types: two arrays of time series')
  }
  if (right.kind === 'array') {
    const own = (left as { series: Series }).series // neither scalar, text nor array
    return mapEach(right, series => ({ ...combineSeries(own, series, apply), label: series.label }))
  }
  return mapEach(left, series => combineSeries(series, right.series, apply))
}

/** Where one has no value, there is none of both. */
function combineSeries(left: Series, right: Series, apply: (a: number, b: number) => number): Series {
  const pairs = [...left.points].flatMap(([at, value]) => {
    const other = right.points.get(at)
    return other === undefined ? [] : [[at, apply(value, other)] as const]
  })
  return withPoints({ ...left, period: Math.max(left.period, right.period) }, pairs)
}
