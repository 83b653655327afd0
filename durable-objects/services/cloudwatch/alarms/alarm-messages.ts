import { own } from '../../../../aws/own.ts'
import type { In, MetricDataQuery } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { alarmArn, definitionOf } from './alarm-rows.ts'
import type { StateChange } from './alarm-state.ts'
import { queriesOf } from './alarm-queries.ts'
import { isoTime } from './reasons.ts'
import { REGION_NAMES } from '../dashboards/region-names.data.ts'
import type { AlarmRow, StateValue } from '../schema.ts'

type Metric = In<'PutMetricAlarm'>
type Composite = In<'PutCompositeAlarm'>

const regionName = ({ place: { region } }: Ctx) => own(REGION_NAMES, region) ?? region
const MOST_SUBJECT = 100

/** `ALARM: "orders late" in US East (N. Virginia)` */
export function subjectOf(ctx: Ctx, row: AlarmRow, { after }: StateChange): string {
  return `${after.state}: "${row.name}" in ${regionName(ctx)}`.replace(/[^\x20-\x7e]/g, '?').slice(0, MOST_SUBJECT)
}

/** What an SNS topic gets, but for what it is triggered by. */
export function notification(ctx: Ctx, row: AlarmRow, { before, after }: StateChange): Record<string, unknown> {
  const definition = definitionOf<Metric | Composite>(row)
  const common = {
    AlarmName: row.name,
    AlarmDescription: definition.AlarmDescription ?? null,
    AWSAccountId: ctx.place.account,
    AlarmConfigurationUpdatedTimestamp: isoTime(row.configuredAt),
    NewStateValue: after.state,
    NewStateReason: after.reason,
    StateChangeTime: isoTime(after.at),
    Region: regionName(ctx),
    AlarmArn: alarmArn(ctx, row.name),
    OldStateValue: before.state,
    OKActions: definition.OKActions ?? [],
    AlarmActions: definition.AlarmActions ?? [],
    InsufficientDataActions: definition.InsufficientDataActions ?? [],
  }
  if (row.type === 'MetricAlarm') return { ...common, Trigger: triggerOf(definitionOf<Metric>(row)) }
  const { triggeringAlarms = [] } = JSON.parse(after.reasonData ?? '{}') as { triggeringAlarms?: Triggering[] } // ours
  return {
    ...common,
    AlarmRule: definitionOf<Composite>(row).AlarmRule,
    TriggeringChildren: triggeringAlarms.map(({ arn, state }) => ({
      Arn: arn,
      State: { Value: state.value, Timestamp: state.timestamp },
    })),
  }
}

type Triggering = { arn: string; state: { value: string; timestamp: string } }

const STATISTICS: Record<string, string> = {
  Average: 'AVERAGE',
  Maximum: 'MAXIMUM',
  Minimum: 'MINIMUM',
  SampleCount: 'SAMPLE_COUNT',
  Sum: 'SUM',
}

function triggerOf(definition: Metric): Record<string, unknown> {
  const { MetricName, Namespace, Statistic, ExtendedStatistic, Unit, Dimensions = [], Period } = definition
  const judging = {
    EvaluationPeriods: definition.EvaluationPeriods,
    ...(definition.DatapointsToAlarm !== undefined && { DatapointsToAlarm: definition.DatapointsToAlarm }),
    ComparisonOperator: definition.ComparisonOperator,
    Threshold: definition.Threshold,
    TreatMissingData: definition.TreatMissingData ?? '',
    EvaluateLowSampleCountPercentile: definition.EvaluateLowSampleCountPercentile ?? '',
  }
  if (definition.Metrics) {
    const first = definition.Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat
    return { Period: first?.Period ?? 60, ...judging, Metrics: definition.Metrics.map(queryOf) }
  }
  return {
    MetricName,
    Namespace,
    ...(ExtendedStatistic === undefined
      ? { StatisticType: 'Statistic', Statistic: STATISTICS[Statistic ?? ''] ?? Statistic }
      : { StatisticType: 'ExtendedStatistic', ExtendedStatistic }),
    Unit: Unit ?? null,
    Dimensions: Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
    Period,
    ...judging,
  }
}

