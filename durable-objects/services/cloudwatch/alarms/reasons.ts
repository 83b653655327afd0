import type { StateValue } from '../schema.ts'

export type Point = { at: number; value: number; samples: number | undefined }

const two = (number: number) => String(number).padStart(2, '0')

/** `02/10/19 16:59:00` */
function stamp(at: number): string {
  const date = new Date(at)
  const day = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear() % 100].map(two).join('/')
  return `${day} ${[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')}`
}

/** `50` is `50.0`: numbers as AWS writes them here. */
export const decimal = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value)

/** `2019-10-01T13:56:40.985+0000` */
export const isoTime = (at: number) => new Date(at).toISOString().replace('Z', '+0000')

const COMPARED: Record<string, string> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to the threshold',
  GreaterThanThreshold: 'greater than the threshold',
  LessThanThreshold: 'less than the threshold',
  LessThanOrEqualToThreshold: 'less than or equal to the threshold',
  LessThanLowerOrGreaterThanUpperThreshold: 'less than the lower thresholds or greater than the upper thresholds',
  LessThanLowerThreshold: 'less than the lower thresholds',
  GreaterThanUpperThreshold: 'greater than the upper thresholds',
}

export type Crossing = {
  from: StateValue
  to: StateValue
  operator: string
  /** As text: a number, or the band's. */
  threshold: string
  /** Those that count, the newest first. */
  points: readonly Point[]
  /** Those of them that breach, or do not, as the new state needs. */
  matching: readonly Point[]
  periods: number
  toAlarm: number
  missing: string
}

const plural = (count: number, one: string, more: string) => (count === 1 ? one : more)

/** Why a metric alarm has its new state, in AWS's words. */
export function reasonText(crossing: Crossing): string {
  const { to, points, periods, missing } = crossing
  const lacking = periods - points.length
  if (to === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${lacking} ${plural(lacking, 'datapoint was', 'datapoints were')} unknown.`
  }
  const treated = missing === 'breaching' ? 'Breaching' : 'NonBreaching'
  const filled = `${lacking} missing ${plural(lacking, 'datapoint was', 'datapoints were')} treated as [${treated}]`
  if (points.length === 0) {
    const times = `${lacking} ${plural(lacking, 'period', 'periods')}`
    return `Threshold Crossed: no datapoints were received for ${times} and ${filled}.`
  }
  const isFilled = lacking > 0 && (missing === 'breaching' || missing === 'notBreaching')
  return `Threshold Crossed: ${crossed(crossing)}${isFilled ? ` and ${filled}` : ''} ${least(crossing)}.`
}

function crossed({ to, operator, threshold, points, matching }: Crossing): string {
  const shown = (matching.length > 0 ? matching : points).map(({ at, value }) => `${decimal(value)} (${stamp(at)})`)
  const count = matching.length > 0 ? matching.length : points.length
  const not = to === 'ALARM' ? '' : 'not '
  const was = plural(count, 'was', 'were')
  const last = `out of the last ${points.length} datapoints`
  return `${count} ${last} [${shown.join(', ')}] ${was} ${not}${COMPARED[operator]} (${threshold})`
}

function least({ from, to, periods, toAlarm }: Crossing): string {
  const count = to === 'ALARM' ? toAlarm : periods - toAlarm + 1
  return `(minimum ${count} ${plural(count, 'datapoint', 'datapoints')} for ${from} -> ${to} transition)`
}
