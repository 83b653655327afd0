import type { In, MetricDataQuery } from '../../../../aws/models/cloudwatch.types.ts'

type Definition = In<'PutMetricAlarm'>

/** An alarm's queries: those that were put, or its one metric as a query. */
export function queriesOf(definition: Definition): MetricDataQuery[] {
  if (definition.Metrics) return definition.Metrics
  const { Namespace, MetricName, Dimensions, Period = 60, Unit } = definition
  const Stat = definition.Statistic ?? definition.ExtendedStatistic ?? 'Average'
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat, ...(Unit && { Unit }) }
  return [{ Id: 'm1', MetricStat, ReturnData: true }]
}

/** The period of the datapoints that an alarm judges, in seconds. */
export function periodOf(queries: readonly MetricDataQuery[]): number {
  const judged = queries.find(({ ReturnData }) => ReturnData !== false)
  const periods = queries.map(({ MetricStat }) => MetricStat?.Period ?? 0)
  return judged?.MetricStat?.Period ?? judged?.Period ?? (Math.max(0, ...periods) || 60)
}
