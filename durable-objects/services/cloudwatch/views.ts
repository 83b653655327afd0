import { paged, view } from '../../kernel/views/view.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { readDistribution, type StoredDistribution } from '../../shared/distribution.ts'
import { definitionOf } from './alarms/alarm-rows.ts'
import { dimensionsOf } from './metrics/metrics.ts'
import type { In } from '../../../aws/models/cloudwatch.types.ts'
import type { AlarmRow, MetricRow } from './schema.ts'

/** An alarm of either type with its state. */
export type CloudWatchAlarm = {
  accountId: string
  region: string
  name: string
  /** `MetricAlarm` or `CompositeAlarm`. */
  type: string
  state: string
  stateReason: string
  /** RFC 3339. */
  stateUpdatedTimestamp?: string
  actionsEnabled: boolean
  alarmActions: string[]
  okActions: string[]
  insufficientDataActions: string[]
  namespace?: string | undefined
  metricName?: string | undefined
  threshold?: number | undefined
  comparisonOperator?: string | undefined
  alarmRule?: string | undefined
}
export type CloudWatchAlarmsResponse = { alarms: CloudWatchAlarm[] }
export type CloudWatchDimension = { name: string; value: string }
/** The latest datapoint; its value is the average. */
export type CloudWatchLatestDatapoint = { timestamp: string; value?: number; unit?: string }
export type CloudWatchMetric = {
  accountId: string
  region: string
  namespace: string
  metricName: string
  dimensions: CloudWatchDimension[]
  datapointCount: number
  latest: CloudWatchLatestDatapoint | null
}
export type CloudWatchMetricsResponse = { metrics: CloudWatchMetric[] }

export const alarms = view<CloudWatchAlarmsResponse>({
  none: { alarms: [] },
  read(ctx, asked) {
    const { rows, next } = listing<AlarmRow>(ctx, paged(asked), { from: 'cloudwatch_alarms', key: 'name' })
    return { alarms: rows.map(row => shownAlarm(ctx, row)), next }
  },
})

function shownAlarm({ place }: Ctx, row: AlarmRow): CloudWatchAlarm {
  const definition = definitionOf<In<'PutMetricAlarm'> & In<'PutCompositeAlarm'>>(row)
  return {
    accountId: place.account,
    region: place.region,
    name: row.name,
    type: row.type,
    state: row.state,
    stateReason: row.reason,
    stateUpdatedTimestamp: new Date(row.updatedAt).toISOString(),
    actionsEnabled: row.actionsEnabled === 1,
    alarmActions: definition.AlarmActions ?? [],
    okActions: definition.OKActions ?? [],
    insufficientDataActions: definition.InsufficientDataActions ?? [],
    namespace: definition.Namespace,
    metricName: definition.MetricName,
    threshold: definition.Threshold,
    comparisonOperator: definition.ComparisonOperator,
    alarmRule: definition.AlarmRule,
  }
}

type Latest = { at: number; unit: string; distribution: string; count: number }

/** Every metric, the services' own among them: what they have measured is fetched first. */
export const metrics = view<CloudWatchMetricsResponse>({
  none: { metrics: [] },
  async read(ctx, asked) {
    await ctx.call('cloudwatch', 'FetchMetrics', {})
    const key = ['namespace', 'name', 'dimensions']
    const { rows, next } = listing<MetricRow>(ctx, paged(asked), { from: 'cloudwatch_metrics', key })
    return { metrics: rows.map(row => shownMetric(ctx, row)), next }
  },
})

function shownMetric({ sql, place }: Ctx, row: MetricRow): CloudWatchMetric {
  const latest = sql.first<Latest>(
    `SELECT at, unit, distribution, (SELECT COUNT(*) FROM cloudwatch_datapoints WHERE metric = ?1) AS count
     FROM cloudwatch_datapoints WHERE metric = ?1 ORDER BY at DESC LIMIT 1`,
    row.id,
  )
  return {
    accountId: place.account,
    region: place.region,
    namespace: row.namespace,
    metricName: row.name,
    dimensions: dimensionsOf(row.dimensions).map(({ Name, Value }) => ({ name: Name, value: Value })),
    datapointCount: latest?.count ?? 0,
    latest: latest ? { timestamp: new Date(latest.at).toISOString(), value: average(latest), unit: latest.unit } : null,
  }
}

function average({ distribution }: Latest): number {
  const { sum, count } = readDistribution(JSON.parse(distribution) as StoredDistribution) // written by putDatapoint()
  return count === 0 ? 0 : sum / count
}
