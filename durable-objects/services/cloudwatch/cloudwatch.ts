import type { Handlers } from '../../kernel/object/operation.ts'
import { FetchMetrics, type SourceOperations } from './metrics/sources.ts'
import type { Operations } from '../../../aws/models/cloudwatch.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { ended } from './alarms/alarm-actions.ts'
import { noteData } from './alarms/alarm-timers.ts'
import { evaluateDue } from './alarms/evaluation.ts'
import * as views from './views.ts'
import { QUERY_CODES } from './refusals.ts'
import { migrations } from './schema.ts'
import { endSuppression } from './mutes/suppression.ts'
import * as alarmListings from './alarms/alarm-listings.ts'
import * as alarms from './alarms/alarms.ts'
import * as anomalyDetectors from './anomaly-detectors.ts'
import * as dashboards from './dashboards/dashboards.ts'
import * as history from './alarms/history.ts'
import * as insightRules from './insight-rules.ts'
import * as metricData from './metrics/metric-data.ts'
import * as metricListing from './metrics/metric-listing.ts'
import * as metricResults from './metrics/metric-results.ts'
import * as metricStatistics from './metrics/metric-statistics.ts'
import * as metricStreams from './streams/metric-streams.ts'
import * as muteRules from './mutes/mute-rules.ts'
import * as tags from './tags.ts'

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
/** PutMetricData's input as JSON, where times are text. */
function metricsOf(text: string): Record<string, unknown> {
  const revive = (key: string, value: unknown) => (key === 'Timestamp' ? new Date(String(value)) : value)
  return text === '' ? {} : (JSON.parse(text, revive) as Record<string, unknown>) // written by the source
}

export const cloudwatch: ServiceDefinition = {
  operations: operationsOf(
    'cloudwatch',
    alarmListings,
    alarms,
    anomalyDetectors,
    dashboards,
    history,
    insightRules,
    metricData,
    metricListing,
    metricResults,
    metricStatistics,
    metricStreams,
    muteRules,
    tags,
  ),
  migrations,
  timers: { evaluate: evaluateDue, suppression: endSuppression },
  internal: { FetchMetrics } satisfies Handlers<SourceOperations>,
  views,
  ended,
  onMetrics: noteData,
  target: { operation: 'PutMetricData', input: (_arn, _resource, { text }) => metricsOf(text) },
  wire: { validation: { code: 'ValidationError' }, queryCodes: QUERY_CODES },
}
