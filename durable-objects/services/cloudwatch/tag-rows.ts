import type { Tag } from '../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { invalidValue } from './refusals.ts'

const MOST = 50

export function checkTags(tags: readonly Tag[] = []): void {
  const keys = new Set(tags.map(({ Key }) => Key))
  if (keys.size < tags.length) throw invalidValue('Duplicate tag keys are not allowed.')
  if (tags.length > MOST) throw invalidValue(`A resource can have up to ${MOST} tags.`)
  if (tags.some(({ Key }) => Key.toLowerCase().startsWith('aws:'))) {
    throw invalidValue('Tag keys that begin with aws: are reserved.')
  }
}

export function writeTags(ctx: Tx, resource: string, tags: readonly Tag[] = []): void {
  for (const { Key, Value } of tags) {
    ctx.sql.run('INSERT OR REPLACE INTO cloudwatch_tags (resource, key, value) VALUES (?, ?, ?)', resource, Key, Value)
  }
}

export function readTags(ctx: Ctx, resource: string): Tag[] {
  return ctx.sql.all<Tag>(
    'SELECT key AS Key, value AS Value FROM cloudwatch_tags WHERE resource = ? ORDER BY key',
    resource,
  )
}

export function deleteTags(ctx: Tx, resource: string): void {
  ctx.sql.run('DELETE FROM cloudwatch_tags WHERE resource = ?', resource)
}
