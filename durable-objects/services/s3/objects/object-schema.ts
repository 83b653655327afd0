import type { Grant, Tag } from '../../../../aws/models/s3.types.ts'
import type { HashAlgorithm } from '../../../shared/hash.ts'

/**
 * Append-only. Times are epoch milliseconds of the namespace's clock, sizes bytes. A key's versions are ordered by `seq`;
 * its newest is `latest`. A small body lies in its row, last, so that reading the rest does not touch it; a larger one
 * is a blob, and an assembled upload's is the blobs of its parts.
 */
export const objectMigrations: readonly string[] = [
  `
CREATE TABLE s3_objects (
  seq INTEGER PRIMARY KEY, key TEXT NOT NULL, versionId TEXT NOT NULL, latest INTEGER NOT NULL, marker INTEGER NOT NULL,
  modified INTEGER NOT NULL, noncurrentSince INTEGER, size INTEGER NOT NULL, etag TEXT NOT NULL, storageClass TEXT NOT NULL,
  owner TEXT NOT NULL, blob INTEGER, parts INTEGER, facts TEXT NOT NULL, body BLOB
);
CREATE INDEX s3_objects_key ON s3_objects (key, seq DESC);
CREATE INDEX s3_objects_current ON s3_objects (key) WHERE latest = 1 AND marker = 0;
CREATE INDEX s3_objects_version ON s3_objects (key, versionId) WHERE versionId <> 'null';
CREATE INDEX s3_objects_old_null ON s3_objects (key) WHERE versionId = 'null' AND latest = 0;
CREATE TABLE s3_object_parts (
  object INTEGER NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL, blob INTEGER NOT NULL,
  checksum TEXT, PRIMARY KEY (object, number)
) WITHOUT ROWID;
CREATE INDEX s3_object_parts_start ON s3_object_parts (object, start);
CREATE TABLE s3_uploads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, initiated INTEGER NOT NULL,
  owner TEXT NOT NULL, initiator TEXT NOT NULL, storageClass TEXT NOT NULL, checksumAlgorithm TEXT, checksumType TEXT,
  facts TEXT NOT NULL, done TEXT
);
CREATE INDEX s3_uploads_key ON s3_uploads (key, seq) WHERE done IS NULL;
CREATE TABLE s3_upload_parts (
  upload INTEGER NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
  blob INTEGER NOT NULL, algorithm TEXT, checksum TEXT, PRIMARY KEY (upload, number)
) WITHOUT ROWID;`,
]

/** A version of an object, or a delete marker, without its body. */
export type ObjectRow = {
  seq: number
  key: string
  /** `null` for what was written while the bucket kept no versions. */
  versionId: string
  latest: number
  marker: number
  modified: number
  noncurrentSince: number | null
  size: number
  /** Without quotes. */
  etag: string
  storageClass: string
  /** The account. */
  owner: string
  blob: number | null
  /** How many parts it was uploaded in. Null when its content is one piece, 0 when it is several of a copy. */
  parts: number | null
  /** JSON of ObjectFacts. */
  facts: string
  /** A small body, where it was asked for. */
  body?: ArrayBuffer | null
}

export const OBJECT_COLUMNS =
  'seq, key, versionId, latest, marker, modified, noncurrentSince, size, etag, storageClass, owner, blob, parts, facts'

export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

/** `value` is base64; a composite one ends in `-` and the number of parts. */
export type StoredChecksum = { algorithm: HashAlgorithm; value: string; type: ChecksumType }

/** Headers as they were put and are given back, by their names in the model. */
export type StoredHeaders = {
  CacheControl?: string | undefined
  ContentDisposition?: string | undefined
  ContentEncoding?: string | undefined
  ContentLanguage?: string | undefined
  ContentType?: string | undefined
  Expires?: string | undefined
  WebsiteRedirectLocation?: string | undefined
}

export type StoredEncryption = {
  ServerSideEncryption?: string | undefined
  SSEKMSKeyId?: string | undefined
  BucketKeyEnabled?: boolean | undefined
  SSECustomerAlgorithm?: string | undefined
  SSECustomerKeyMD5?: string | undefined
}

/** `until` is in epoch milliseconds. */
export type StoredRetention = { mode: 'GOVERNANCE' | 'COMPLIANCE'; until: number }

/** A restored copy of an archived object: there from `from` on (when the restoration is done) until `until`. */
export type StoredRestore = { from: number; until: number }

/** What is known of a version beside what listings show. */
export type ObjectFacts = {
  headers: StoredHeaders
  encryption: StoredEncryption
  metadata?: Record<string, string> | undefined
  checksum?: StoredChecksum | undefined
  tags?: Tag[] | undefined
  /** Undefined for the default: full control for the owner alone. */
  grants?: Grant[] | undefined
  retention?: StoredRetention | undefined
  legalHold?: 'ON' | 'OFF' | undefined
  restore?: StoredRestore | undefined
}

export function factsOf(row: { facts: string }): ObjectFacts {
  return JSON.parse(row.facts) as ObjectFacts // written by us
}

/** A part of an assembled object. `checksum` is base64. */
export type ObjectPartRow = {
  object: number
  number: number
  start: number
  size: number
  blob: number
  checksum: string | null
}

/** A multipart upload. `done` is the JSON of what its completion answered. */
export type UploadRow = {
  seq: number
  id: string
  key: string
  initiated: number
  owner: string
  /** ARN of who began it. */
  initiator: string
  storageClass: string
  checksumAlgorithm: HashAlgorithm | null
  checksumType: ChecksumType | null
  /** JSON of ObjectFacts. */
  facts: string
  done: string | null
}

/** A part of an upload under way. `checksum` is base64. */
export type UploadPartRow = {
  upload: number
  number: number
  size: number
  etag: string
  modified: number
  blob: number
  algorithm: HashAlgorithm | null
  checksum: string | null
}
