import { ANALYSIS_MIGRATIONS } from './anomalies/analysis-schema.ts'
import { DELIVERY_MIGRATIONS } from './deliveries/delivery-schema.ts'

/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE logs_log_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, class TEXT NOT NULL, kmsKeyId TEXT, retentionInDays INTEGER,
  protected INTEGER NOT NULL, createdAt INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0, expiry INTEGER
);
CREATE TABLE logs_log_streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT, logGroup INTEGER NOT NULL, name TEXT NOT NULL, createdAt INTEGER NOT NULL,
  lastEventAt INTEGER NOT NULL DEFAULT 0, ingestedAt INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (logGroup, name)
);
CREATE INDEX logs_log_streams_last_event ON logs_log_streams (logGroup, lastEventAt, name);
CREATE TABLE logs_log_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, logGroup INTEGER NOT NULL, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  ingestedAt INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX logs_log_events_group ON logs_log_events (logGroup, timestamp);
CREATE INDEX logs_log_events_stream ON logs_log_events (stream, timestamp);
CREATE TABLE logs_metric_filters (
  logGroup INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, regexes INTEGER NOT NULL, metricName TEXT NOT NULL,
  metricNamespace TEXT NOT NULL, settings TEXT NOT NULL, createdAt INTEGER NOT NULL, PRIMARY KEY (logGroup, name)
) WITHOUT ROWID;
CREATE INDEX logs_metric_filters_name ON logs_metric_filters (name, logGroup);
CREATE TABLE logs_subscription_filters (
  logGroup INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, regexes INTEGER NOT NULL, settings TEXT NOT NULL,
  createdAt INTEGER NOT NULL, PRIMARY KEY (logGroup, name)
) WITHOUT ROWID;
CREATE TABLE logs_resource_policies (
  resource TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, revision TEXT NOT NULL, updatedAt INTEGER NOT NULL,
  PRIMARY KEY (resource, name)
) WITHOUT ROWID;`,
  `
CREATE TABLE logs_destinations (
  name TEXT PRIMARY KEY, targetArn TEXT NOT NULL, roleArn TEXT NOT NULL, accessPolicy TEXT, createdAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE logs_query_definitions (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, settings TEXT NOT NULL, modifiedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX logs_query_definitions_name ON logs_query_definitions (name, id);
CREATE TABLE logs_account_policies (
  type TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, selection TEXT, updatedAt INTEGER NOT NULL, PRIMARY KEY (type, name)
) WITHOUT ROWID;
CREATE TABLE logs_index_policies (
  logGroup INTEGER PRIMARY KEY, document TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, usedAt INTEGER NOT NULL
);
CREATE TABLE logs_queries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL, logGroups TEXT NOT NULL, status TEXT NOT NULL,
  startedAt INTEGER NOT NULL, endedAt INTEGER, matched INTEGER NOT NULL DEFAULT 0, scanned INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, results INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX logs_queries_status ON logs_queries (status);
CREATE TABLE logs_query_results (
  query INTEGER NOT NULL, place INTEGER NOT NULL, part INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (query, place, part)
) WITHOUT ROWID;`,
  ...DELIVERY_MIGRATIONS,
  ...ANALYSIS_MIGRATIONS,
  // What was too long for a row is a blob; results that lay in several rows are gone.
  `
ALTER TABLE logs_query_results ADD COLUMN blob INTEGER;
DELETE FROM logs_query_results WHERE (query, place) IN (SELECT query, place FROM logs_query_results WHERE part > 0);`,
]

export type LogGroupClass = 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY' | 'ESSENTIALS'

export type GroupRow = {
  id: number
  name: string
  class: LogGroupClass
  kmsKeyId: string | null
  retentionInDays: number | null
  /** 1 while deletion protection is on. */
  protected: number
  createdAt: number
  /** Of all events kept: their messages in UTF-8, and 26 for each. */
  bytes: number
  /** When the retention timer is due; null while nothing will expire. */
  expiry: number | null
}

export type StreamRow = {
  id: number
  logGroup: number
  name: string
  createdAt: number
  /** 0 until the first event. */
  lastEventAt: number
  /** When the last batch came in; 0 until the first. */
  ingestedAt: number
  /** As a group's. */
  bytes: number
}

export type EventRow = {
  /** Order of arrival. */
  seq: number
  logGroup: number
  stream: number
  timestamp: number
  ingestedAt: number
  message: string
}

export type MetricFilterRow = {
  logGroup: number
  name: string
  pattern: string
  /** Regular expressions in the pattern. */
  regexes: number
  metricName: string
  metricNamespace: string
  /** JSON: the filter's further members, as they were put. */
  settings: string
  createdAt: number
}

export type SubscriptionFilterRow = {
  logGroup: number
  name: string
  pattern: string
  regexes: number
  /** JSON: the filter's further members, as they were put. */
  settings: string
  createdAt: number
}

export type ResourcePolicyRow = {
  /** ARN of the log group, or empty for a policy of the account. */
  resource: string
  name: string
  document: string
  revision: string
  updatedAt: number
}

export type DestinationRow = {
  name: string
  targetArn: string
  roleArn: string
  accessPolicy: string | null
  createdAt: number
}

export type QueryDefinitionRow = {
  id: string
  name: string
  /** JSON: the definition's further members, as they were put. */
  settings: string
  modifiedAt: number
}

export type AccountPolicyRow = {
  type: string
  name: string
  document: string
  selection: string | null
  updatedAt: number
}

export type IndexPolicyRow = {
  logGroup: number
  document: string
  createdAt: number
  updatedAt: number
  /** When a query last named one of its fields; at first, when it was made. */
  usedAt: number
}

export type QueryRow = {
  seq: number
  id: string
  text: string
  /** JSON: the names of the log groups. */
  logGroups: string
  status: 'Running' | 'Complete' | 'Cancelled' | 'Failed'
  startedAt: number
  endedAt: number | null
  /** Events that passed the filters, and that were looked at, and the bytes of these. */
  matched: number
  scanned: number
  bytes: number
  /** Rows of results. */
  results: number
}
