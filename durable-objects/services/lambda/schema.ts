import type { Out } from '../../../aws/models/lambda.types.ts'

export type FunctionConfiguration = Out<'GetFunctionConfiguration'>

/** Append-only. */
export const migrations = [
  `
CREATE TABLE lambda_functions (
  name TEXT PRIMARY KEY, nextVersion INTEGER NOT NULL DEFAULT 1, reserved INTEGER,
  codeSigningConfigArn TEXT, recursiveLoop TEXT
) WITHOUT ROWID;
CREATE TABLE lambda_versions (
  name TEXT NOT NULL, number INTEGER NOT NULL, code TEXT, build TEXT NOT NULL, revisionId TEXT NOT NULL,
  runtimeManagement TEXT, configuration TEXT NOT NULL, PRIMARY KEY (name, number)
);
CREATE INDEX lambda_versions_code ON lambda_versions (code);
CREATE TABLE lambda_version_layers (
  name TEXT NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL, arn TEXT NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (name, number, position)
) WITHOUT ROWID;
CREATE INDEX lambda_version_layers_code ON lambda_version_layers (code);
CREATE TABLE lambda_aliases (
  name TEXT NOT NULL, alias TEXT NOT NULL, number INTEGER NOT NULL, description TEXT NOT NULL, weights TEXT,
  revisionId TEXT NOT NULL, PRIMARY KEY (name, alias)
) WITHOUT ROWID;
CREATE TABLE lambda_policies (
  name TEXT NOT NULL, qualifier TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (name, qualifier)
) WITHOUT ROWID;
CREATE TABLE lambda_archives (sha TEXT PRIMARY KEY, size INTEGER NOT NULL, unzippedSize INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lambda_archive_parts (sha TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (sha, part));
CREATE TABLE lambda_layers (layer TEXT PRIMARY KEY, nextVersion INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE lambda_layer_versions (
  layer TEXT NOT NULL, version INTEGER NOT NULL, code TEXT NOT NULL, created TEXT NOT NULL, description TEXT NOT NULL,
  license TEXT, runtimes TEXT, architectures TEXT, policy TEXT, policyRevision TEXT, PRIMARY KEY (layer, version)
) WITHOUT ROWID;
CREATE INDEX lambda_layer_versions_code ON lambda_layer_versions (code);
CREATE TABLE lambda_event_invoke_configs (
  name TEXT NOT NULL, qualifier TEXT NOT NULL, config TEXT NOT NULL, PRIMARY KEY (name, qualifier)
) WITHOUT ROWID;
CREATE TABLE lambda_function_urls (
  name TEXT NOT NULL, qualifier TEXT NOT NULL, id TEXT NOT NULL UNIQUE, config TEXT NOT NULL, PRIMARY KEY (name, qualifier)
) WITHOUT ROWID;
CREATE TABLE lambda_provisioned (
  name TEXT NOT NULL, qualifier TEXT NOT NULL, requested INTEGER NOT NULL, lastModified TEXT NOT NULL,
  PRIMARY KEY (name, qualifier)
) WITHOUT ROWID;
CREATE TABLE lambda_code_signing_configs (arn TEXT PRIMARY KEY, config TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE lambda_events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, qualifier TEXT, source TEXT NOT NULL,
  traceId TEXT NOT NULL, clientContext TEXT, received INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 1, due INTEGER,
  payload BLOB NOT NULL
);
CREATE INDEX lambda_events_name ON lambda_events (name);
CREATE TABLE lambda_invocations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, functionArn TEXT NOT NULL, requestId TEXT NOT NULL,
  traceId TEXT NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL, durationMs REAL NOT NULL, cold INTEGER NOT NULL,
  status TEXT NOT NULL, bytes INTEGER NOT NULL, result TEXT, error TEXT, logTail TEXT NOT NULL, payload TEXT NOT NULL
);`,
  `
ALTER TABLE lambda_events ADD COLUMN faults INTEGER NOT NULL DEFAULT 0;
DROP INDEX lambda_events_name;
CREATE INDEX lambda_events_waiting ON lambda_events (name, seq, id) WHERE due IS NULL;
CREATE TABLE lambda_invocation_parts (
  seq INTEGER NOT NULL, field TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (seq, field, part)
);
CREATE INDEX lambda_functions_reserved ON lambda_functions (reserved) WHERE reserved IS NOT NULL;`,
  `
ALTER TABLE lambda_events ADD COLUMN trace TEXT;
CREATE TABLE lambda_mappings (
  uuid TEXT PRIMARY KEY, name TEXT NOT NULL, qualifier TEXT, source TEXT NOT NULL, enabled INTEGER NOT NULL,
  settings TEXT NOT NULL, modified INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX lambda_mappings_name ON lambda_mappings (name);`,
  `CREATE TABLE lambda_origins (seq INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL UNIQUE);`,
  // Zips become blobs. Of the runs so far, those whose texts were long leave the log.
  `
ALTER TABLE lambda_archives ADD COLUMN blob INTEGER;
UPDATE lambda_archives SET blob = (SELECT COALESCE(MAX(id), 0) FROM _blobs)
  + (SELECT COUNT(*) FROM lambda_archives AS others WHERE others.sha <= lambda_archives.sha);
INSERT INTO _blobs (id, size, refs, service) SELECT blob, size, 1, 'lambda' FROM lambda_archives;
INSERT INTO _chunks (id, data)
  SELECT blob * 1048576 + part, bytes FROM lambda_archive_parts JOIN lambda_archives USING (sha);
DROP TABLE lambda_archive_parts;
ALTER TABLE lambda_invocations ADD COLUMN blob INTEGER;
DELETE FROM lambda_invocations WHERE seq IN (SELECT seq FROM lambda_invocation_parts);
DROP TABLE lambda_invocation_parts;`,
]

