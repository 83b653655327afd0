import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { seconds } from '../entities/entities.ts'
import { type Paged, type Paging, pageOfAll } from '../entities/listings.ts'
import type { Entity } from '../schema.ts'

/** What a user may have beside access keys, and what is kept of each. */
export type CredentialDetails = {
  ssh: { body: string; fingerprint: string }
  signing: { body: string }
  service: { service: string; userName: string; password: string; expiresAt?: number }
}

export type CredentialKind = keyof CredentialDetails

type Row = { id: string; kind: CredentialKind; user: string; status: string; createdAt: number; details: string }
export type Credential<K extends CredentialKind> = Omit<Row, 'details'> & { details: CredentialDetails[K] }

/** The kind tells the type of the details. */
const credentialOf = <K extends CredentialKind>(row: Row): Credential<K> => ({
  ...row,
  details: JSON.parse(row.details) as CredentialDetails[K],
})

export function credentialsOf<K extends CredentialKind>(
  ctx: Ctx,
  kind: K,
  { id }: Pick<Entity<'user'>, 'id'>,
): Credential<K>[] {
  const rows = ctx.sql.all<Row>('SELECT * FROM iam_credentials WHERE kind = ? AND user = ? ORDER BY id', kind, id)
  return rows.map(row => credentialOf<K>(row))
}

export function allCredentials<K extends CredentialKind>(ctx: Ctx, kind: K): Credential<K>[] {
  return ctx.sql
    .all<Row>('SELECT * FROM iam_credentials WHERE kind = ? ORDER BY id', kind)
    .map(row => credentialOf<K>(row))
}

export function findCredential<K extends CredentialKind>(ctx: Ctx, kind: K, id: string): Credential<K> | undefined {
  const row = ctx.sql.first<Row>('SELECT * FROM iam_credentials WHERE id = ? AND kind = ?', id, kind)
  return row && credentialOf<K>(row)
}

type NewCredential<K extends CredentialKind> = { id: string; kind: K; details: CredentialDetails[K] }

export function insertCredential<K extends CredentialKind>(
  ctx: Tx,
  user: Entity<'user'>,
  { id, kind, details }: NewCredential<K>,
): Credential<K> {
  const credential: Credential<K> = { id, kind, user: user.id, status: 'Active', createdAt: seconds(ctx), details }
  insert(ctx.sql, 'iam_credentials', {
    id,
    kind,
    user: credential.user,
    status: credential.status,
    createdAt: credential.createdAt,
    details: JSON.stringify(details),
  })
  return credential
}

export function setCredentialStatus(ctx: Tx, { id }: Pick<Row, 'id'>, status: string): void {
  ctx.sql.run('UPDATE iam_credentials SET status = ? WHERE id = ?', status, id)
}

export function deleteCredential(ctx: Tx, { id }: Pick<Row, 'id'>): void {
  ctx.sql.run('DELETE FROM iam_credentials WHERE id = ?', id)
}

/** One page of a user's credentials of a kind. */
export function pageOfCredentials<K extends CredentialKind>(
  ctx: Ctx,
  kind: K,
  { user, paging }: { user: Entity<'user'>; paging: Paging },
): { rows: Credential<K>[]; end: Paged } {
  return pageOfAll(ctx, paging, { rows: credentialsOf(ctx, kind, user), key: ({ id }) => id })
}
