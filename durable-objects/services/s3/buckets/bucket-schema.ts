/** A bucket's own row. `created` is in epoch milliseconds. */
export type BucketRow = {
  name: string
  owner: string
  region: string
  created: number
  versioning: '' | 'Enabled' | 'Suspended'
  mfaDelete: '' | 'Enabled' | 'Disabled'
  objectLock: number
  /** `creating` and `deleting`: the account's index does not agree yet, and to everyone else the bucket is not there. */
  state: 'creating' | 'ready' | 'deleting'
}

export const bucketMigrations: readonly string[] = [
  `
CREATE TABLE s3_bucket (
  one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL, owner TEXT NOT NULL, region TEXT NOT NULL,
  created INTEGER NOT NULL, versioning TEXT NOT NULL DEFAULT '', mfaDelete TEXT NOT NULL DEFAULT '',
  objectLock INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'creating', sequence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE s3_bucket_configuration (
  kind TEXT NOT NULL, id TEXT NOT NULL DEFAULT '', document TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE s3_notified (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, eventType TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE s3_owned_buckets (name TEXT PRIMARY KEY, region TEXT NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;`,
]

/** The number behind the last event's sequencer: it changes with each, and the bucket's row with none. */
export const sequenceMigration = `
CREATE TABLE s3_sequence (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
INSERT INTO s3_sequence SELECT 1, COALESCE(MAX(sequence), 0) FROM s3_bucket;`
