import type { Ctx } from '../../kernel/object/operation.ts'
import { atMost, notReserved, notTwice } from '../../kernel/tags/rules.ts'
import { pairs, taggable, tagOperations } from '../../kernel/tags/taggable.ts'
import { findActiveGroup, findGroup } from './find-group.ts'
import { groupArn, groupOfArn } from './names.ts'
import { invalid, noGroup } from './refusals.ts'

const MOST_TAGS = 50

export const groupTags = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    notTwice(() => invalid('Duplicate tag keys are not allowed.')),
    notReserved(() => invalid('Tag keys starting with "aws:" are reserved.')),
    atMost(MOST_TAGS, () => invalid(`A resource can have at most ${MOST_TAGS} tags.`)),
  ],
})

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(groupTags, {
  members: ['Tags', 'TagKeys'],
  find(ctx: Ctx, { ResourceArn }: { ResourceArn: string }, verb) {
    const name = groupOfArn(ctx.place, ResourceArn)
    if (name === undefined) throw noGroup(ResourceArn)
    const group = verb === 'list' ? findGroup(ctx, name) : findActiveGroup(ctx, name)
    return groupArn(ctx.place, group.name)
  },
})
