import { own } from '../../../../aws/own.ts'
import { MathError } from './tokens.ts'
import { listOf, ofSeries, scalar, type Series, type Value, withPoints } from './values.ts'

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const average = (values: readonly number[]) => sum(values) / values.length

function deviation(values: readonly number[]): number {
  const mean = average(values)
  return Math.sqrt(average(values.map(value => (value - mean) ** 2)))
}

export const AGGREGATES: Record<string, (values: readonly number[]) => number> = {
  SUM: sum,
  AVG: average,
  MIN: values => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  MAX: values => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  STDDEV: deviation,
}

/** Of one series a number; of an array a series, of the values at each time. Several arguments are an array. */
export function aggregate(name: string, args: Value[]): Value {
  const apply = own(AGGREGATES, name)
  const [first] = args
  if (!apply || !first) throw new MathError(`${name} takes time series`)
  if (args.length === 1 && first.kind === 'scalar') return first
  if (args.length === 1 && first.kind === 'series') return scalar(apply([...first.series.points.values()]))
  if (args.every(arg => arg.kind === 'scalar')) return scalar(apply(args.map(arg => arg.value)))
  return ofSeries(
    across(
      args.flatMap(arg => listOf(arg, name)),
      apply,
      name,
    ),
  )
}

export function across(list: readonly Series[], apply: (values: readonly number[]) => number, label: string): Series {
  const all = new Map<number, number[]>()
  for (const { points } of list) {
    for (const [at, value] of points) {
      const known = all.get(at)
      if (known) known.push(value)
      else all.set(at, [value])
    }
  }
  const points = [...all].sort(([a], [b]) => a - b).map(([at, values]) => [at, apply(values)] as const)
  const period = list.reduce((most, series) => Math.max(most, series.period), 0)
  return withPoints({ label, period: period || 60_000, points: new Map() }, points)
}
