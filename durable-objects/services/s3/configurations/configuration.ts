import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'

/** What a bucket keeps a document of. Those that AWS keeps many of have an id each. */
export type ConfigurationKind =
  | 'abac'
  | 'accelerate'
  | 'acl'
  | 'analytics'
  | 'cors'
  | 'encryption'
  | 'intelligent-tiering'
  | 'inventory'
  | 'lifecycle'
  | 'logging'
  | 'metrics'
  | 'notification'
  | 'object-lock'
  | 'ownership'
  | 'policy'
  | 'public-access-block'
  | 'replication'
  | 'request-payment'
  | 'tagging'
  | 'website'

/**
 * A stored document, as it was put (timestamps as ISO text); undefined when there is none.
 * The caller names the document's type: the one that this kind was put with.
 */
export function configurationOf<Document>(ctx: Ctx, kind: ConfigurationKind, id = ''): Document | undefined {
  const query = 'SELECT document FROM s3_bucket_configuration WHERE kind = ? AND id = ?'
  return ctx.sql.kept('s3_bucket_configuration', `${kind} ${id}`, () => {
    const row = ctx.sql.first<{ document: string }>(query, kind, id)
    return row && (JSON.parse(row.document) as Document) // written by putConfiguration()
  })
}

export function putConfiguration(ctx: Tx, at: { kind: ConfigurationKind; id?: string }, document: unknown): void {
  replace(ctx.sql, 's3_bucket_configuration', { kind: at.kind, id: at.id ?? '', document: JSON.stringify(document) })
}

/** @returns whether there was one */
export function removeConfiguration(ctx: Tx, kind: ConfigurationKind, id = ''): boolean {
  ctx.sql.run('DELETE FROM s3_bucket_configuration WHERE kind = ? AND id = ?', kind, id)
  return ctx.sql.changes() > 0
}

/** A page of the documents of one kind, by id. */
export function configurationPage<Document>(
  ctx: Ctx,
  kind: ConfigurationKind,
  page: { after: string; limit: number },
): { id: string; document: Document }[] {
  const rows = ctx.sql.all<{ id: string; document: string }>(
    'SELECT id, document FROM s3_bucket_configuration WHERE kind = ? AND id > ? ORDER BY id LIMIT ?',
    kind,
    page.after,
    page.limit,
  )
  return rows.map(({ id, document }) => ({ id, document: JSON.parse(document) as Document }))
}
