import type { Operations } from '../../../aws/models/cloudwatch.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { ended } from './alarms/alarm-actions.ts'
import { DescribeAlarmContributors, DescribeAlarms, DescribeAlarmsForMetric } from './alarms/alarm-listings.ts'
import { noteData } from './alarms/alarm-timers.ts'
import {
  DeleteAlarms,
  DisableAlarmActions,
  EnableAlarmActions,
  PutCompositeAlarm,
  PutMetricAlarm,
  SetAlarmState,
} from './alarms/alarms.ts'
import { DeleteAnomalyDetector, DescribeAnomalyDetectors, PutAnomalyDetector } from './anomaly-detectors.ts'
import { DeleteDashboards, GetDashboard, ListDashboards, PutDashboard } from './dashboards/dashboards.ts'
import { evaluateDue } from './alarms/evaluation.ts'
import { DescribeAlarmHistory } from './alarms/history.ts'
import {
  DeleteInsightRules,
  DescribeInsightRules,
  DisableInsightRules,
  EnableInsightRules,
  PutInsightRule,
} from './insight-rules.ts'
import { PutMetricData } from './metrics/metric-data.ts'
import { ListMetrics } from './metrics/metric-listing.ts'
import { GetMetricData } from './metrics/metric-results.ts'
import { GetMetricStatistics } from './metrics/metric-statistics.ts'
import {
  DeleteMetricStream,
  GetMetricStream,
  ListMetricStreams,
  PutMetricStream,
  StartMetricStreams,
  StopMetricStreams,
} from './streams/metric-streams.ts'
import { FetchMetrics, type SourceOperations } from './metrics/sources.ts'
import { DeleteAlarmMuteRule, GetAlarmMuteRule, ListAlarmMuteRules, PutAlarmMuteRule } from './mutes/mute-rules.ts'
import { QUERY_CODES } from './refusals.ts'
import { migrations } from './schema.ts'
import { endSuppression } from './mutes/suppression.ts'
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts'
import * as views from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    cloudwatch: Operations & SourceOperations
  }
}

/**
 * CloudWatch metrics and alarms.
 *
 * Known gaps and choices. Not there, answering 501: images of widgets (nothing draws them), log alarms, alarms on PromQL
 * and with a warm-up, reports of insight rules and managed ones, datasets, OpenTelemetry enrichment, resource metrics,
 * query definitions.
 * - Alarms are evaluated on the whole minute (each ten seconds for shorter periods) on what was measured until then:
 *   AWS is a minute or two late. The range in which datapoints are looked for is two periods longer than the periods.
 * - An anomaly band is the mean of what is shown, give or take its deviation: no model is trained. Detectors are kept.
 * - Metric streams, insight rules and entities are kept and do nothing. Actions that a mute rule held back are not made
 *   up for at its end. Data keep their resolution for 455 days. Accounts are not linked.
 * - Metrics of objects that belong to no one region by name (S3 buckets) are not gathered.
 * - SERVICE_QUOTA, INSIGHT_RULE_METRIC, DB_PERF_INSIGHTS and LAMBDA are refused in expressions.
 */
const operations = {
  DeleteAlarmMuteRule,
  DeleteAlarms,
  DeleteAnomalyDetector,
  DeleteDashboards,
  DeleteInsightRules,
  DeleteMetricStream,
  DescribeAlarmContributors,
  DescribeAlarmHistory,
  DescribeAlarms,
  DescribeAlarmsForMetric,
  DescribeAnomalyDetectors,
  DescribeInsightRules,
  DisableAlarmActions,
  DisableInsightRules,
  EnableAlarmActions,
  EnableInsightRules,
  GetAlarmMuteRule,
  GetDashboard,
  GetMetricData,
  GetMetricStatistics,
  GetMetricStream,
  ListAlarmMuteRules,
  ListDashboards,
  ListMetrics,
  ListMetricStreams,
  ListTagsForResource,
  PutAlarmMuteRule,
  PutAnomalyDetector,
  PutCompositeAlarm,
  PutDashboard,
  PutInsightRule,
  PutMetricAlarm,
  PutMetricData,
  PutMetricStream,
  SetAlarmState,
  StartMetricStreams,
  StopMetricStreams,
  TagResource,
  UntagResource,
} satisfies Handlers<Operations>

/** PutMetricData's input as JSON, where times are text. */
function metricsOf(text: string): Record<string, unknown> {
  const revive = (key: string, value: unknown) => (key === 'Timestamp' ? new Date(String(value)) : value)
  return text === '' ? {} : (JSON.parse(text, revive) as Record<string, unknown>) // written by the source
}

export const cloudwatch: ServiceDefinition = {
  operations,
  migrations,
  timers: { evaluate: evaluateDue, suppression: endSuppression },
  internal: { FetchMetrics } satisfies Handlers<SourceOperations>,
  views,
  ended,
  onMetrics: noteData,
  target: { operation: 'PutMetricData', input: (_arn, _resource, { text }) => metricsOf(text) },
  wire: { validation: { code: 'ValidationError' }, queryCodes: QUERY_CODES },
}
