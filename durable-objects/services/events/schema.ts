/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE events_buses (
  name TEXT PRIMARY KEY, settings TEXT NOT NULL, policy TEXT, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE events_rules (
  bus TEXT NOT NULL, name TEXT NOT NULL, description TEXT, pattern TEXT, schedule TEXT, state TEXT NOT NULL, roleArn TEXT,
  managedBy TEXT, createdBy TEXT NOT NULL, startedAt INTEGER NOT NULL, archive TEXT, PRIMARY KEY (bus, name)
) WITHOUT ROWID;
CREATE TABLE events_targets (
  bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, arn TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (bus, rule, id)
) WITHOUT ROWID;
CREATE INDEX events_targets_arn ON events_targets (arn, bus, rule);
CREATE TABLE events_history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, detailType TEXT NOT NULL,
  detail TEXT NOT NULL, bus TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE events_sent (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER NOT NULL, kind TEXT NOT NULL, arn TEXT NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE events_event_sources (
  name TEXT PRIMARY KEY, createdBy TEXT NOT NULL, createdAt INTEGER NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE events_partner_sources (
  name TEXT NOT NULL, account TEXT NOT NULL, createdAt INTEGER NOT NULL, PRIMARY KEY (name, account)
) WITHOUT ROWID;`,
  `
CREATE TABLE events_archives (
  name TEXT PRIMARY KEY, bus TEXT NOT NULL, description TEXT, pattern TEXT, retentionDays INTEGER NOT NULL, kms TEXT,
  createdAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE events_archived_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, archive TEXT NOT NULL, time INTEGER NOT NULL, at INTEGER NOT NULL,
  event TEXT NOT NULL, bytes INTEGER NOT NULL
);
CREATE INDEX events_archived_events_time ON events_archived_events (archive, time, seq);
CREATE INDEX events_archived_events_at ON events_archived_events (archive, at);
CREATE TABLE events_replays (
  name TEXT PRIMARY KEY, archive TEXT NOT NULL, description TEXT, destination TEXT NOT NULL, startTime INTEGER NOT NULL,
  endTime INTEGER NOT NULL, state TEXT NOT NULL, startedAt INTEGER NOT NULL, endedAt INTEGER, lastTime INTEGER,
  lastSeq INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE events_connections (
  name TEXT PRIMARY KEY, id TEXT NOT NULL, secretId TEXT NOT NULL, description TEXT, type TEXT NOT NULL,
  parameters TEXT NOT NULL, kms TEXT, state TEXT NOT NULL, reason TEXT, createdAt INTEGER NOT NULL,
  modifiedAt INTEGER NOT NULL, authorizedAt INTEGER, token TEXT, tokenUntil INTEGER
) WITHOUT ROWID;
CREATE TABLE events_api_destinations (
  name TEXT PRIMARY KEY, id TEXT NOT NULL, description TEXT, connectionArn TEXT NOT NULL, endpoint TEXT NOT NULL,
  method TEXT NOT NULL, rate INTEGER NOT NULL, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL,
  windowAt INTEGER NOT NULL DEFAULT 0, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE events_api_calls (
  id TEXT PRIMARY KEY, destination TEXT NOT NULL, rule TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
  event TEXT NOT NULL, label TEXT NOT NULL, traceId TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  firstAt INTEGER NOT NULL, due INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_api_calls_due ON events_api_calls (due);
CREATE TABLE events_endpoints (
  name TEXT PRIMARY KEY, id TEXT NOT NULL, document TEXT NOT NULL, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL
) WITHOUT ROWID;`,
  // Calls of API destinations are posts of the kernel's now, and so are their rates.
  `DROP TABLE events_api_calls;
ALTER TABLE events_api_destinations DROP COLUMN windowAt;
ALTER TABLE events_api_destinations DROP COLUMN used;`,
]

export type BusRow = {
  name: string
  /** JSON: BusSettings. */
  settings: string
  policy: string | null
  createdAt: number
  modifiedAt: number
}

export type RuleRow = {
  bus: string
  name: string
  description: string | null
  pattern: string | null
  schedule: string | null
  state: string
  roleArn: string | null
  managedBy: string | null
  /** The account that made it. */
  createdBy: string
  /** From when a rate counts. */
  startedAt: number
  /** The archive that a managed rule fills, in place of targets. */
  archive: string | null
}

export type TargetRow = {
  bus: string
  rule: string
  id: string
  arn: string
  /** JSON: the target as it was put. */
  document: string
}

/** An event as targets see it. */
export type BusEvent = {
  version: string
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  /** Of an event that comes out of an archive. */
  'replay-name'?: string
  resources: string[]
  detail: Record<string, unknown>
}

/** A partner's event source as its customer has it. */
export type EventSourceRow = { name: string; createdBy: string; createdAt: number; state: string }

/** The same as the partner has it: one row a customer. */
export type PartnerSourceRow = { name: string; account: string; createdAt: number }

export type ArchiveRow = {
  name: string
  bus: string
  description: string | null
  pattern: string | null
  /** 0: for ever. */
  retentionDays: number
  kms: string | null
  createdAt: number
}

export type ReplayRow = {
  name: string
  archive: string
  description: string | null
  /** JSON: ReplayDestination. */
  destination: string
  startTime: number
  endTime: number
  state: 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED'
  startedAt: number
  endedAt: number | null
  /** Time of the last event that was replayed, and its place in the archive. */
  lastTime: number | null
  lastSeq: number
}

export type ConnectionRow = {
  name: string
  /** What its ARN ends in. */
  id: string
  secretId: string
  description: string | null
  type: string
  /** JSON: the authorization parameters, secrets and all. */
  parameters: string
  kms: string | null
  state: string
  reason: string | null
  createdAt: number
  modifiedAt: number
  authorizedAt: number | null
  /** An OAuth access token, and how long it is good. */
  token: string | null
  tokenUntil: number | null
}

export type ApiDestinationRow = {
  name: string
  id: string
  description: string | null
  connectionArn: string
  endpoint: string
  method: string
  /** Calls a second. */
  rate: number
  createdAt: number
  modifiedAt: number
}

export type EndpointRow = {
  name: string
  id: string
  /** JSON: what was put. */
  document: string
  createdAt: number
  modifiedAt: number
}