function queryOf({ Id, Expression, Label, MetricStat, ReturnData = true }: MetricDataQuery): object {
  if (!MetricStat) return { Expression, Id, ...(Label && { Label }), ReturnData }
  const { Metric, Period, Stat } = MetricStat
  const Dimensions = (Metric.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name }))
  const metric = { Dimensions, MetricName: Metric.MetricName, Namespace: Metric.Namespace }
  return { Id, ...(Label && { Label }), MetricStat: { Metric: metric, Period, Stat }, ReturnData }
}

type AlarmEvent = Record<'source' | 'alarmArn' | 'accountId' | 'time' | 'region', string> & { alarmData: object }

/** What a function gets; EventBridge gets its `alarmData` as the detail. */
export function alarmEvent(ctx: Ctx, row: AlarmRow, { before, after }: StateChange): AlarmEvent {
  const { suppressedBy, suppressedReason } = row
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarmArn(ctx, row.name),
    accountId: ctx.place.account,
    time: isoTime(after.at),
    region: ctx.place.region,
    alarmData: {
      alarmName: row.name,
      state: {
        ...stateOf(after.state, after.reason, { data: after.reasonData, at: after.at }),
        ...(suppressedBy !== null && { actionsSuppressedBy: suppressedBy, actionsSuppressedReason: suppressedReason }),
      },
      previousState: stateOf(before.state, before.reason, { data: before.reasonData, at: before.updatedAt }),
      configuration: shortConfiguration(row),
    },
  }
}

function stateOf(value: StateValue, reason: string, { data, at }: { data: string | null; at: number }): object {
  return { value, reason, ...(data !== null && { reasonData: data }), timestamp: isoTime(at) }
}

function shortConfiguration(row: AlarmRow): object {
  const { AlarmDescription } = definitionOf<Metric | Composite>(row)
  const described = AlarmDescription === undefined ? {} : { description: AlarmDescription }
  if (row.type === 'MetricAlarm') return { ...described, metrics: queriesOf(definitionOf<Metric>(row)).map(metricOf) }
  const composite = definitionOf<Composite>(row)
  return {
    ...described,
    alarmRule: composite.AlarmRule,
    ...(composite.ActionsSuppressor !== undefined && {
      actionsSuppressor: composite.ActionsSuppressor,
      actionsSuppressorWaitPeriod: composite.ActionsSuppressorWaitPeriod,
      actionsSuppressorExtensionPeriod: composite.ActionsSuppressorExtensionPeriod,
    }),
  }
}

function metricOf({ Id, Expression, Label, MetricStat, ReturnData = true }: MetricDataQuery): object {
  const common = { id: Id, ...(Label && { label: Label }), returnData: ReturnData }
  if (!MetricStat) return { ...common, expression: Expression }
  const { Metric, Period, Stat, Unit } = MetricStat
  const dimensions = Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]))
  const metric = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions }
  return { ...common, metricStat: { metric, period: Period, stat: Stat, ...(Unit && { unit: Unit }) } }
}

/** The detail of a configuration change. */
export function configurationOf(row: AlarmRow, operation: 'create' | 'update' | 'delete'): object {
  const definition = definitionOf<Metric & Composite>(row)
  const judging =
    row.type === 'CompositeAlarm'
      ? {}
      : {
          evaluationPeriods: definition.EvaluationPeriods,
          threshold: definition.Threshold,
          comparisonOperator: definition.ComparisonOperator,
          treatMissingData: definition.TreatMissingData ?? 'missing',
        }
  return {
    alarmName: row.name,
    operation,
    state: stateOf(row.state, row.reason, { data: row.reasonData, at: row.updatedAt }),
    configuration: {
      ...judging,
      ...shortConfiguration(row),
      alarmName: row.name,
      actionsEnabled: row.actionsEnabled === 1,
      timestamp: isoTime(row.configuredAt),
      okActions: definition.OKActions ?? [],
      alarmActions: definition.AlarmActions ?? [],
      insufficientDataActions: definition.InsufficientDataActions ?? [],
    },
  }
}
