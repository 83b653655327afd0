import type { KeptText } from '../../kernel/blobs/texts.ts'

/** Append-only. Times are epoch milliseconds of the namespace's clock, in whole seconds, as IAM keeps them. */
export const migrations: readonly string[] = [
  `
CREATE TABLE iam_entities (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL, createdAt INTEGER NOT NULL,
  boundary TEXT, details TEXT NOT NULL, UNIQUE (kind, name)
);
CREATE INDEX iam_entities_boundary ON iam_entities (boundary, kind, name) WHERE boundary IS NOT NULL;
CREATE TABLE iam_inline_policies (
  entity TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (entity, name)
);
CREATE TABLE iam_attachments (
  entity TEXT NOT NULL, policyArn TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (entity, policyArn)
) WITHOUT ROWID;
CREATE INDEX iam_attachments_policy ON iam_attachments (policyArn, kind, entity);
CREATE TABLE iam_policy_versions (
  policy TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, createdAt INTEGER NOT NULL,
  PRIMARY KEY (policy, version)
);
CREATE TABLE iam_memberships (user TEXT NOT NULL, grp TEXT NOT NULL, PRIMARY KEY (user, grp)) WITHOUT ROWID;
CREATE INDEX iam_memberships_group ON iam_memberships (grp, user);
CREATE TABLE iam_profile_roles (profile TEXT PRIMARY KEY, role TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX iam_profile_roles_role ON iam_profile_roles (role);
CREATE TABLE iam_access_keys (
  id TEXT PRIMARY KEY, user TEXT NOT NULL, secret TEXT NOT NULL, status TEXT NOT NULL, createdAt INTEGER NOT NULL,
  usedAt INTEGER, usedService TEXT, usedRegion TEXT
) WITHOUT ROWID;
CREATE INDEX iam_access_keys_user ON iam_access_keys (user);
CREATE TABLE iam_account (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE iam_mfa_users (device TEXT PRIMARY KEY, user TEXT NOT NULL, enabledAt INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX iam_mfa_users_user ON iam_mfa_users (user);
CREATE TABLE iam_credentials (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, user TEXT NOT NULL, status TEXT NOT NULL, createdAt INTEGER NOT NULL,
  details TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX iam_credentials_user ON iam_credentials (kind, user);
CREATE TABLE iam_jobs (id TEXT PRIMARY KEY, createdAt INTEGER NOT NULL, details TEXT NOT NULL) WITHOUT ROWID;`,
]

/** What IAM keeps beside an entity's name and path. */
export type Details = {
  user: { password?: LoginPassword; passwordUsedAt?: number }
  group: Record<string, never>
  role: {
    trust: string
    description?: string
    /** Seconds. */
    maxSession: number
    usedAt?: number
    usedRegion?: string
    /** The service that a service-linked role belongs to. */
    service?: string
  }
  policy: { description?: string; defaultVersion: number; lastVersion: number; updatedAt: number }
  'instance-profile': Record<string, never>
  'server-certificate': { body: string; chain?: KeptText; expiresAt?: number }
  'saml-provider': { metadata: KeptText; validUntil: number; uuid: string; encryption?: string; keys: SamlKey[] }
  'oidc-provider': { url: string; clientIds: string[]; thumbprints: string[] }
  /** A virtual device; `seed` is base32. */
  mfa: { seed: string }
}

/** A console password: only what is needed to recognise it again. */
export type LoginPassword = { digest: string; createdAt: number; resetRequired: boolean }
export type SamlKey = { id: string; at: number }

export type Kind = keyof Details
/** Those who have policies. */
export type Grantee = 'user' | 'group' | 'role'

export type EntityRow = {
  id: string
  kind: Kind
  name: string
  path: string
  createdAt: number
  /** ARN of the permissions boundary. */
  boundary: string | null
  /** JSON. */
  details: string
}

export type Entity<K extends Kind = Kind> = Omit<EntityRow, 'kind' | 'details'> & { kind: K; details: Details[K] }

export type AccessKeyRow = {
  id: string
  user: string
  secret: string
  status: 'Active' | 'Inactive'
  createdAt: number
  usedAt: number | null
  usedService: string | null
  usedRegion: string | null
}

export type VersionRow = { policy: string; version: number; document: string; createdAt: number }
