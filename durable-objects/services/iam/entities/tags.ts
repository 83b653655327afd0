import type { Tag } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { entityByArn, entityByName } from './entities.ts'
import { type Paged, type Paging, pageOf } from './listings.ts'
import { invalidInput, limitExceeded } from '../refusals.ts'
import type { Entity, Kind } from '../schema.ts'

const MAX_TAGS = 50

/** Refuses keys that are given twice, reserved, or too many; they have no case. */
export function checkTags(tags: readonly Tag[], present: readonly Tag[] = []): void {
  const keys = new Set<string>()
  for (const { Key } of tags) {
    const key = Key.toLowerCase()
    if (key.startsWith('aws:')) throw invalidInput('Tag keys that start with aws: are reserved for system use.')
    if (keys.has(key)) {
      throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
    }
    keys.add(key)
  }
  for (const { Key } of present) keys.add(Key.toLowerCase())
  if (keys.size > MAX_TAGS) throw limitExceeded('The number of tags has reached the maximum limit.')
}

export function tagsOf(ctx: Ctx, { id }: Pick<Entity, 'id'>): Tag[] {
  return ctx.sql.all<Tag>('SELECT key AS Key, value AS Value FROM iam_tags WHERE entity = ? ORDER BY key', id)
}

/** The tags of the user, role or policy that an operation is about, for conditions on them. */
export function entityTags(ctx: Ctx, _operation: string, input: Record<string, unknown>): Record<string, string> {
  const { RoleName, UserName, PolicyArn } = input
  const entity =
    typeof RoleName === 'string'
      ? entityByName(ctx, 'role', RoleName)
      : typeof UserName === 'string'
        ? entityByName(ctx, 'user', UserName)
        : entityByArn(ctx, 'policy', typeof PolicyArn === 'string' ? PolicyArn : '')
  return Object.fromEntries((entity ? tagsOf(ctx, entity) : []).map(({ Key, Value }) => [Key, Value]))
}

/** Writes tags that `checkTags` has passed. */
export function writeTags(ctx: Tx, { id }: Pick<Entity, 'id'>, tags: readonly Tag[] = []): void {
  for (const { Key, Value } of tags) {
    ctx.sql.run('INSERT OR REPLACE INTO iam_tags (entity, key, value) VALUES (?, ?, ?)', id, Key, Value)
  }
}

/** A tagged entity's `Tags`; none where it has none. */
export function shownTags(ctx: Ctx, entity: Pick<Entity, 'id'>): { Tags?: Tag[] } {
  const Tags = tagsOf(ctx, entity)
  return Tags.length > 0 ? { Tags } : {}
}

/** TagRole, TagUser and their like. */
export function tag(ctx: Tx, entity: Entity<Kind>, tags: readonly Tag[]): void {
  checkTags(tags, tagsOf(ctx, entity))
  writeTags(ctx, entity, tags)
}

export function untag(ctx: Tx, { id }: Entity<Kind>, keys: readonly string[]): void {
  for (const key of keys) ctx.sql.run('DELETE FROM iam_tags WHERE entity = ? AND key = ?', id, key)
}

/** ListRoleTags and its like. */
export function listTags(ctx: Ctx, { id }: Entity<Kind>, paging: Paging): { Tags: Tag[] } & Paged {
  const query = { select: 'key AS Key, value AS Value', from: 'iam_tags', where: { 'entity = ?': id }, key: 'Key' }
  const { rows, end } = pageOf<Tag>(ctx, paging, query)
  return { Tags: rows, ...end }
}
