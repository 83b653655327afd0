import { arnOf } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { In, Out, Tag, TagSpecification } from '../../../aws/models/ec2.types.ts'
import { listing } from '../../kernel/listings/listings.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { atMost, keysWithin, notReserved, notTwice, valuesWithin } from '../../kernel/tags/rules.ts'
import { pairs, taggable } from '../../kernel/tags/taggable.ts'
import { tagRows } from '../../kernel/tags/tags.ts'
import { matcher, paging } from './filters.ts'
import { invalid, limited, notFound } from './refusals.ts'
import { type Kind, kindOf } from './schema.ts'

const MOST_TAGS = 50
const MOST_KEY = 128
const MOST_VALUE = 256

const tags = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    keysWithin(1, MOST_KEY, key =>
      invalid(key === '' ? 'Tag key cannot be empty' : `Tag key exceeds the maximum length of ${MOST_KEY} characters`),
    ),
    notReserved(() => invalid(`Tag keys starting with 'aws:' are reserved for internal use`)),
    valuesWithin(MOST_VALUE, () => invalid(`Tag value exceeds the maximum length of ${MOST_VALUE} characters`)),
    notTwice(() => invalid('Duplicate tag keys found. Please note that Tag keys are case sensitive.')),
    atMost(MOST_TAGS, () => limited('Tag', 'Tags for a resource')),
  ],
})

/** ARN of one of our resources. */
export const arnOfId = ({ place: { region, account } }: Ctx, id: string) =>
  arnOf({ service: 'ec2', region, account, resource: `${kindOf(id)}/${id}` })

export const tagsOf = (ctx: Ctx, id: string) => tags.read(ctx, arnOfId(ctx, id))
export const dropTags = (tx: Tx, id: string) => tags.drop(tx, arnOfId(tx, id))

/** Gives what is made the tags that its request has for it. */
export function tagNew(tx: Tx, id: string, specifications: TagSpecification[] = []) {
  const given: Tag[] = []
  for (const { ResourceType = '', Tags = [] } of specifications) {
    if (ResourceType !== kindOf(id)) {
      throw invalid(`'${ResourceType}' is not a valid taggable resource type for this operation.`)
    }
    given.push(...Tags)
  }
  tags.set(tx, arnOfId(tx, id), given)
  return tagsOf(tx, id)
}

/** @throws AwsError of its kind, where an id's prefix says which that is */
function checkTaggable(ctx: Ctx, id: string): void {
  if (ctx.sql.first('SELECT 1 FROM ec2_resources WHERE id = ?', id)) return
  const kind = kindOf(id)
  throw kind ? notFound(kind, id) : new AwsError('InvalidID', `The ID '${id}' is not valid`)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export function CreateTags(tx: Tx, { Resources, Tags }: In<'CreateTags'>): void {
  for (const id of Resources) tags.check(id, Tags)
  for (const id of Resources) checkTaggable(tx, id)
  for (const id of Resources) tags.add(tx, arnOfId(tx, id), Tags)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html: all, by key, or by key and value. */
export function DeleteTags(tx: Tx, { Resources, Tags }: In<'DeleteTags'>): void {
  for (const id of Resources) checkTaggable(tx, id)
  for (const id of Resources) {
    const asked = ({ Key, Value }: Tag) =>
      Tags?.some(tag => tag.Key === Key && (tag.Value === undefined || tag.Value === Value)) ?? true
    const keys = tagsOf(tx, id).filter(asked)
    tags.remove(
      tx,
      arnOfId(tx, id),
      keys.map(({ Key }) => Key),
    )
  }
}

type TagRow = { resource: string; key: string; value: string }

function shown({ resource, key: Key, value: Value }: TagRow) {
  const [, ResourceType = '', ResourceId = ''] = /([^:/]*)\/(.*)$/.exec(resource) ?? []
  return { ResourceId, ResourceType: ResourceType as Kind, Key, Value } // as arnOfId wrote it
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html */
export function DescribeTags(ctx: Ctx, input: In<'DescribeTags'>): Out<'DescribeTags'> {
  const matches = matcher<ReturnType<typeof shown>>('key resource-id resource-type value', input.Filters, tag => [tag])
  const keep = (row: TagRow) => matches(shown(row))
  const { rows, next } = listing<TagRow>(ctx, paging(input), { ...tagRows(ctx), keep })
  return { Tags: rows.map(shown), NextToken: next }
}
