/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE cloudwatch_metrics (
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL,
  lastAt INTEGER NOT NULL, entity TEXT, UNIQUE (namespace, name, dimensions)
);
CREATE TABLE cloudwatch_datapoints (
  metric INTEGER NOT NULL, at INTEGER NOT NULL, unit TEXT NOT NULL, source TEXT NOT NULL, distribution TEXT NOT NULL,
  PRIMARY KEY (metric, at, unit, source)
) WITHOUT ROWID;
CREATE TABLE cloudwatch_sources (object TEXT PRIMARY KEY, epoch TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cloudwatch_alarms (
  name TEXT PRIMARY KEY, type TEXT NOT NULL, definition TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  reasonData TEXT, evaluation TEXT, actionsEnabled INTEGER NOT NULL, configuredAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL, transitionedAt INTEGER NOT NULL, step INTEGER NOT NULL, nextAt INTEGER, suppressedBy TEXT,
  suppressedReason TEXT, pending TEXT
) WITHOUT ROWID;
CREATE TABLE cloudwatch_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL, item TEXT NOT NULL,
  summary TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX cloudwatch_history_alarm ON cloudwatch_history (alarm, id);
CREATE TABLE cloudwatch_resources (
  kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID;`,
]

export type MetricRow = {
  id: number
  namespace: string
  name: string
  /** JSON: pairs of name and value, by name. */
  dimensions: string
  /** Time of the latest datapoint. */
  lastAt: number
}

export type StateValue = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

export type AlarmRow = {
  name: string
  type: 'MetricAlarm' | 'CompositeAlarm'
  /** JSON: what was put, but for tags. */
  definition: string
  state: StateValue
  reason: string
  reasonData: string | null
  /** The EvaluationState, when the last evaluation was not a whole one. */
  evaluation: string | null
  actionsEnabled: number
  configuredAt: number
  updatedAt: number
  transitionedAt: number
  /** How often it is evaluated while there is data, in milliseconds. */
  step: number
  /** Of a metric alarm: when it is evaluated next; null when nothing can change before there is new data. */
  nextAt: number | null
  suppressedBy: string | null
  suppressedReason: string | null
  /** The change whose actions a suppressor holds back: JSON of a StateChange. */
  pending: string | null
}