/** A function's own properties; those of its code and configuration are its versions'. */
export type FunctionRow = {
  name: string
  nextVersion: number
  /** ReservedConcurrentExecutions; null: draws on the account's. */
  reserved: number | null
  codeSigningConfigArn: string | null
  recursiveLoop: string | null
}

/** The number under which `$LATEST` is kept beside the published versions. */
export const LATEST = 0

export type VersionRow = {
  name: string
  number: number
  /** SHA-256 of the zip in hexadecimal; null for an image. */
  code: string | null
  /** Changes with code and configuration alone: what sandboxes and publishing go by. */
  build: string
  revisionId: string
  /** JSON of the runtime management configuration; null: the default. */
  runtimeManagement: string | null
  /** JSON of a StoredConfiguration. */
  configuration: string
}

export type AliasRow = {
  name: string
  alias: string
  /** The main version. */
  number: number
  description: string
  /** JSON of one other version's share, by its name: `{"2":0.1}`; null: all goes to the main version. */
  weights: string | null
  revisionId: string
}

/** An asynchronous invocation that has not ended. Times in milliseconds of the namespace's clock. */
export type EventRow = {
  seq: number
  /** The request id, the same for all tries. */
  id: string
  name: string
  qualifier: string | null
  source: string
  traceId: string
  clientContext: string | null
  /** When it was accepted. */
  received: number
  /** From 1. */
  attempt: number
  /** How often the service could not run this try. */
  faults: number
  /** When it is to be tried again; null: now. */
  due: number | null
  payload: string
  /** The X-Amzn-Trace-Id by which it came. */
  trace: string | null
}

/** An event source mapping. */
export type MappingRow = {
  uuid: string
  /** The function, and the version or alias of it. */
  name: string
  qualifier: string | null
  /** ARN of the event source. */
  source: string
  enabled: number
  /** JSON of MappingSettings. */
  settings: string
  /** Milliseconds of the namespace's clock. */
  modified: number
}

/** What a version keeps of its FunctionConfiguration; the rest are columns. Sizes as AWS has them: MB and seconds. */
export type StoredConfiguration = Omit<
  FunctionConfiguration,
  'FunctionName' | 'FunctionArn' | 'Version' | 'RevisionId'
> & {
  Role: string
  Timeout: number
  MemorySize: number
  PackageType: 'Zip' | 'Image'
  LastModified: string
  ImageUri?: string | undefined
}

/** A version's name as AWS writes it. */
export function versionName(number: number): string {
  return number === LATEST ? '$LATEST' : String(number)
}
