import type { Operations, Tag } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { invalidParameter } from './refusals.ts'
import type { Attributes, Topic } from './schema.ts'
import { checkArn, lookUpTopic, writeTopic } from './find-topic.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const MOST = 50

export function tagsOf(tags: readonly Tag[]): Attributes {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
}

export function checkTags(tags: readonly Tag[]): void {
  const keys = tags.map(({ Key }) => Key)
  if (new Set(keys).size < keys.length) throw invalidParameter('Duplicated keys are not allowed.')
  if (keys.some(key => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter('Tag Reason: Tag keys that start with aws: are reserved')
  }
  if (keys.length > MOST) throw tooMany()
}

const tooMany = () =>
  new AwsError('TagLimitExceededException', 'Could not complete request: tag quota of per resource exceeded')

/** Tagging has its own error for a topic that is not there. */
function findTagged(ctx: Ctx, arn: string): Topic {
  checkArn(arn, 'ResourceArn')
  const topic = lookUpTopic(ctx, arn)
  if (!topic) throw new AwsError('ResourceNotFoundException', 'Resource does not exist')
  return topic
}

/** https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html */
export function TagResource(ctx: Tx, { ResourceArn, Tags }: In<'TagResource'>): Out<'TagResource'> {
  const topic = findTagged(ctx, ResourceArn)
  checkTags(Tags)
  const tags = { ...topic.tags, ...tagsOf(Tags) }
  if (Object.keys(tags).length > MOST) throw tooMany()
  writeTopic(ctx, { ...topic, tags })
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_UntagResource.html */
export function UntagResource(ctx: Tx, { ResourceArn, TagKeys }: In<'UntagResource'>): Out<'UntagResource'> {
  const topic = findTagged(ctx, ResourceArn)
  const kept = Object.entries(topic.tags).filter(([key]) => !TagKeys.includes(key))
  writeTopic(ctx, { ...topic, tags: Object.fromEntries(kept) })
  return {}
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html */
export function ListTagsForResource(ctx: Ctx, { ResourceArn }: In<'ListTagsForResource'>): Out<'ListTagsForResource'> {
  const { tags } = findTagged(ctx, ResourceArn)
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
}
