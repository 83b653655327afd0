import { invalidCombination, invalidValue } from '../refusals.ts'

const SHORT = [1, 5, 10, 20, 30]

/** @param seconds 1, 5, 10, 20, 30 or whole minutes */
export function checkPeriod(seconds: number, parameter = 'Period'): void {
  if (SHORT.includes(seconds) || (seconds >= 60 && seconds % 60 === 0)) return
  throw invalidValue(`The parameter ${parameter} must be 1, 5, 10, 20, 30 or a multiple of 60.`)
}

export function checkOrder(start: Date, end: Date): void {
  if (start.getTime() >= end.getTime()) {
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
  }
}

const DAY_MS = 86_400_000

/**
 * The begin of the first period (milliseconds): the start time rounded down, to the minute, or as coarsely as AWS keeps
 * data of that age.
 */
export function roundedStart(start: number, periodSeconds: number, now: number): number {
  const age = now - start
  const step = age > 63 * DAY_MS ? 3_600_000 : age > 15 * DAY_MS ? 300_000 : Math.min(60, periodSeconds) * 1000
  return Math.floor(start / step) * step
}

/** @throws InvalidParameterCombinationException */
export function checkCount(from: number, to: number, { period, most }: { period: number; most: number }): void {
  const count = Math.ceil((to - from) / period)
  if (count <= most) return
  const [asked, limit] = [count, most].map(each => each.toLocaleString('en-US'))
  throw invalidCombination(
    `You have requested up to ${asked} datapoints, which exceeds the limit of ${limit}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
  )
}
