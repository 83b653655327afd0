import type { In, Out, Tag } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { invalidParameter, paging } from './refusals.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { outside } from './roots.ts'
import type { Attributes, Topic } from './schema.ts'
import { topicTags } from './tags.ts'
import { checkTopicAttribute } from './topic-attributes.ts'
import { topicArn, lookUpTopic, checkArn, writeTopic } from './find-topic.ts'

const NAME = /^[A-Za-z0-9_-]{1,256}$/
const FIFO_NAME = /^[A-Za-z0-9_-]{1,251}\.fifo$/
const FIFO_RULE =
  'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.'

/** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export function CreateTopic(ctx: Tx, input: In<'CreateTopic'>): Out<'CreateTopic'> {
  const { Name, Attributes: attributes = {}, Tags = [] } = input
  checkName(Name, attributes)
  for (const [name, value] of Object.entries(attributes)) checkTopicAttribute(name, value)
  const arn = topicArn(ctx, Name)
  topicTags.check(arn, Tags)
  const existing = lookUpTopic(ctx, arn)
  if (existing) {
    checkSame(ctx, existing, { attributes, tags: Tags })
    return { TopicArn: arn }
  }
  const dataProtection = input.DataProtectionPolicy ?? null
  const fifo = Name.endsWith('.fifo')
  const fresh = { root: outside(ctx) ?? null, sequence: 0, deletedSubscriptions: 0 }
  topicTags.set(ctx, arn, Tags)
  writeTopic(ctx, { arn, name: Name, attributes, dataProtection, fifo, ...fresh })
  return { TopicArn: arn }
}

function checkName(name: string, { FifoTopic }: Attributes): void {
  if (FifoTopic !== undefined && FifoTopic !== 'true' && FifoTopic !== 'false') {
    throw invalidParameter('Attributes Reason: FifoTopic: Invalid value. Must be true or false.')
  }
  if (FifoTopic === 'true' && !FIFO_NAME.test(name)) throw invalidParameter(FIFO_RULE)
  if (FifoTopic !== 'true' && !NAME.test(name)) throw invalidParameter('Topic Name')
}

/** A topic is made once: the same again is no error, anything else is. */
function checkSame(ctx: Ctx, topic: Topic, { attributes, tags }: { attributes: Attributes; tags: Tag[] }): void {
  if (Object.entries(attributes).some(([name, value]) => (topic.attributes[name] ?? '') !== value)) {
    throw invalidParameter('Attributes Reason: Topic already exists with different attributes')
  }
  const present = topicTags.read(ctx, topic.arn)
  if (tags.some(tag => !present.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value))) {
    throw invalidParameter('Tags Reason: Topic already exists with different tags')
  }
}

/** No error when there is none. https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html */
export function DeleteTopic(ctx: Tx, { TopicArn }: In<'DeleteTopic'>): void {
  checkArn(TopicArn, 'TopicArn')
  ctx.sql.run('DELETE FROM sns_topics WHERE arn = ?', TopicArn)
  ctx.sql.run('DELETE FROM sns_subscriptions WHERE topic = ?', TopicArn)
  ctx.sql.run('DELETE FROM sns_deduplications WHERE topic = ?', TopicArn)
  topicTags.drop(ctx, TopicArn)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
export function ListTopics(ctx: Ctx, input: In<'ListTopics'>): Out<'ListTopics'> {
  const { rows, next } = listing<{ arn: string }>(ctx, paging(input), { from: 'sns_topics', key: 'arn' })
  return { Topics: rows.map(({ arn }) => ({ TopicArn: arn })), NextToken: next }
}
