import type { Metric, MetricsPage, MetricsRow, StoredMetrics } from '../../../kernel/metrics/metrics.ts'
import { dimensionsKey } from '../../../kernel/metrics/metrics.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseObjectName } from '../../../../aws/place.ts'
import { addValue, emptyDistribution, storedDistribution } from '../../../shared/distribution.ts'
import { noteMetricName, putDatapoint } from './metrics.ts'

/*
 * Services → CloudWatch: what the objects of this account and region have measured, fetched when somebody looks.
 */

/** Objects that are asked at once. */
const AT_ONCE = 16

type Source = { object: string; epoch: string; version: number }

/** Fetches what is new. @param watched whether alarms wait for more of it */
export async function fetchMetrics(ctx: Ctx): Promise<void> {
  const sources = (await ctx.neighbours()).filter(name => isSource(ctx, name))
  const watched = hasServiceAlarms(ctx)
  let next = 0
  const work = async () => {
    for (let name = sources[next++]; name !== undefined; name = sources[next++]) await fetchFrom(ctx, name, watched)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, sources.length) }, work))
}

function isSource({ place }: Ctx, name: string): boolean {
  const source = parseObjectName(name)
  return (
    source.place.account === place.account && source.place.region === place.region && source.service !== 'cloudwatch'
  )
}

/** Whether an alarm may be on what services publish: on a namespace of AWS's, or on whatever an expression finds. */
export function hasServiceAlarms(ctx: Ctx): boolean {
  const query = `SELECT 1 FROM cloudwatch_alarms WHERE type = 'MetricAlarm' AND (definition LIKE '%"AWS/%' OR definition LIKE '%"Expression"%') LIMIT 1`
  return ctx.sql.first(query) !== undefined
}

async function fetchFrom(ctx: Ctx, object: string, watched: boolean): Promise<void> {
  for (;;) {
    const known = ctx.sql.first<Source>('SELECT * FROM cloudwatch_sources WHERE object = ?', object)
    const query = { epoch: known?.epoch ?? '', after: known?.version ?? 0, watched }
    const page: MetricsPage = await ctx.env.OBJECTS.getByName(object).metrics(query)
    ctx.change(tx => store(tx, object, page))
    if (!page.full) return
  }
}

/** No await lies in it: rows and the mark of how far they were read are kept together. */
function store(ctx: Tx, object: string, { epoch, rows, gauges }: MetricsPage): void {
  for (const row of rows) storeRow(ctx, row, `${epoch}#${row.id}`)
  for (const gauge of gauges) storeGauge(ctx, gauge, epoch)
  const last = rows.at(-1)
  if (!last) return
  const query = 'INSERT OR REPLACE INTO cloudwatch_sources (object, epoch, version) VALUES (?, ?, ?)'
  ctx.sql.run(query, object, epoch, last.version)
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
