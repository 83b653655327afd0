import type { Operations } from '../../worker/models/logs.types.ts'
import type { Handlers, ServiceDefinition } from '../operation.ts'
import { AssociateKmsKey, DisassociateKmsKey } from './encryption.ts'
import { PutLogEvents } from './events.ts'
import { DescribeLogGroups, ListLogGroups } from './group-listings.ts'
import { CreateLogGroup, DeleteLogGroup, PutLogGroupDeletionProtection } from './groups.ts'
import { DeleteMetricFilter, DescribeMetricFilters, PutMetricFilter, TestMetricFilter } from './metric-filters.ts'
import { DeleteResourcePolicy, DescribeResourcePolicies, PutResourcePolicy } from './policies.ts'
import { GetLogRecord } from './records.ts'
import { DeleteRetentionPolicy, onRetention, PutRetentionPolicy } from './retention.ts'
import { migrations } from './schema.ts'
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
} from './tags.ts'

/**
 * CloudWatch Logs.
 *
 * Known gaps. Not there, answering 501: account policies, anomaly detectors, bearer tokens, data protection,
 * deliveries and their sources and destinations, destinations, export and import tasks, field indexes, integrations,
 * live tail, lookup tables, queries (Insights) with their definitions and schedules, storage tiers, syslog
 * configurations, transformers.
 * Metric and subscription filters are kept and validated but do not deliver yet, and a subscription's destination is
 * not tried when it is put. A KMS key is kept by its ARN: it is neither looked up nor used. Resource policies are kept;
 * services write without being asked for one. Linked accounts (cross-account observability) do not exist. Page tokens
 * do not expire after 24 hours. A log record's pointer is the event's id.
 */
export const logs: ServiceDefinition = {
  operations: {
    AssociateKmsKey,
    CreateLogGroup,
    CreateLogStream,
    DeleteLogGroup,
    DeleteLogStream,
    DeleteMetricFilter,
    DeleteResourcePolicy,
    DeleteRetentionPolicy,
    DeleteSubscriptionFilter,
    DescribeLogGroups,
    DescribeLogStreams,
    DescribeMetricFilters,
    DescribeResourcePolicies,
    DescribeSubscriptionFilters,
    DisassociateKmsKey,
    FilterLogEvents,
    GetLogEvents,
    GetLogRecord,
    ListLogGroups,
    ListTagsForResource,
    ListTagsLogGroup,
    PutLogEvents,
    PutLogGroupDeletionProtection,
    PutMetricFilter,
    PutResourcePolicy,
    PutRetentionPolicy,
    PutSubscriptionFilter,
    TagLogGroup,
    TagResource,
    TestMetricFilter,
    UntagLogGroup,
    UntagResource,
  } satisfies Handlers<Operations>,
  migrations,
  timers: { retention: onRetention, sweep: onSweep },
  wire: { validation: { code: 'InvalidParameterException', dialect: 'coral' } },
}
