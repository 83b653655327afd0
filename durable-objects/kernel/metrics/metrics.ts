import { append, type RingLog } from '../ring-logs/ring-logs.ts'
import { readMeta, writeMeta } from '../object/meta.ts'
import type { Ctx, Tx } from '../object/operation.ts'
import {
  addValue,
  type Distribution,
  emptyDistribution,
  type StoredDistribution,
  storedDistribution,
} from '../../shared/distribution.ts'

/**
 * What services publish of themselves. An object adds its values up in memory, one row for each set of dimensions and
 * minute, and writes the rows that changed every tenth of a second, at once only where an alarm waits for them: a process
 * that is killed loses what it measured since. CloudWatch fetches the rows that changed since it last asked, when it is
 * read and when it evaluates an alarm: nothing is sent while nobody looks.
 */
export type Metric = {
  /** `AWS/Lambda` */
  namespace: string
  name: string
  value: number
  unit: string
  /** How often the value occurred: once, unless it says so. */
  times?: number
  dimensions?: Record<string, string>
  /** It tells of a refusal: it counts also where that undoes the change in which it was noted. */
  refusal?: boolean | undefined
}

export const METRICS_SCHEMA = `
CREATE TABLE _metrics (
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, dimensions TEXT NOT NULL, minute INTEGER NOT NULL,
  metrics TEXT NOT NULL, version INTEGER NOT NULL
);`

/** What was measured with one set of dimensions within one minute; the later version of a row replaces the earlier. */
export type MetricsRow = {
  id: number
  version: number
  namespace: string
  /** JSON: pairs of name and value, by name. */
  dimensions: string
  /** Minutes since the epoch, of the namespace's clock. */
  minute: number
  /** JSON: by metric, its unit and values. */
  metrics: string
}

export type StoredMetrics = Record<string, { u: string } & StoredDistribution>

/** A page of rows; more follow when it is full. `epoch` tells one life of the object from the next. */
export type MetricsPage = { epoch: string; rows: MetricsRow[]; full: boolean; gauges: Metric[] }

const METRICS: RingLog = { table: '_metrics', key: 'id', keptRows: 20_000 }
const PAGE = 2000
const MOST_SERIES = 1000
/** Kept as they are in a row, which is written anew with each: few, so that it stays small. */
const MOST_VALUES = 50

type Series = {
  namespace: string
  dimensions: string
  minute: number
  id: number | undefined
  metrics: Map<string, { unit: string; distribution: Distribution }>
}

type Store = {
  series: Map<string, Series>
  changed: Set<Series>
  version: number | undefined
  told: boolean
  /** What changed is about to be written: before long, or when the work at hand pauses. */
  awaited: boolean
  urgent: boolean
  /** Somebody may wait for measurements, as far as is known. */
  watched: boolean
}

const storeOf = (ctx: Ctx): Store =>
  ctx.memory('kernel.metrics', () => ({
    series: new Map(),
    changed: new Set(),
    version: undefined,
    told: false,
    awaited: false,
    urgent: false,
    watched: ctx.sql.first<{ value: string }>("SELECT value FROM _meta WHERE key = 'metrics.watched'")?.value !== '0',
  }))

/** Who waits for measurements in the same object. */
export type Listeners = {
  /** Whether there are any. */
  any(): boolean
  tell(tx: Tx): void
}

/** No row is written more often, while nobody waits for it (milliseconds). */
const WRITTEN_EVERY_MS = 100

