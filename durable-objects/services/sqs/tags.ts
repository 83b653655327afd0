import type { Ctx } from '../../kernel/object/operation.ts'
import { atMost, keysWithin, notReserved, valuesWithin } from '../../kernel/tags/rules.ts'
import { map, taggable, tagOperations } from '../../kernel/tags/taggable.ts'
import { queueArn } from './addresses.ts'
import { findQueue } from './find-queue.ts'
import { invalidParameter, missingParameter } from './refusals.ts'

const MOST_TAGS = 50

const invalidKey = () => invalidParameter('Tag keys must be between 1 and 128 characters in length.')

export const queueTags = taggable({
  form: map,
  rules: [
    keysWithin(1, 128, invalidKey),
    valuesWithin(256, () => invalidParameter('Tag values must be between 0 and 256 characters in length.')),
    notReserved(() => invalidParameter('Tag keys cannot start with aws:.')),
    atMost(MOST_TAGS, ({ resource }) =>
      invalidParameter(`Too many tags added for queue ${resource.slice(resource.lastIndexOf(':') + 1)}.`),
    ),
  ],
})

type Tagging = { QueueUrl: string; Tags?: Record<string, string>; TagKeys?: string[] }

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_TagQueue.html */
export const { tag: TagQueue, untag: UntagQueue } = tagOperations(queueTags, {
  members: ['Tags', 'TagKeys'],
  find(ctx: Ctx, { QueueUrl, Tags = {}, TagKeys = [] }: Tagging, verb) {
    const { name } = findQueue(ctx, QueueUrl)
    if (verb === 'tag' && Object.keys(Tags).length === 0) throw missingParameter('Tags')
    if (verb === 'untag' && TagKeys.length === 0) throw invalidKey()
    return queueArn(ctx.place, name)
  },
})

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html */
export function ListQueueTags(ctx: Ctx, { QueueUrl }: { QueueUrl: string }) {
  return queueTags.member(ctx, queueArn(ctx.place, findQueue(ctx, QueueUrl).name), 'Tags')
}
