/** Append-only: what CloudWatch Logs does with events beside keeping them. */
export const ANALYSIS_MIGRATIONS: readonly string[] = [
  `
CREATE TABLE logs_data_protection (logGroup INTEGER PRIMARY KEY, document TEXT NOT NULL, since INTEGER NOT NULL, updatedAt INTEGER NOT NULL);
CREATE TABLE logs_transformers (logGroup INTEGER PRIMARY KEY, config TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL);
CREATE TABLE logs_anomaly_detectors (
  id TEXT PRIMARY KEY, settings TEXT NOT NULL, enabled INTEGER NOT NULL, createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE logs_anomalies (
  id TEXT PRIMARY KEY, detector TEXT NOT NULL, pattern TEXT NOT NULL, details TEXT NOT NULL, suppressed INTEGER,
  suppressedUntil INTEGER, baseline INTEGER NOT NULL DEFAULT 0, seenAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE logs_scheduled_queries (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, settings TEXT NOT NULL, createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE logs_scheduled_runs (
  scheduled TEXT NOT NULL, triggeredAt INTEGER NOT NULL, query TEXT, error TEXT, PRIMARY KEY (scheduled, triggeredAt)
) WITHOUT ROWID;`,
]

export type DataProtectionRow = {
  logGroup: number
  document: string
  /** When the group first had a policy: what came in before is not looked at. */
  since: number
  updatedAt: number
}

export type TransformerRow = {
  logGroup: number
  /** JSON: the processors, as they were put. */
  config: string
  createdAt: number
  updatedAt: number
}

export type AnomalyDetectorRow = {
  id: string
  /** JSON: CreateLogAnomalyDetector's input without tags. */
  settings: string
  /** 0 while it is paused. */
  enabled: number
  createdAt: number
  updatedAt: number
}

export type AnomalyRow = {
  id: string
  detector: string
  pattern: string
  /** JSON: logGroupArnList, patternString, priority. */
  details: string
  /** When it was suppressed, and until when; null for ever. */
  suppressed: number | null
  suppressedUntil: number | null
  baseline: number
  seenAt: number
}

export type ScheduledQueryRow = {
  id: string
  name: string
  /** JSON: CreateScheduledQuery's input without name and tags. */
  settings: string
  createdAt: number
  updatedAt: number
}

export type ScheduledRunRow = {
  scheduled: string
  triggeredAt: number
  /** The query's id. */
  query: string | null
  error: string | null
}
