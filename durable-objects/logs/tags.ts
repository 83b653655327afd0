import type { Operations } from '../../worker/models/logs.types.ts'
import type { Ctx } from '../operation.ts'
import { AwsError } from '../shared/errors.ts'
import { findGroup, groupArn, nameOfArn } from './find-group.ts'
import { invalidParameter, notFound } from './refusals.ts'
import type { GroupRow } from './schema.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']
type Tags = Record<string, string>

const MAX_TAGS = 50

export function tagsOf(ctx: Ctx, group: number): Tags {
  const rows = ctx.sql.all<{ key: string; value: string }>(
    'SELECT key, value FROM tags WHERE logGroup = ? ORDER BY key',
    group,
  )
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

export function writeTags(ctx: Ctx, group: number, tags: Tags): void {
  for (const [key, value] of Object.entries(tags)) {
    ctx.sql.run('INSERT OR REPLACE INTO tags (logGroup, key, value) VALUES (?, ?, ?)', group, key, value)
  }
}

function addTags(ctx: Ctx, group: GroupRow, tags: Tags): void {
  if (Object.keys({ ...tagsOf(ctx, group.id), ...tags }).length > MAX_TAGS) {
    const resourceName = groupArn(ctx, group.name)
    throw new AwsError('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`, 0, {
      resourceName,
    })
  }
  writeTags(ctx, group.id, tags)
}

function removeTags(ctx: Ctx, group: number, keys: readonly string[]): void {
  for (const key of keys) ctx.sql.run('DELETE FROM tags WHERE logGroup = ? AND key = ?', group, key)
}

/** The log group of a tagging operation's ARN, which has no `:*` at its end. */
function findByArn(ctx: Ctx, arn: string): GroupRow {
  if (!arn.startsWith('arn:')) throw invalidParameter(`The specified resource ARN is invalid: ${arn}`)
  const name = arn.endsWith('*') ? undefined : nameOfArn(ctx, arn)
  if (name === undefined) throw notFound('resource')
  return findGroup(ctx, name)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function TagResource(ctx: Ctx, input: In<'TagResource'>): void {
  addTags(ctx, findByArn(ctx, input.resourceArn), input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function UntagResource(ctx: Ctx, input: In<'UntagResource'>): void {
  removeTags(ctx, findByArn(ctx, input.resourceArn).id, input.tagKeys)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function ListTagsForResource(ctx: Ctx, input: In<'ListTagsForResource'>): Out<'ListTagsForResource'> {
  return { tags: tagsOf(ctx, findByArn(ctx, input.resourceArn).id) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export function TagLogGroup(ctx: Ctx, input: In<'TagLogGroup'>): void {
  addTags(ctx, findGroup(ctx, input.logGroupName), input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export function UntagLogGroup(ctx: Ctx, input: In<'UntagLogGroup'>): void {
  removeTags(ctx, findGroup(ctx, input.logGroupName).id, input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export function ListTagsLogGroup(ctx: Ctx, input: In<'ListTagsLogGroup'>): Out<'ListTagsLogGroup'> {
  return { tags: tagsOf(ctx, findGroup(ctx, input.logGroupName).id) }
}
