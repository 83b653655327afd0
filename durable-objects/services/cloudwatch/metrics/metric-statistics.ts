import type { Datapoint as Shown, In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Distribution } from '../../../shared/distribution.ts'
import { dimensionsText, findMetric, readPeriods, unitsOf } from './metrics.ts'
import { checkCount, checkOrder, checkPeriod, roundedStart } from './periods.ts'
import { invalidCombination, invalidValue, missingParameter } from '../refusals.ts'
import { fetchMetrics } from './sources.ts'
import { readStatistic, type Statistic, statisticOf } from './statistics.ts'

const MOST = 1440

type Wanted = { name: string; statistic: Statistic; extended: boolean }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
export async function GetMetricStatistics(
  ctx: Ctx,
  input: In<'GetMetricStatistics'>,
): Promise<Out<'GetMetricStatistics'>> {
  const wanted = checked(input)
  const period = input.Period * 1000
  const from = roundedStart(input.StartTime.getTime(), input.Period, ctx.now)
  const to = input.EndTime.getTime()
  checkCount(from, to, { period, most: MOST })
  await fetchMetrics(ctx)
  const dimensions = dimensionsText(input.Dimensions)
  const metric = findMetric(ctx, { namespace: input.Namespace, name: input.MetricName, dimensions })
  const span = { from, to, period }
  const units = metric ? (input.Unit === undefined ? unitsOf(ctx, metric.id, span) : [input.Unit]) : []
  const Datapoints = units.flatMap(unit =>
    [...readPeriods(ctx, metric?.id ?? 0, span, unit)].map(([at, known]) => shown(at, known, { unit, wanted })),
  )
  return { Label: input.MetricName, Datapoints }
}

function checked({ StartTime, EndTime, Period, Statistics = [], ExtendedStatistics = [] }: In<'GetMetricStatistics'>) {
  checkOrder(StartTime, EndTime)
  checkPeriod(Period)
  if (Statistics.length + ExtendedStatistics.length === 0) {
    throw missingParameter('At least one of the parameters Statistics and ExtendedStatistics must be specified.')
  }
  if (Statistics.length > 0 && ExtendedStatistics.length > 0) {
    throw invalidCombination(
      'The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.',
    )
  }
  return [...Statistics.map(name => wantedOf(name, false)), ...ExtendedStatistics.map(name => wantedOf(name, true))]
}

function wantedOf(name: string, extended: boolean): Wanted {
  const statistic = readStatistic(name)
  if (statistic) return { name, statistic, extended }
  throw invalidValue(
    `The value ${name} for parameter ${extended ? 'ExtendedStatistics' : 'Statistics'} is not supported.`,
  )
}

type How = { unit: string; wanted: readonly Wanted[] }

function shown(at: number, known: Distribution, { unit, wanted }: How): Shown {
  const values = (extended: boolean) =>
    Object.fromEntries(
      wanted.flatMap(({ name, statistic, extended: other }) => {
        const value = other === extended ? statisticOf(statistic, known) : undefined
        return value === undefined ? [] : [[name, value]]
      }),
    )
  const extended = values(true)
  return {
    Timestamp: new Date(at),
    ...values(false),
    ...(Object.keys(extended).length > 0 && { ExtendedStatistics: extended }),
    Unit: unit,
  }
}
