import type { Operations, Tag } from '../../../aws/models/scheduler.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { findActiveGroup, findGroup } from './find-group.ts'
import { groupOfArn } from './names.ts'
import { invalid, noGroup } from './refusals.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const MOST_TAGS = 50

/** @throws AwsError for tags that no group can have */
export function checkTags(tags: readonly Tag[]): void {
  const keys = new Set(tags.map(({ Key }) => Key))
  if (keys.size < tags.length) throw invalid('Duplicate tag keys are not allowed.')
  if ([...keys].some(key => /^aws:/i.test(key))) throw invalid('Tag keys starting with "aws:" are reserved.')
  if (keys.size > MOST_TAGS) throw invalid(`A resource can have at most ${MOST_TAGS} tags.`)
}

export function writeTags(ctx: Tx, group: string, tags: readonly Tag[]): void {
  for (const { Key, Value } of tags) {
    ctx.sql.run('INSERT OR REPLACE INTO scheduler_tags (groupName, key, value) VALUES (?, ?, ?)', group, Key, Value)
  }
}

const tagsOf = (ctx: Ctx, group: string) =>
  ctx.sql.all<Tag>('SELECT key AS Key, value AS Value FROM scheduler_tags WHERE groupName = ? ORDER BY key', group)

function groupNamed(ctx: Ctx, arn: string): string {
  const name = groupOfArn(ctx.place, arn)
  if (name === undefined) throw noGroup(arn)
  return name
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListTagsForResource.html */
export function ListTagsForResource(ctx: Ctx, input: In<'ListTagsForResource'>): Out<'ListTagsForResource'> {
  const { name } = findGroup(ctx, groupNamed(ctx, input.ResourceArn))
  return { Tags: tagsOf(ctx, name) }
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
export function TagResource(ctx: Tx, input: In<'TagResource'>): Out<'TagResource'> {
  const { name } = findActiveGroup(ctx, groupNamed(ctx, input.ResourceArn))
  checkTags(input.Tags)
  const added = new Set(input.Tags.map(({ Key }) => Key))
  const kept = tagsOf(ctx, name).filter(({ Key }) => !added.has(Key))
  checkTags([...kept, ...input.Tags])
  writeTags(ctx, name, input.Tags)
  return {}
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UntagResource.html */
export function UntagResource(ctx: Tx, input: In<'UntagResource'>): Out<'UntagResource'> {
  const { name } = findActiveGroup(ctx, groupNamed(ctx, input.ResourceArn))
  for (const key of input.TagKeys) ctx.sql.run('DELETE FROM scheduler_tags WHERE groupName = ? AND key = ?', name, key)
  return {}
}