/** `[["FunctionName","work"]]`: the same for the same dimensions, in whatever order they come. */
export function dimensionsKey(dimensions: Record<string, string> = {}): string {
  return JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `ctx.metric`: counts a value once the change under way has committed; what is undone does not count. */
export function noteMetric(ctx: Tx, metric: Metric, listeners: Listeners): void {
  ctx.committed(() => count(ctx, metric, listeners))
  if (metric.refusal) ctx.undone(() => count(ctx, metric, listeners))
}

/** Where somebody waits for it, it is written when the work at hand pauses. */
function count(ctx: Ctx, metric: Metric, listeners: Listeners): void {
  if (ctx.erased) return
  const store = storeOf(ctx)
  const series = seriesOf(store, metric, Math.floor(ctx.now / 60_000))
  let entry = series.metrics.get(metric.name)
  if (!entry) {
    entry = { unit: metric.unit, distribution: emptyDistribution() }
    series.metrics.set(metric.name, entry)
  }
  addValue(entry.distribution, metric.value, metric.times, MOST_VALUES)
  const urgent = store.watched && listeners.any()
  store.changed.add(series)
  if (urgent ? store.urgent : store.awaited) return
  store.awaited = true
  store.urgent ||= urgent
  const write = () => {
    store.awaited = false
    store.urgent = false
    // Where its service was erased meanwhile, what others measured is written with the next.
    if (!ctx.erased && store.changed.size > 0) ctx.change(tx => flush(tx, store, listeners))
  }
  if (urgent) Promise.resolve().then(write)
  else setTimeout(write, WRITTEN_EVERY_MS)
}

function seriesOf(store: Store, { namespace, dimensions: given }: Metric, minute: number): Series {
  const dimensions = dimensionsKey(given)
  const key = `${namespace} ${dimensions}`
  const known = store.series.get(key)
  if (known?.minute === minute) return known
  // An unwritten row of the last minute stays among the changed.
  const series: Series = { namespace, dimensions, minute, id: undefined, metrics: new Map() }
  if (store.series.size >= MOST_SERIES) store.series.clear()
  store.series.set(key, series)
  return series
}

function flush(ctx: Tx, store: Store, listeners?: Listeners): void {
  store.version ??= ctx.sql.first<{ last: number | null }>('SELECT MAX(version) AS last FROM _metrics')?.last ?? 0
  for (const series of store.changed) {
    store.version += 1
    writeSeries(ctx, series, store.version)
  }
  store.changed.clear()
  if (listeners && !store.told) tellOnce(ctx, store, listeners)
}

function writeSeries({ sql }: Tx, series: Series, version: number): void {
  const metrics: StoredMetrics = {}
  for (const [name, { unit, distribution }] of series.metrics) {
    metrics[name] = { u: unit, ...storedDistribution(distribution) }
  }
  const text = JSON.stringify(metrics)
  if (series.id !== undefined) {
    sql.run('UPDATE _metrics SET metrics = ?, version = ? WHERE id = ?', text, version, series.id)
    return
  }
  const { namespace, dimensions, minute } = series
  series.id = append(sql, METRICS, { namespace, dimensions, minute, metrics: text, version })
}

/** Says that there is something new, once until it has been fetched; unless nothing waits for more. */
function tellOnce(ctx: Tx, store: Store, { tell }: Listeners): void {
  store.told = true
  if (store.watched) tell(ctx)
}

/** What CloudWatch received: of which life, and up to which version; and whether it has alarms that may wait for more. */
export type MetricsQuery = { epoch: string; after: number; watched: boolean }

/** Rows changed since, and gauges as they stand. */
export function metricsPage(
  ctx: Tx,
  gauges: () => Metric[],
  { epoch: read, after, watched }: MetricsQuery,
): MetricsPage {
  const store = storeOf(ctx)
  if (store.changed.size > 0) flush(ctx, store)
  store.told = false
  const mark = watched ? '1' : '0'
  store.watched = watched
  if (mark !== readMeta(ctx.sql, 'metrics.watched')) writeMeta(ctx.sql, 'metrics.watched', mark)
  const epoch = epochOf(ctx)
  if (epoch === read) forget(ctx, store, after)
  const rows = ctx.sql.all<MetricsRow>(
    'SELECT * FROM _metrics WHERE version > ? ORDER BY version LIMIT ?',
    epoch === read ? after : 0,
    PAGE,
  )
  return { epoch, rows, full: rows.length === PAGE, gauges: gauges() }
}

function epochOf(ctx: Tx): string {
  const known = readMeta(ctx.sql, 'metrics.epoch')
  if (known !== undefined) return known
  const epoch = crypto.randomUUID()
  writeMeta(ctx.sql, 'metrics.epoch', epoch)
  return epoch
}

/** Drops rows that were received and are complete, but for the newest, which keeps the count of versions. */
function forget(ctx: Tx, store: Store, received: number): void {
  const minute = Math.floor(ctx.now / 60_000)
  for (const [key, series] of store.series) if (series.minute < minute) store.series.delete(key)
  ctx.sql.run(
    'DELETE FROM _metrics WHERE version <= ? AND minute < ? AND version < (SELECT MAX(version) FROM _metrics)',
    received,
    minute,
  )
}
