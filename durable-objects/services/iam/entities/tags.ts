import type { Tag } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { atMost, notReserved, notTwice } from '../../../kernel/tags/rules.ts'
import { pairs, taggable, tagOperations } from '../../../kernel/tags/taggable.ts'
import { arnOfEntity } from './entities.ts'
import { type Paged, type Paging, pageOfAll } from './listings.ts'
import { invalidInput, limitExceeded } from '../refusals.ts'
import type { Entity } from '../schema.ts'

const tags = taggable({
  form: pairs('Key', 'Value'),
  caseless: true,
  sorted: true,
  rules: [
    notReserved(() => invalidInput('Tag keys that start with aws: are reserved for system use.')),
    notTwice(() => invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')),
    atMost(50, () => limitExceeded('The number of tags has reached the maximum limit.')),
  ],
})

/** Refuses tags that nothing new can have. */
export const checkTags = (given: Tag[] | undefined) => tags.check('', given)

export const setTags = (tx: Tx, entity: Entity, given: Tag[] | undefined) =>
  tags.set(tx, arnOfEntity(tx, entity), given)

export const tagsOf = (ctx: Ctx, entity: Entity): Tag[] => tags.read(ctx, arnOfEntity(ctx, entity))

/** A tagged entity's `Tags`; none where it has none. */
export const shownTags = (ctx: Ctx, entity: Entity) => tags.member(ctx, arnOfEntity(ctx, entity), 'Tags')

/** TagRole, UntagRole, ListRoleTags and their like. */
export function taggingOf<In>(find: (ctx: Ctx, input: In) => Entity) {
  const arnOf = (ctx: Ctx, input: In) => arnOfEntity(ctx, find(ctx, input))
  const { tag, untag } = tagOperations(tags, { members: ['Tags', 'TagKeys'], find: arnOf })
  function list(ctx: Ctx, input: In & Paging): { Tags: Tag[] } & Paged {
    const arn = arnOf(ctx, input)
    const all = { rows: tags.read(ctx, arn), key: ({ Key }: Tag) => Key.toLowerCase() }
    const { rows, end } = pageOfAll(ctx, input, all)
    return { Tags: rows, ...end }
  }
  return { tag, untag, list }
}
