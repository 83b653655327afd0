import type { Dimension } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import {
  addDistribution,
  type Distribution,
  emptyDistribution,
  readDistribution,
  type StoredDistribution,
  storedDistribution,
} from '../../../shared/distribution.ts'
import type { MetricRow } from '../schema.ts'

/** What names a metric. */
export type MetricName = { namespace: string; name: string; dimensions: string }

/** Dimensions as they are stored: the same text for the same ones in any order. */
export function dimensionsText(dimensions: readonly Dimension[] = []): string {
  return JSON.stringify(
    dimensions.map(({ Name, Value }) => [Name, Value]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )
}

export function dimensionsOf(text: string): Dimension[] {
  return (JSON.parse(text) as [string, string][]).map(([Name, Value]) => ({ Name, Value })) // written by dimensionsText()
}

export function findMetric(ctx: Ctx, { namespace, name, dimensions }: MetricName): MetricRow | undefined {
  return ctx.sql.first<MetricRow>(
    'SELECT * FROM cloudwatch_metrics WHERE namespace = ? AND name = ? AND dimensions = ?',
    namespace,
    name,
    dimensions,
  )
}

/** The metric's id; it is made with its first datapoint. */
export function noteMetricName(ctx: Tx, { namespace, name, dimensions }: MetricName, at: number): number {
  const row = ctx.sql.first<{ id: number }>(
    `INSERT INTO cloudwatch_metrics (namespace, name, dimensions, lastAt) VALUES (?, ?, ?, ?)
     ON CONFLICT (namespace, name, dimensions) DO UPDATE SET lastAt = MAX(lastAt, excluded.lastAt) RETURNING id`,
    namespace,
    name,
    dimensions,
    at,
  )
  return row?.id ?? 0 // INSERT … RETURNING gives a row
}

/** Datapoints are kept for 455 days. */
const KEPT_MS = 455 * 86_400_000

export type Datapoint = { metric: number; at: number; unit: string; source: string }

/** Writes a datapoint over what the same source said of the same time. */
export function putDatapoint(ctx: Tx, { metric, at, unit, source }: Datapoint, stored: StoredDistribution): void {
  ctx.sql.run(
    'INSERT OR REPLACE INTO cloudwatch_datapoints (metric, at, unit, source, distribution) VALUES (?, ?, ?, ?, ?)',
    metric,
    at,
    unit,
    source,
    JSON.stringify(stored),
  )
  ctx.sql.run('DELETE FROM cloudwatch_datapoints WHERE metric = ? AND at < ?', metric, ctx.now - KEPT_MS)
}

/** Adds to what is known of the same time. */
export function addDatapoint(ctx: Tx, point: Datapoint, given: Distribution): void {
  const row = ctx.sql.first<{ distribution: string }>(
    'SELECT distribution FROM cloudwatch_datapoints WHERE metric = ? AND at = ? AND unit = ? AND source = ?',
    point.metric,
    point.at,
    point.unit,
    point.source,
  )
  const all = row ? stored(row) : emptyDistribution()
  addDistribution(all, given)
  putDatapoint(ctx, point, storedDistribution(all))
}

const stored = ({ distribution }: { distribution: string }) =>
  readDistribution(JSON.parse(distribution) as StoredDistribution) // written by putDatapoint()

/** Times from one (inclusive) to another (exclusive), in steps of a period. All in milliseconds. */
export type Span = { from: number; to: number; period: number }

/** What is known of a metric in each period, by the period's begin; without a unit, of all units together. */
export function readPeriods(ctx: Ctx, metric: number, span: Span, unit?: string): Map<number, Distribution> {
  const periods = new Map<number, Distribution>()
  for (const row of ctx.sql.each<{ at: number; unit: string; distribution: string }>(
    'SELECT at, unit, distribution FROM cloudwatch_datapoints WHERE metric = ? AND at >= ? AND at < ? ORDER BY at',
    metric,
    span.from,
    span.to,
  )) {
    if (unit !== undefined && row.unit !== unit) continue
    const at = span.from + Math.floor((row.at - span.from) / span.period) * span.period
    const known = periods.get(at) ?? emptyDistribution()
    addDistribution(known, stored(row))
    periods.set(at, known)
  }
  return periods
}

/** Units in which a metric was given within a span. */
export function unitsOf(ctx: Ctx, metric: number, { from, to }: Span): string[] {
  return ctx.sql
    .all<{ unit: string }>(
      'SELECT DISTINCT unit FROM cloudwatch_datapoints WHERE metric = ? AND at >= ? AND at < ? ORDER BY unit',
      metric,
      from,
      to,
    )
    .map(({ unit }) => unit)
}
