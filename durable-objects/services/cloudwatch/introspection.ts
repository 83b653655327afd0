import type { In } from '../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { readDistribution, type StoredDistribution } from '../../shared/distribution.ts'
import { definitionOf } from './alarms/alarm-rows.ts'
import { dimensionsOf } from './metrics/metrics.ts'
import type { AlarmRow, MetricRow } from './schema.ts'
import { fetchMetrics } from './metrics/sources.ts'

/** An alarm as `/_fakecloud/cloudwatch/alarms` shows it. */
export type AlarmView = {
  accountId: string
  region: string
  name: string
  type: string
  state: string
  stateReason: string
  stateUpdatedTimestamp: string
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

export function alarms(ctx: Ctx): AlarmView[] {
  return ctx.sql.all<AlarmRow>('SELECT * FROM cloudwatch_alarms ORDER BY name').map(row => {
    const definition = definitionOf<In<'PutMetricAlarm'> & In<'PutCompositeAlarm'>>(row)
    return {
      accountId: ctx.place.account,
      region: ctx.place.region,
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
  })
}

/** A metric as `/_fakecloud/cloudwatch/metrics` shows it; `value` is the average of the latest minute. */
export type MetricView = {
  accountId: string
  region: string
  namespace: string
  metricName: string
  dimensions: { name: string; value: string }[]
  datapointCount: number
  latest: { timestamp: string; value?: number; unit?: string } | null
}

type Latest = { at: number; unit: string; distribution: string; count: number }

export async function metrics(ctx: Ctx): Promise<MetricView[]> {
  await fetchMetrics(ctx)
  return ctx.sql.all<MetricRow>('SELECT * FROM cloudwatch_metrics ORDER BY namespace, name, dimensions').map(row => {
    const latest = ctx.sql.first<Latest>(
      `SELECT at, unit, distribution, (SELECT COUNT(*) FROM cloudwatch_datapoints WHERE metric = ?1) AS count
       FROM cloudwatch_datapoints WHERE metric = ?1 ORDER BY at DESC LIMIT 1`,
      row.id,
    )
    return {
      accountId: ctx.place.account,
      region: ctx.place.region,
      namespace: row.namespace,
      metricName: row.name,
      dimensions: dimensionsOf(row.dimensions).map(({ Name, Value }) => ({ name: Name, value: Value })),
      datapointCount: latest?.count ?? 0,
      latest: latest
        ? { timestamp: new Date(latest.at).toISOString(), value: average(latest), unit: latest.unit }
        : null,
    }
  })
}

function average({ distribution }: Latest): number {
  const { sum, count } = readDistribution(JSON.parse(distribution) as StoredDistribution) // written by putDatapoint()
  return count === 0 ? 0 : sum / count
}
