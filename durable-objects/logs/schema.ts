/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE log_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, class TEXT NOT NULL, kmsKeyId TEXT, retentionInDays INTEGER,
  protected INTEGER NOT NULL, createdAt INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0, expiry INTEGER
);
CREATE TABLE tags (logGroup INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (logGroup, key)) WITHOUT ROWID;
CREATE TABLE log_streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT, logGroup INTEGER NOT NULL, name TEXT NOT NULL, createdAt INTEGER NOT NULL,
  lastEventAt INTEGER NOT NULL DEFAULT 0, ingestedAt INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (logGroup, name)
);
CREATE INDEX log_streams_last_event ON log_streams (logGroup, lastEventAt, name);
CREATE TABLE log_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, logGroup INTEGER NOT NULL, stream INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  ingestedAt INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE INDEX log_events_group ON log_events (logGroup, timestamp);
CREATE INDEX log_events_stream ON log_events (stream, timestamp);
CREATE TABLE metric_filters (
  logGroup INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, regexes INTEGER NOT NULL, metricName TEXT NOT NULL,
  metricNamespace TEXT NOT NULL, settings TEXT NOT NULL, createdAt INTEGER NOT NULL, PRIMARY KEY (logGroup, name)
) WITHOUT ROWID;
CREATE INDEX metric_filters_name ON metric_filters (name, logGroup);
CREATE TABLE subscription_filters (
  logGroup INTEGER NOT NULL, name TEXT NOT NULL, pattern TEXT NOT NULL, regexes INTEGER NOT NULL, settings TEXT NOT NULL,
  createdAt INTEGER NOT NULL, PRIMARY KEY (logGroup, name)
) WITHOUT ROWID;
CREATE TABLE resource_policies (
  resource TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, revision TEXT NOT NULL, updatedAt INTEGER NOT NULL,
  PRIMARY KEY (resource, name)
) WITHOUT ROWID;`,
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
