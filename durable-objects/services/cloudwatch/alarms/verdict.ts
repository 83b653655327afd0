import type { StateValue } from '../schema.ts'

/** How an alarm reads its datapoints. */
export type Counting = { periods: number; toAlarm: number; missing: string }

/** Further periods that are looked at for datapoints that are missing in the last ones. */
export const SPARE_PERIODS = 2

/**
 * The state that follows from datapoints, the newest first: breaching or not, undefined where there is none. Datapoints
 * reach back further than the periods that count, and those that are there go before those that are missing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @returns undefined when the state stays as it is
 */
export function verdictOf(slots: readonly (boolean | undefined)[], counting: Counting): StateValue | undefined {
  const { periods, toAlarm, missing } = counting
  const known = slots.filter(breaching => breaching !== undefined).slice(0, periods)
  if (known.length === 0) return withoutData(missing)
  const bad = known.filter(Boolean).length
  const lacking = periods - known.length
  if (bad >= toAlarm) return 'ALARM'
  if (lacking === 0 || missing === 'notBreaching') return 'OK'
  if (missing === 'breaching') return bad + lacking >= toAlarm ? 'ALARM' : 'OK'
  if (bad < known.length) return 'OK'
  if (missing === 'ignore') return undefined
  // All that is there breaches: enough when the first of it is as old as would be needed, had none been missing.
  return slots.lastIndexOf(true) + 1 >= toAlarm ? 'ALARM' : 'OK'
}

function withoutData(missing: string): StateValue | undefined {
  if (missing === 'breaching') return 'ALARM'
  if (missing === 'notBreaching') return 'OK'
  return missing === 'ignore' ? undefined : 'INSUFFICIENT_DATA'
}
