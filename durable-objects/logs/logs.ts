import type { Operations } from '../../worker/models/logs.types.ts'
import type { Handlers, ServiceDefinition } from '../operation.ts'
import { DeleteAccountPolicy, DescribeAccountPolicies, PutAccountPolicy } from './account-policies.ts'
import {
  CreateDelivery,
  DeleteDelivery,
  deliveryConfig,
  DescribeDeliveries,
  GetDelivery,
  UpdateDeliveryConfiguration,
} from './deliveries.ts'
import {
  DeleteDeliveryDestination,
  DeleteDeliveryDestinationPolicy,
  DescribeDeliveryDestinations,
  GetDeliveryDestination,
  GetDeliveryDestinationPolicy,
  PutDeliveryDestination,
  PutDeliveryDestinationPolicy,
} from './delivery-destinations.ts'
import {
  DeleteDeliverySource,
  DescribeDeliverySources,
  GetDeliverySource,
  PutDeliverySource,
} from './delivery-sources.ts'
import { DescribeConfigurationTemplates } from './delivery-templates.ts'
import { DeleteDestination, DescribeDestinations, PutDestination, PutDestinationPolicy } from './destinations.ts'
import { AssociateKmsKey, DisassociateKmsKey } from './encryption.ts'
import { PutLogEvents } from './events.ts'
import { onExport } from './export-runs.ts'
import { CancelExportTask, CreateExportTask, DescribeExportTasks } from './export-tasks.ts'
import { GetLogGroupFields } from './group-fields.ts'
import { DescribeLogGroups, ListLogGroups } from './group-listings.ts'
import { CreateLogGroup, DeleteLogGroup, PutLogGroupDeletionProtection } from './groups.ts'
import { DeleteIndexPolicy, DescribeIndexPolicies, fieldIndexes, PutIndexPolicy } from './index-policies.ts'
import { endSession, onTailTimeout, StartLiveTail } from './live-tail.ts'
import { DeleteMetricFilter, DescribeMetricFilters, PutMetricFilter, TestMetricFilter } from './metric-filters.ts'
import { DeleteResourcePolicy, DescribeResourcePolicies, PutResourcePolicy, resourcePolicy } from './policies.ts'
import { DescribeQueries, GetQueryResults, onQueryExpiry, StartQuery, StopQuery } from './queries.ts'
import { DeleteQueryDefinition, DescribeQueryDefinitions, PutQueryDefinition } from './query-definitions.ts'
import { failInterrupted } from './query-runs.ts'
import { GetLogRecord } from './records.ts'
import { DeleteRetentionPolicy, onRetention, PutRetentionPolicy } from './retention.ts'
import { migrations } from './schema.ts'
import { CheckDestination, ForwardSubscription, type ForwardingOperations } from './forwarding.ts'
import { FilterLogEvents } from './search.ts'
import { GetLogEvents } from './stream-reading.ts'
import { CreateLogStream, DeleteLogStream, DescribeLogStreams } from './streams.ts'
import { DeleteSubscriptionFilter, DescribeSubscriptionFilters, PutSubscriptionFilter } from './subscription-filters.ts'
import { onSweep } from './sweep.ts'
import {
  ListTagsForResource,
  ListTagsLogGroup,
  TagLogGroup,
  TagResource,
  UntagLogGroup,
  UntagResource,
  groupTags,
} from './tags.ts'
import { OpenDeliveryDestination, ShipVendedLogs, VendLogs, type VendingOperations } from './vended-logs.ts'

/**
 * CloudWatch Logs.
 *
 * Known gaps. Not there, answering 501: anomaly detectors, bearer tokens, data protection of single groups, deliveries
 * and their sources and destinations, DescribeFieldIndexes, export and import tasks, integrations, lookup tables,
 * scheduled queries, storage tiers, syslog configurations, transformers; of account policies those for transformers,
 * metric extraction and retention; of queries the languages SQL and PPL, and of Insights' own the commands and
 * functions that insights/commands.ts and insights/functions.ts do not name.
 * Metric filters are kept and validated but do nothing yet, and no data is masked. Subscription filters may send to SQS
 * too, which AWS's do not; a queue of the same account needs no policy for it. An account's subscription policy never
 * sends a function its own log, where AWS only warns of the loop. A KMS key is kept by its ARN: it is
 * neither looked up nor used. Resource policies are asked when EventBridge writes; other services write without. Linked
 * accounts
 * (cross-account observability) do not exist. Page tokens do not expire. A log record's pointer is the event's id. An
 * object that is killed fails the queries it was running, and ends its live tail sessions.
 */
export const logs: ServiceDefinition = {
  operations: {
    AssociateKmsKey,
    CancelExportTask,
    CheckDestination,
    CreateDelivery,
    CreateExportTask,
    CreateLogGroup,
    CreateLogStream,
    DeleteAccountPolicy,
    DeleteDelivery,
    DeleteDeliveryDestination,
    DeleteDeliveryDestinationPolicy,
    DeleteDeliverySource,
    DeleteDestination,
    DeleteIndexPolicy,
    DeleteLogGroup,
    DeleteLogStream,
    DeleteMetricFilter,
    DeleteQueryDefinition,
    DeleteResourcePolicy,
    DeleteRetentionPolicy,
    DeleteSubscriptionFilter,
    DescribeAccountPolicies,
    DescribeConfigurationTemplates,
    DescribeDeliveries,
    DescribeDeliveryDestinations,
    DescribeDeliverySources,
    DescribeDestinations,
    DescribeExportTasks,
    DescribeIndexPolicies,
    DescribeLogGroups,
    DescribeLogStreams,
    DescribeMetricFilters,
    DescribeQueries,
    DescribeQueryDefinitions,
    DescribeResourcePolicies,
    DescribeSubscriptionFilters,
    DisassociateKmsKey,
    FilterLogEvents,
    ForwardSubscription,
    GetDelivery,
    GetDeliveryDestination,
    GetDeliveryDestinationPolicy,
    GetDeliverySource,
    GetLogEvents,
    GetLogGroupFields,
    GetLogRecord,
    GetQueryResults,
    ListLogGroups,
    ListTagsForResource,
    ListTagsLogGroup,
    OpenDeliveryDestination,
    PutAccountPolicy,
    PutDeliveryDestination,
    PutDeliveryDestinationPolicy,
    PutDeliverySource,
    PutDestination,
    PutDestinationPolicy,
    PutIndexPolicy,
    PutLogEvents,
    PutLogGroupDeletionProtection,
    PutMetricFilter,
    PutQueryDefinition,
    PutResourcePolicy,
    PutRetentionPolicy,
    PutSubscriptionFilter,
    ShipVendedLogs,
    StartLiveTail,
    StartQuery,
    StopQuery,
    TagLogGroup,
    TagResource,
    TestMetricFilter,
    UntagLogGroup,
    UntagResource,
    UpdateDeliveryConfiguration,
    VendLogs,
  } satisfies Handlers<Operations & ForwardingOperations & VendingOperations>,
  migrations,
  timers: { export: onExport, liveTail: onTailTimeout, query: onQueryExpiry, retention: onRetention, sweep: onSweep },
  introspections: { deliveryConfig, fieldIndexes },
  abandoned: { StartLiveTail: endSession },
  onWake: failInterrupted,
  resourceTags: groupTags,
  resourcePolicy,
  wire: { validation: { code: 'InvalidParameterException', dialect: 'coral' } },
}
