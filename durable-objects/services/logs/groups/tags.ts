import type { Operations } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import {
  destinationArn,
  destinationOfArn,
  destinationTags,
  findDestination,
  writeDestinationTags,
} from '../subscriptions/destinations.ts'
import { findGroup, groupArn, groupByName, nameOfArn } from './find-group.ts'
import { invalidParameter, notFound } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']
type Tags = Record<string, string>

const MAX_TAGS = 50

export function tagsOf(ctx: Ctx, group: number): Tags {
  const rows = ctx.sql.all<{ key: string; value: string }>(
    'SELECT key, value FROM logs_tags WHERE logGroup = ? ORDER BY key',
    group,
  )
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

export function writeTags(ctx: Tx, group: number, tags: Tags): void {
  for (const [key, value] of Object.entries(tags)) {
    ctx.sql.run('INSERT OR REPLACE INTO logs_tags (logGroup, key, value) VALUES (?, ?, ?)', group, key, value)
  }
}

/** The tags of the group that an operation is about, for conditions on them. */
export function groupTags(ctx: Ctx, _operation: string, input: Record<string, unknown>): Tags {
  const { logGroupName, logGroupIdentifier, resourceArn } = input
  const given = logGroupName ?? logGroupIdentifier ?? resourceArn
  if (typeof given !== 'string') return {}
  const name = given.startsWith('arn:') ? nameOfArn(ctx, given) : given
  const group = groupByName(ctx, name ?? '')
  return group ? tagsOf(ctx, group.id) : {}
}

/** What carries tags. */
type Tagged = { arn: string; tags: Tags; write(tags: Tags): void; remove(keys: readonly string[]): void }

function taggedGroup(ctx: Tx, { id, name }: GroupRow): Tagged {
  return {
    arn: groupArn(ctx, name),
    tags: tagsOf(ctx, id),
    write: tags => writeTags(ctx, id, tags),
    remove(keys) {
      for (const key of keys) ctx.sql.run('DELETE FROM logs_tags WHERE logGroup = ? AND key = ?', id, key)
    },
  }
}

function taggedDestination(ctx: Tx, name: string): Tagged {
  const tags = destinationTags(findDestination(ctx, name))
  return jsonTags(destinationArn(ctx, name), tags, all => writeDestinationTags(ctx, name, all))
}

/** Kinds of resources whose tags are one document, by their place in ARNs: the table and the column of what stands after it. */
const DOCUMENTED: Readonly<Record<string, [table: string, key: string]>> = {
  delivery: ['deliveries', 'id'],
  'delivery-source': ['delivery_sources', 'name'],
  'delivery-destination': ['delivery_destinations', 'name'],
  'anomaly-detector': ['anomaly_detectors', 'id'],
  'scheduled-query': ['scheduled_queries', 'id'],
}

function taggedDocument(ctx: Tx, arn: string): Tagged | undefined {
  const { account, region, resource = '' } = parseArn(arn) ?? {}
  const [kind = '', name = ''] = resource.split(':')
  const found = Object.hasOwn(DOCUMENTED, kind) ? DOCUMENTED[kind] : undefined
  if (!found || account !== ctx.place.account || region !== ctx.place.region) return undefined
  const [table, key] = found
  const row = ctx.sql.first<{ tags: string }>(`SELECT tags FROM logs_${table} WHERE ${key} = ?`, name)
  if (!row) throw notFound('resource')
  const tags = JSON.parse(row.tags) as Tags // written by the operation that made it, and here
  return jsonTags(arn, tags, all => {
    ctx.sql.run(`UPDATE logs_${table} SET tags = ? WHERE ${key} = ?`, JSON.stringify(all), name)
  })
}

/** Tags that are kept as one document. */
function jsonTags(arn: string, tags: Tags, write: (all: Tags) => void): Tagged {
  return {
    arn,
    tags,
    write: more => write({ ...tags, ...more }),
    remove: keys => write(Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))),
  }
}

function addTags({ arn, tags, write }: Tagged, more: Tags): void {
  if (Object.keys({ ...tags, ...more }).length > MAX_TAGS) {
    throw new AwsError('TooManyTagsException', `A resource can have no more than ${MAX_TAGS} tags.`, 0, {
      resourceName: arn,
    })
  }
  write(more)
}

/** What a tagging operation's ARN names; a log group's has no `:*` at its end. */
function findByArn(ctx: Tx, arn: string): Tagged {
  if (!arn.startsWith('arn:')) throw invalidParameter(`The specified resource ARN is invalid: ${arn}`)
  const destination = destinationOfArn(ctx, arn)
  if (destination !== undefined) return taggedDestination(ctx, destination)
  const documented = taggedDocument(ctx, arn)
  if (documented) return documented
  const name = arn.endsWith('*') ? undefined : nameOfArn(ctx, arn)
  if (name === undefined) throw notFound('resource')
  return taggedGroup(ctx, findGroup(ctx, name))
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function TagResource(ctx: Tx, input: In<'TagResource'>): void {
  addTags(findByArn(ctx, input.resourceArn), input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function UntagResource(ctx: Tx, input: In<'UntagResource'>): void {
  findByArn(ctx, input.resourceArn).remove(input.tagKeys)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function ListTagsForResource(ctx: Tx, input: In<'ListTagsForResource'>): Out<'ListTagsForResource'> {
  return { tags: findByArn(ctx, input.resourceArn).tags }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export function TagLogGroup(ctx: Tx, input: In<'TagLogGroup'>): void {
  addTags(taggedGroup(ctx, findGroup(ctx, input.logGroupName)), input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export function UntagLogGroup(ctx: Tx, input: In<'UntagLogGroup'>): void {
  taggedGroup(ctx, findGroup(ctx, input.logGroupName)).remove(input.tags)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export function ListTagsLogGroup(ctx: Ctx, input: In<'ListTagsLogGroup'>): Out<'ListTagsLogGroup'> {
  return { tags: tagsOf(ctx, findGroup(ctx, input.logGroupName).id) }
}
