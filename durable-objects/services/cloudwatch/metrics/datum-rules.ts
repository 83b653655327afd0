import type { MetricDatum } from '../../../../aws/models/cloudwatch.types.ts'
import type { AwsError } from '../../../../aws/errors.ts'
import { addValue, type Distribution, emptyDistribution } from '../../../shared/distribution.ts'
import { invalidCombination, invalidValue, missingParameter } from '../refusals.ts'

/** A rule that a datum breaks. */
export type Broken = { code: string; message: string; refusal: (message: string) => AwsError }

const PAST_MS = 14 * 86_400_000
const FUTURE_MS = 2 * 3_600_000
const LARGEST = 2 ** 360
const MOST_VALUES = 150
const MOST_DIMENSIONS = 30

export function checkNamespace(namespace: string): void {
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.')
}

/** What is wrong with a datum, in AWS's words. */
export function checkDatum(datum: MetricDatum, path: string, now: number): Broken[] {
  return [...dimensionRules(datum, path), ...valueRules(datum, path), ...timeRules(datum, path, now)]
}

const value = (message: string): Broken => ({ code: 'value', message, refusal: invalidValue })
const missing = (message: string): Broken => ({ code: 'missing', message, refusal: missingParameter })
const combination = (message: string): Broken => ({ code: 'combination', message, refusal: invalidCombination })

function dimensionRules({ Dimensions = [] }: MetricDatum, path: string): Broken[] {
  const names = new Set(Dimensions.map(({ Name }) => Name))
  return [
    ...(Dimensions.length > MOST_DIMENSIONS
      ? [value(`The collection ${path}.Dimensions must not have a size greater than ${MOST_DIMENSIONS}.`)]
      : []),
    ...(names.size < Dimensions.length
      ? [value(`The parameter ${path}.Dimensions must not contain a dimension more than once.`)]
      : []),
  ]
}

function valueRules(datum: MetricDatum, path: string): Broken[] {
  const { Value, StatisticValues, Values, Counts } = datum
  const given = [
    ...(Value === undefined ? [] : ['Value']),
    ...(StatisticValues ? ['StatisticValues'] : []),
    ...(Values ? ['Values'] : []),
  ]
  const [one, other] = given
  if (!one)
    return [
      missing(
        `At least one of the parameters ${path}.Value, ${path}.Values or ${path}.StatisticValues must be specified.`,
      ),
    ]
  if (other) {
    const message = `The parameters ${path}.${one} and ${path}.${other} are mutually exclusive and you have specified both.`
    return [combination(message)]
  }
  if (Counts && !Values) return [combination(`The parameter ${path}.Counts requires the parameter ${path}.Values.`)]
  if (Values) return listRules({ Values, Counts }, path)
  return numberRules(
    StatisticValues ? Object.entries(StatisticValues) : [['Value', Value ?? 0]],
    StatisticValues ? `${path}.StatisticValues` : path,
  )
}

function listRules({ Values, Counts }: { Values: number[]; Counts: number[] | undefined }, path: string): Broken[] {
  if (Values.length === 0) return [missing(`The parameter ${path}.Values must not be empty.`)]
  if (Values.length > MOST_VALUES) {
    return [value(`The collection ${path}.Values must not have a size greater than ${MOST_VALUES}.`)]
  }
  if (Counts && Counts.length !== Values.length) {
    return [value(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`)]
  }
  if (Counts?.some(count => !(count > 0)))
    return [value(`The parameter ${path}.Counts must contain only values greater than 0.`)]
  return numberRules(
    Values.map((number, i) => [`Values.member.${i + 1}`, number]),
    path,
  )
}

function numberRules(numbers: [string, number][], path: string): Broken[] {
  return numbers.flatMap(([name, number]) => {
    if (Number.isNaN(number)) return [value(`The value NaN for parameter ${path}.${name} is invalid.`)]
    if (Math.abs(number) <= LARGEST) return []
    return [value(`The value ${number} for parameter ${path}.${name} is invalid.`)]
  })
}

function timeRules({ Timestamp, StorageResolution }: MetricDatum, path: string, now: number): Broken[] {
  const time = Timestamp?.getTime() ?? now
  const resolution =
    StorageResolution === undefined || StorageResolution === 1 || StorageResolution === 60
      ? []
      : [value(`The parameter ${path}.StorageResolution must be either 1 or 60.`)]
  if (time < now - PAST_MS) {
    return [...resolution, value(`The parameter ${path}.Timestamp must specify a time within the past two weeks.`)]
  }
  if (time <= now + FUTURE_MS) return resolution
  return [
    ...resolution,
    value(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`),
  ]
}

export function distributionOf({ Value, StatisticValues: set, Values, Counts }: MetricDatum): Distribution {
  if (set) {
    const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = set
    return { count, sum, min, max, values: min === max ? new Map([[min, count]]) : null }
  }
  const distribution = emptyDistribution()
  if (Value !== undefined) addValue(distribution, Value)
  for (const [i, each] of (Values ?? []).entries()) addValue(distribution, each, Counts?.[i])
  return distribution
}
