import { MathError } from './tokens.ts'
import type { Range } from './series-functions.ts'
import { timesOf } from './series-functions.ts'
import { listOf, numberOf, ofArray, scalar, type Value, withPoints } from './values.ts'

const DEFAULT_WIDTH = 2

/**
 * ANOMALY_DETECTION_BAND(series[, width]): an upper and a lower series. AWS trains a model; here it is the mean of the
 * values shown, give or take so many of their standard deviations.
 */
export function band(value: Value, width: Value | undefined, range: Range): Value {
  const [series] = listOf(value, 'ANOMALY_DETECTION_BAND')
  if (!series || value.kind === 'array') throw new MathError('ANOMALY_DETECTION_BAND takes one time series')
  const factor = numberOf(width ?? scalar(DEFAULT_WIDTH), 'ANOMALY_DETECTION_BAND')
  const values = [...series.points.values()]
  if (values.length === 0) return ofArray([withPoints(series, []), withPoints(series, [])])
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length)
  const times = timesOf(series.period, range)
  const flat = (end: string, at: number) => ({
    ...withPoints(
      series,
      times.map(time => [time, at] as const),
    ),
    label: `${series.label} ${end}`,
  })
  return ofArray([flat('High', mean + factor * deviation), flat('Low', mean - factor * deviation)])
}
