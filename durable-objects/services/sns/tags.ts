import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { atMost, notReserved, notTwice } from '../../kernel/tags/rules.ts'
import { pairs, taggable, tagOperations } from '../../kernel/tags/taggable.ts'
import { invalidParameter } from './refusals.ts'
import { checkArn, lookUpTopic } from './find-topic.ts'

const tooMany = () =>
  new AwsError('TagLimitExceededException', 'Could not complete request: tag quota of per resource exceeded')

export const topicTags = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    notTwice(() => invalidParameter('Duplicated keys are not allowed.')),
    notReserved(() => invalidParameter('Tag Reason: Tag keys that start with aws: are reserved')),
    atMost(50, tooMany),
  ],
})

/** https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(topicTags, {
  members: ['Tags', 'TagKeys'],
  find(ctx: Ctx, { ResourceArn }: { ResourceArn: string }) {
    checkArn(ResourceArn, 'ResourceArn')
    // Tagging has its own error for a topic that is not there.
    if (!lookUpTopic(ctx, ResourceArn)) throw new AwsError('ResourceNotFoundException', 'Resource does not exist')
    return ResourceArn
  },
})
