import type { Metric, MetricsPage, MetricsRow, StoredMetrics } from '../../../kernel/metrics/metrics.ts'
import { dimensionsKey } from '../../../kernel/metrics/metrics.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { addValue, emptyDistribution, storedDistribution } from '../../../shared/distribution.ts'
import { noteMetricName, putDatapoint } from './metrics.ts'

/*
 * Services → CloudWatch: what those of this account and region have measured, fetched when somebody looks.
 */

type Source = { object: string; epoch: string; version: number }

/** Fetches what is new, and says whether alarms wait for more of it. */
export async function fetchMetrics(ctx: Ctx): Promise<void> {
  while (ctx.change(fetchPage)) {}
}

/** What a view asks, which changes nothing by itself. */
export type SourceOperations = { FetchMetrics: { input: Record<string, never>; output: Record<string, never> } }

export async function FetchMetrics(ctx: Ctx): Promise<Record<string, never>> {
  await fetchMetrics(ctx)
  return {}
}

/** Whether an alarm may be on what services publish: on a namespace of AWS's, or on whatever an expression finds. */
export function hasServiceAlarms(ctx: Ctx): boolean {
  const query = `SELECT 1 FROM cloudwatch_alarms WHERE type = 'MetricAlarm' AND (definition LIKE '%"AWS/%' OR definition LIKE '%"Expression"%') LIMIT 1`
  return ctx.sql.first(query) !== undefined
}

/** Answers whether there is more. */
function fetchPage(ctx: Tx): boolean {
  const known = ctx.sql.first<Source>('SELECT * FROM cloudwatch_sources WHERE object = ?', HERE)
  const page = ctx.measured({ epoch: known?.epoch ?? '', after: known?.version ?? 0, watched: hasServiceAlarms(ctx) })
  store(ctx, page)
  return page.full
}

/** All services of a place measure in one object, which is this one. */
const HERE = ''

/** Rows, and the mark of how far they were read. */
function store(ctx: Tx, { epoch, rows, gauges }: MetricsPage): void {
  for (const row of rows) storeRow(ctx, row, `${epoch}#${row.id}`)
  for (const gauge of gauges) storeGauge(ctx, gauge, epoch)
  const last = rows.at(-1)
  if (!last) return
  const query = 'INSERT OR REPLACE INTO cloudwatch_sources (object, epoch, version) VALUES (?, ?, ?)'
  ctx.sql.run(query, HERE, epoch, last.version)
}

function storeRow(ctx: Tx, { namespace, dimensions, minute, metrics }: MetricsRow, source: string): void {
  const at = minute * 60_000
  const all = JSON.parse(metrics) as StoredMetrics // written by the kernel
  for (const [name, { u: unit, ...distribution }] of Object.entries(all)) {
    const metric = noteMetricName(ctx, { namespace, name, dimensions }, at)
    putDatapoint(ctx, { metric, at, unit, source }, distribution)
  }
}

/** As it stands now is how it stood in this minute: the last look counts. */
function storeGauge(ctx: Tx, gauge: Metric, source: string): void {
  const at = Math.floor(ctx.now / 60_000) * 60_000
  const dimensions = dimensionsKey(gauge.dimensions)
  const metric = noteMetricName(ctx, { namespace: gauge.namespace, name: gauge.name, dimensions }, at)
  const distribution = emptyDistribution()
  addValue(distribution, gauge.value)
  putDatapoint(ctx, { metric, at, unit: gauge.unit, source }, storedDistribution(distribution))
}
