import type { Ctx, Tx } from '../object/operation.ts'

/** Tags of every service's resources; a resource goes by its ARN, so that who lists by tag has what AWS answers. */
export const TAG_SCHEMA = `
CREATE TABLE _tags (
  service TEXT NOT NULL, resource TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (service, resource, key)
) WITHOUT ROWID;
CREATE INDEX _tags_tag ON _tags (service, key, value);`

export type Tag = { key: string; value: string }

type Reads = Pick<Ctx, 'sql' | 'service'>
type Writes = Pick<Tx, 'sql' | 'service'>

/** A resource's tags in the order in which they were set. */
export function readTags(ctx: Reads, resource: string): Tag[] {
  return ctx.sql.all<Tag>(
    'SELECT key, value FROM _tags WHERE service = ? AND resource = ? ORDER BY position',
    ctx.service,
    resource,
  )
}

/** Sets tags beside those that are there; a key that is there gets the new value. */
export function writeTags(ctx: Writes, resource: string, tags: readonly Tag[]): void {
  for (const { key, value } of tags) {
    ctx.sql.run(
      `INSERT INTO _tags (service, resource, key, value, position) VALUES (?1, ?2, ?3, ?4,
         (SELECT COALESCE(MAX(position), 0) + 1 FROM _tags WHERE service = ?1 AND resource = ?2))
       ON CONFLICT (service, resource, key) DO UPDATE SET value = excluded.value`,
      ctx.service,
      resource,
      key,
      value,
    )
  }
}

export function removeTags(ctx: Writes, resource: string, keys: readonly string[]): void {
  for (const key of keys) {
    ctx.sql.run('DELETE FROM _tags WHERE service = ? AND resource = ? AND key = ?', ctx.service, resource, key)
  }
}

/** All of a resource's tags go with it. */
export function dropTags(ctx: Writes, resource: string): void {
  ctx.sql.run('DELETE FROM _tags WHERE service = ? AND resource = ?', ctx.service, resource)
}

/** A resource has got another ARN, as a renamed user does. */
export function moveTags(ctx: Writes, from: string, to: string): void {
  ctx.sql.run('UPDATE _tags SET resource = ? WHERE service = ? AND resource = ?', to, ctx.service, from)
}

/** Values are alternatives; without any, the key alone decides. */
export type TagQuery = { service: string; key: string; values?: readonly string[] | undefined }

/** ARNs of a service's resources that have a tag, in their order after one of them. */
export function taggedResources(
  ctx: Pick<Ctx, 'sql'>,
  { service, key, values }: TagQuery,
  page: { after: string; limit: number },
): string[] {
  const rows = ctx.sql.all<{ resource: string }>(
    `SELECT resource FROM _tags
     WHERE service = ?1 AND key = ?2 AND resource > ?3 ${values ? 'AND value IN (SELECT value FROM json_each(?5))' : ''}
     ORDER BY resource LIMIT ?4`,
    service,
    key,
    page.after,
    page.limit,
    ...(values ? [JSON.stringify(values)] : []),
  )
  return rows.map(({ resource }) => resource)
}

/** All tags of a service's resources, for a listing of them. */
export const tagRows = ({ service }: Pick<Ctx, 'service'>) => ({
  select: 'resource, key, value',
  from: '_tags',
  where: { 'service = ?': service },
  key: ['resource', 'key'],
})
