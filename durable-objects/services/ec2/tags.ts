import { AwsError } from '../../../aws/errors.ts'
import type { Tag, TagSpecification } from '../../../aws/models/ec2.types.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { matcher, paging } from './filters.ts'
import { invalid, limited, notFound } from './refusals.ts'
import { type In, KINDS, type Kind, type Out } from './schema.ts'

const MOST_TAGS = 50
const MOST_KEY = 128
const MOST_VALUE = 256

type Given = { Key?: string | undefined; Value?: string | undefined }

function checkTag({ Key, Value = '' }: Given): void {
  if (!Key) throw invalid('Tag key cannot be empty')
  if (/^aws:/i.test(Key)) throw invalid(`Tag keys starting with 'aws:' are reserved for internal use`)
  if (Key.length > MOST_KEY) throw invalid(`Tag key exceeds the maximum length of ${MOST_KEY} characters`)
  if (Value.length > MOST_VALUE) throw invalid(`Tag value exceeds the maximum length of ${MOST_VALUE} characters`)
}

/** The tags that a request has for what it makes. */
export function specified(kind: Kind, specifications: TagSpecification[] = []): Tag[] {
  const tags: Tag[] = []
  for (const { ResourceType = '', Tags = [] } of specifications) {
    if (ResourceType !== kind)
      throw invalid(`'${ResourceType}' is not a valid taggable resource type for this operation.`)
    tags.push(...Tags)
  }
  for (const tag of tags) checkTag(tag)
  const keys = new Set(tags.map(({ Key }) => Key))
  if (keys.size < tags.length) throw invalid('Duplicate tag keys found. Please note that Tag keys are case sensitive.')
  return tags
}

export function writeTags(tx: Tx, resource: string, tags: readonly Given[]): void {
  for (const { Key = '', Value = '' } of tags) {
    tx.sql.run('INSERT OR REPLACE INTO ec2_tags (resource, key, value) VALUES (?, ?, ?)', resource, Key, Value)
  }
  if (tagsOf(tx, resource).length > MOST_TAGS) throw limited('Tag', 'Tags for a resource')
}

export const tagsOf = (ctx: Ctx, resource: string) =>
  ctx.sql.all<{ Key: string; Value: string }>(
    'SELECT key AS Key, value AS Value FROM ec2_tags WHERE resource = ? ORDER BY key',
    resource,
  )

/** @throws AwsError of its kind, where an id's prefix says which that is */
function checkTaggable(ctx: Ctx, id: string): void {
  if (ctx.sql.first('SELECT 1 FROM ec2_resources WHERE id = ?', id)) return
  const kinds = Object.keys(KINDS) as Kind[]
  const kind = kinds.find(each => KINDS[each].prefix === id.replace(/-[^-]*$/, ''))
  throw kind ? notFound(kind, id) : new AwsError('InvalidID', `The ID '${id}' is not valid`)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export function CreateTags(tx: Tx, { Resources, Tags }: In<'CreateTags'>): void {
  for (const tag of Tags) checkTag(tag)
  for (const id of Resources) checkTaggable(tx, id)
  for (const id of Resources) writeTags(tx, id, Tags)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export function DeleteTags(tx: Tx, { Resources, Tags }: In<'DeleteTags'>): void {
  for (const id of Resources) {
    checkTaggable(tx, id)
    if (!Tags) tx.sql.run('DELETE FROM ec2_tags WHERE resource = ?', id)
    for (const { Key = '', Value } of Tags ?? []) {
      const sql = 'DELETE FROM ec2_tags WHERE resource = ?1 AND key = ?2 AND (?3 IS NULL OR value = ?3)'
      tx.sql.run(sql, id, Key, Value ?? null)
    }
  }
}

type TagRow = { ResourceId: string; ResourceType: Kind; Key: string; Value: string }

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export function DescribeTags(ctx: Ctx, input: In<'DescribeTags'>): Out<'DescribeTags'> {
  const { rows, next } = listing<TagRow>(ctx, paging(input), {
    select: 'resource AS ResourceId, kind AS ResourceType, key AS Key, value AS Value, resource, key',
    from: 'ec2_tags JOIN ec2_resources ON id = resource',
    key: ['resource', 'key'],
    keep: matcher('key resource-id resource-type value', input.Filters, row => [row]),
  })
  return { Tags: rows, NextToken: next }
}
