/** Append-only. Times are epoch milliseconds of the namespace's clock. */
export const migrations: readonly string[] = [
  `
CREATE TABLE buses (
  name TEXT PRIMARY KEY, settings TEXT NOT NULL, policy TEXT, createdAt INTEGER NOT NULL, modifiedAt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE rules (
  bus TEXT NOT NULL, name TEXT NOT NULL, description TEXT, pattern TEXT, schedule TEXT, state TEXT NOT NULL, roleArn TEXT,
  managedBy TEXT, createdBy TEXT NOT NULL, startedAt INTEGER NOT NULL, archive TEXT, PRIMARY KEY (bus, name)
) WITHOUT ROWID;
CREATE TABLE targets (
  bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, arn TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (bus, rule, id)
) WITHOUT ROWID;
CREATE INDEX targets_arn ON targets (arn, bus, rule);
CREATE TABLE tags (arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)) WITHOUT ROWID;
CREATE TABLE history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, source TEXT NOT NULL, detailType TEXT NOT NULL,
  detail TEXT NOT NULL, bus TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE sent (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, arn TEXT NOT NULL, payload TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE TABLE event_sources (
  name TEXT PRIMARY KEY, createdBy TEXT NOT NULL, createdAt INTEGER NOT NULL, state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE partner_sources (
  name TEXT NOT NULL, account TEXT NOT NULL, createdAt INTEGER NOT NULL, PRIMARY KEY (name, account)
) WITHOUT ROWID;`,
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
  resources: string[]
  detail: Record<string, unknown>
  'replay-name'?: string
}

/** A partner's event source as its customer has it. */
export type EventSourceRow = { name: string; createdBy: string; createdAt: number; state: string }

/** The same as the partner has it: one row a customer. */
export type PartnerSourceRow = { name: string; account: string; createdAt: number }
