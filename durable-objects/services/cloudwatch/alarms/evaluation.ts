import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { periodOf, queriesOf } from './alarm-queries.ts'
import { definitionOf } from './alarm-rows.ts'
import { changeState } from './alarm-state.ts'
import { setTimer } from './alarm-timers.ts'
import { CLOCKED } from '../math/evaluate.ts'
import { callsOf } from '../math/parser.ts'
import type { Series, Value } from '../math/values.ts'
import { findMetric } from '../metrics/metrics.ts'
import { queryValues, readQueries, type ReadQuery } from '../metrics/metric-queries.ts'
import { decimal, isoTime, type Point, reasonText } from './reasons.ts'
import type { AlarmRow } from '../schema.ts'
import { nameOf } from '../metrics/series.ts'
import { fetchMetrics } from '../metrics/sources.ts'
import { readStatistic } from '../metrics/statistics.ts'
import { SPARE_PERIODS, verdictOf } from './verdict.ts'

type Definition = In<'PutMetricAlarm'>

/** Timer: evaluates the alarms that are due, on what all services have measured until now. */
export async function evaluateDue(ctx: Ctx): Promise<void> {
  await fetchMetrics(ctx)
  return ctx.change(tx => {
    const rows = tx.sql.all<AlarmRow>(
      `SELECT * FROM cloudwatch_alarms WHERE type = 'MetricAlarm' AND nextAt <= ? ORDER BY nextAt, name`,
      tx.now,
    )
    for (const row of rows) evaluateAlarm(tx, row)
    setTimer(tx)
  })
}

function evaluateAlarm(ctx: Tx, row: AlarmRow): void {
  const definition = definitionOf<Definition>(row)
  const at = Math.floor(ctx.now / row.step) * row.step
  let going = false
  try {
    going = judge(ctx, row, { definition, at })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    ctx.sql.run(`UPDATE cloudwatch_alarms SET evaluation = 'EVALUATION_ERROR' WHERE name = ?`, row.name)
  }
  ctx.sql.run('UPDATE cloudwatch_alarms SET nextAt = ? WHERE name = ?', going ? at + row.step : null, row.name)
}

type At = { definition: Definition; at: number }
type Bound = { low: number; high: number }

/** @returns whether there is anything in the alarm's range that time alone may move out of it */
function judge(ctx: Tx, row: AlarmRow, { definition, at: now }: At): boolean {
  const queries = readQueries(queriesOf(definition), 'Metrics')
  const period = periodOf(queries.map(({ query }) => query)) * 1000
  const at = definition.EvaluationWindow?.WallClockWindow ? Math.floor(now / period) * period : now
  const range = (definition.EvaluationPeriods ?? 1) + SPARE_PERIODS
  const values = queryValues(ctx, queries, { to: at, start: seconds => at - range * seconds * 1000 })
  const judged = queries.find(({ query }) => query.ReturnData !== false && query.Id !== definition.ThresholdMetricId)
  const series = judged && onlySeries(values(judged.query.Id))
  const slots = Array.from({ length: range }, (_, i) => pointAt(series, at - (i + 1) * period))
  if (!isTooFew(definition, slots)) conclude(ctx, row, { definition, slots, bounds: boundsOf(definition, values), at })
  return isGoing(ctx, queries, { at, range })
}

function onlySeries(value: Value): Series | undefined {
  if (value.kind === 'series') return value.series
  return value.kind === 'array' ? value.list[0] : undefined
}

function pointAt(series: Series | undefined, at: number): Point | undefined {
  const value = series?.points.get(at)
  if (value === undefined) return undefined
  const samples = series && 'samples' in series ? (series.samples as Map<number, number>).get(at) : undefined // a metric's own
  return { at, value, samples }
}

/** Percentiles of few values say little: such an alarm may be told to keep its state then. */
function isTooFew(
  { ExtendedStatistic, EvaluateLowSampleCountPercentile }: Definition,
  slots: readonly (Point | undefined)[],
) {
  const statistic = ExtendedStatistic === undefined ? undefined : readStatistic(ExtendedStatistic)
  if (EvaluateLowSampleCountPercentile !== 'ignore' || statistic?.kind !== 'percentile') return false
  const rank = statistic.rank / 100
  const least = rank >= 0.5 ? 10 / (1 - rank) : 10 / rank
  return slots.some(point => point?.samples !== undefined && point.samples < least - 1e-9)
}

