import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count } from '../../kernel/object/rows.ts'
import { effectiveTopicPolicy, invalidTopicPolicy, objectOf, shownTopicPolicy } from './delivery-policies.ts'
import { defaultPolicy } from './permissions.ts'
import { invalidParameter } from './refusals.ts'
import type { Attributes, Topic } from './schema.ts'
import { findTopic, writeTopic } from './find-topic.ts'

const FEEDBACK =
  /^(?:HTTP|Firehose|Lambda|Application|SQS)(?:SuccessFeedbackRoleArn|FailureFeedbackRoleArn|SuccessFeedbackSampleRate)$/

const isBoolean = (value: string) => value === 'true' || value === 'false'

/** Why a value will not do; undefined when it will. */
const RULES: Record<string, (value: string) => string | undefined> = {
  DisplayName: value => (value.length > 100 ? 'Display Name' : undefined),
  Policy: value => (isObject(value) ? undefined : 'Policy Error: null'),
  DeliveryPolicy: value => (value === '' ? undefined : invalidTopicPolicy(value)),
  KmsMasterKeyId: () => undefined,
  TracingConfig: value =>
    ['Active', 'PassThrough'].includes(value) ? undefined : 'Attributes Reason: TracingConfig: Invalid value',
  SignatureVersion: value =>
    ['1', '2'].includes(value) ? undefined : 'Attributes Reason: SignatureVersion: Invalid value',
  ContentBasedDeduplication: value =>
    isBoolean(value)
      ? undefined
      : 'Attributes Reason: ContentBasedDeduplication: Invalid value. Must be true or false.',
  FifoThroughputScope: value =>
    ['Topic', 'MessageGroup'].includes(value) ? undefined : 'Attributes Reason: FifoThroughputScope: Invalid value',
  ArchivePolicy: value => (value === '' || isObject(value) ? undefined : 'Attributes Reason: ArchivePolicy'),
}

const isObject = (text: string) => objectOf(text) !== undefined

/** @throws AwsError when a topic has no such attribute, or not with that value */
export function checkTopicAttribute(name: string, value: string): void {
  if (name === 'FifoTopic') return
  if (FEEDBACK.test(name)) return
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined
  if (!rule) throw invalidParameter('AttributeName')
  const why = rule(value)
  if (why !== undefined) throw invalidParameter(why)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export function SetTopicAttributes(ctx: Tx, input: In<'SetTopicAttributes'>): void {
  const topic = findTopic(ctx, input.TopicArn)
  const { AttributeName: name, AttributeValue: value = '' } = input
  if (name === 'FifoTopic') throw invalidParameter('AttributeName')
  checkTopicAttribute(name, value)
  if (name === 'ContentBasedDeduplication' && !topic.fifo) {
    throw invalidParameter('Attributes Reason: Content-based deduplication can only be set for FIFO topics')
  }
  const { [name]: _, ...rest } = topic.attributes
  const cleared = value === '' && ['DeliveryPolicy', 'Policy', 'KmsMasterKeyId', 'ArchivePolicy'].includes(name)
  writeTopic(ctx, { ...topic, attributes: cleared ? rest : { ...rest, [name]: value } })
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
export function GetTopicAttributes(ctx: Ctx, { TopicArn }: In<'GetTopicAttributes'>): Out<'GetTopicAttributes'> {
  return { Attributes: shown(ctx, findTopic(ctx, TopicArn)) }
}

function shown(ctx: Ctx, topic: Topic): Attributes {
  const { DeliveryPolicy } = topic.attributes
  const those = (condition: string) => count(ctx.sql, `sns_subscriptions WHERE topic = ? AND ${condition}`, topic.arn)
  return {
    Policy: defaultPolicy(topic.arn, ctx.place.account),
    Owner: ctx.place.account,
    SubscriptionsPending: String(those('token IS NOT NULL')),
    TopicArn: topic.arn,
    EffectiveDeliveryPolicy: effectiveTopicPolicy(topic.attributes.DeliveryPolicy),
    SubscriptionsConfirmed: String(those('token IS NULL')),
    DisplayName: '',
    SubscriptionsDeleted: String(topic.deletedSubscriptions),
    ...(topic.fifo && { FifoTopic: 'true', ContentBasedDeduplication: 'false' }),
    ...topic.attributes,
    ...(DeliveryPolicy && { DeliveryPolicy: shownTopicPolicy(DeliveryPolicy) }),
  }
}
