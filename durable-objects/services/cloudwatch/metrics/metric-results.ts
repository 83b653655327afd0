import type { In, MetricDataResult, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { pageStart, pageToken } from '../../../../aws/pages.ts'
import { labelOf } from './labels.ts'
import { constant } from '../math/evaluate.ts'
import type { Series, Value } from '../math/values.ts'
import { queryValues, readQueries, type ReadQuery, type Window } from './metric-queries.ts'
import { roundedStart } from './periods.ts'
import { invalidToken, validationError } from '../refusals.ts'
import { fetchMetrics } from './sources.ts'

const MOST_QUERIES = 500
const MOST_POINTS = 100_800
const TIMEZONE = /^[+-](?:0\d|1[0-4])[0-5]\d$/

type Result = { id: string; label: string; points: [number, number][] }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
export async function GetMetricData(ctx: Ctx, input: In<'GetMetricData'>): Promise<Out<'GetMetricData'>> {
  const queries = checked(input)
  const { NextToken, ...parameters } = input
  const skipped = Number(pageStart(NextToken, parameters, invalidToken()) ?? 0)
  const most = input.MaxDatapoints ?? MOST_POINTS
  await fetchMetrics(ctx)
  const results = resultsOf(ctx, queries, input)
  const total = results.reduce((sum, { points }) => sum + points.length, 0)
  const MetricDataResults = page(results, { from: skipped, to: skipped + most })
  const more = skipped + most < total
  return {
    MetricDataResults,
    Messages: [],
    ...(more && { NextToken: pageToken(String(skipped + most), parameters) }),
  }
}

function checked({ MetricDataQueries, StartTime, EndTime, MaxDatapoints, LabelOptions }: In<'GetMetricData'>) {
  if (MetricDataQueries.length === 0) throw validationError('The parameter MetricDataQueries must not be empty.')
  if (MetricDataQueries.length > MOST_QUERIES) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`)
  }
  if (StartTime.getTime() >= EndTime.getTime()) {
    throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  }
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS)) {
    throw validationError(`The parameter MaxDatapoints must be between 1 and ${MOST_POINTS}.`)
  }
  if (LabelOptions?.Timezone !== undefined && !TIMEZONE.test(LabelOptions.Timezone)) {
    throw validationError(`The value ${LabelOptions.Timezone} for parameter LabelOptions.Timezone is invalid.`)
  }
  return readQueries(MetricDataQueries)
}

function resultsOf(ctx: Ctx, queries: readonly ReadQuery[], input: In<'GetMetricData'>): Result[] {
  const start = (seconds: number) => roundedStart(input.StartTime.getTime(), seconds, ctx.now)
  const window: Window = { to: input.EndTime.getTime(), start }
  checkSize(queries, window)
  const valueById = queryValues(ctx, queries, window)
  const timezone = input.LabelOptions?.Timezone ?? '+0000'
  const ascending = input.ScanBy === 'TimestampAscending'
  return queries.flatMap(({ query }) => {
    const value = valueById(query.Id) // an error in one that is not returned is an error all the same
    if (query.ReturnData === false) return []
    const list = listed(value, query.Period, window)
    return list.map(series => ({
      id: query.Id,
      label: labelOf(ctx, { query, series, found: value.kind === 'array', several: list.length > 1, timezone }),
      points: ascending ? [...series.points] : [...series.points].reverse(),
    }))
  })
}

/** What would take too long to compute is not. */
function checkSize(queries: readonly ReadQuery[], { start, to }: Window): void {
  for (const { query } of queries) {
    const seconds = query.MetricStat?.Period ?? query.Period ?? 60
    if ((to - start(seconds)) / (seconds * 1000) <= MOST_POINTS) continue
    throw validationError(`The query ${query.Id} would have more than ${MOST_POINTS} datapoints.`)
  }
}

function listed(value: Value, seconds: number | undefined, { start, to }: Window): Series[] {
  if (value.kind === 'series') return [value.series]
  if (value.kind === 'array') return value.list
  if (value.kind === 'text') throw validationError('An expression must not be a string alone.')
  const span = { from: start(seconds ?? 60), to, period: (seconds ?? 60) * 1000 }
  const line = constant(value.value, span)
  return line.kind === 'series' ? [line.series] : []
}

/** Cuts the points of all results, one after the other; a result without any is on the first page. */
function page(results: readonly Result[], { from, to }: { from: number; to: number }): MetricDataResult[] {
  let seen = 0
  return results.flatMap(({ id, label, points }) => {
    const first = seen
    seen += points.length
    const cut = points.slice(Math.max(0, from - first), Math.max(0, to - first))
    if (cut.length === 0 && (points.length > 0 || from > 0)) return []
    return {
      Id: id,
      Label: label,
      Timestamps: cut.map(([at]) => new Date(at)),
      Values: cut.map(([, value]) => value),
      StatusCode: first + points.length > to ? 'PartialData' : 'Complete',
    }
  })
}