/** The threshold at each time. */
function boundsOf({ Threshold = 0, ThresholdMetricId }: Definition, values: (id: string) => Value) {
  if (ThresholdMetricId === undefined) return () => ({ low: Threshold, high: Threshold })
  const band = values(ThresholdMetricId)
  const [high, low] = band.kind === 'array' ? band.list : []
  return (at: number): Bound | undefined => {
    const bound = { low: low?.points.get(at), high: high?.points.get(at) }
    return bound.low === undefined || bound.high === undefined ? undefined : { low: bound.low, high: bound.high }
  }
}

const BREACHING: Record<string, (value: number, bound: Bound) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, { high }) => value >= high,
  GreaterThanThreshold: (value, { high }) => value > high,
  LessThanThreshold: (value, { low }) => value < low,
  LessThanOrEqualToThreshold: (value, { low }) => value <= low,
  LessThanLowerOrGreaterThanUpperThreshold: (value, { low, high }) => value < low || value > high,
  LessThanLowerThreshold: (value, { low }) => value < low,
  GreaterThanUpperThreshold: (value, { high }) => value > high,
}

type Judged = At & { slots: readonly (Point | undefined)[]; bounds: (at: number) => Bound | undefined }

function conclude(ctx: Tx, row: AlarmRow, { definition, slots, bounds, at }: Judged): void {
  const operator = definition.ComparisonOperator ?? 'GreaterThanThreshold'
  const breaches = (point: Point | undefined) => {
    const bound = point && bounds(point.at)
    return point && bound ? (BREACHING[operator]?.(point.value, bound) ?? false) : undefined
  }
  const { EvaluationPeriods: periods = 1, TreatMissingData: missing = 'missing' } = definition
  const toAlarm = definition.DatapointsToAlarm ?? periods
  const state = verdictOf(slots.map(breaches), { periods, toAlarm, missing })
  if (row.evaluation !== null) ctx.sql.run('UPDATE cloudwatch_alarms SET evaluation = NULL WHERE name = ?', row.name)
  if (state === undefined || state === row.state) return
  const points = slots.flatMap(point => (point ? [point] : [])).slice(0, periods)
  const matching = points.filter(point => breaches(point) === (state === 'ALARM'))
  const threshold = thresholdText(
    definition,
    points.flatMap(point => bounds(point.at) ?? []),
  )
  const reason = reasonText({
    from: row.state,
    to: state,
    operator,
    threshold,
    points,
    matching,
    periods,
    toAlarm,
    missing,
  })
  changeState(ctx, row, { state, reason, reasonData: JSON.stringify(dataOf(ctx, definition, { points, at })) })
}

function thresholdText({ Threshold = 0, ThresholdMetricId }: Definition, bounds: readonly Bound[]): string {
  if (ThresholdMetricId === undefined) return decimal(Threshold)
  return bounds.map(({ low, high }) => `${decimal(low)} - ${decimal(high)}`).join(', ')
}

/** The StateReasonData. */
function dataOf(ctx: Ctx, definition: Definition, { points, at }: { points: readonly Point[]; at: number }): object {
  const period = periodOf(queriesOf(definition))
  const oldest = points.at(-1)
  const statistic = definition.Statistic ?? definition.ExtendedStatistic
  return {
    version: '1.0',
    queryDate: isoTime(ctx.now),
    ...(oldest && { startDate: isoTime(oldest.at) }),
    ...(statistic && { statistic }),
    ...(definition.Unit && { unit: definition.Unit }),
    period,
    recentDatapoints: points.map(({ value }) => value).reverse(),
    ...(definition.Threshold !== undefined && { threshold: definition.Threshold }),
    evaluatedDatapoints: points.map(point => ({
      timestamp: isoTime(point.at),
      ...(point.samples !== undefined && { sampleCount: point.samples }),
      value: point.value,
    })),
    ...(points.length === 0 && { evaluatedDatapoints: [{ timestamp: isoTime(at - period * 1000) }] }),
  }
}

/** Whether any metric of the alarm has data in its range or later, or its value changes with time itself. */
function isGoing(ctx: Ctx, queries: readonly ReadQuery[], { at, range }: { at: number; range: number }): boolean {
  return queries.some(({ query, node }) => {
    if (query.MetricStat)
      return (
        (findMetric(ctx, nameOf(query.MetricStat.Metric))?.lastAt ?? 0) >= at - range * query.MetricStat.Period * 1000
      )
    const calls = node && callsOf(node)
    if (calls?.some(name => CLOCKED.has(name))) return true
    if (calls && !calls.includes('SEARCH')) return false
    return (
      ctx.sql.first(
        'SELECT 1 FROM cloudwatch_metrics WHERE lastAt >= ? LIMIT 1',
        at - range * (query.Period ?? 60) * 1000,
      ) !== undefined
    )
  })
}
