import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { effectivePolicy, invalidSubscriptionPolicy, objectOf, shownSubscriptionPolicy } from './delivery-policies.ts'
import { invalidFilterPolicy, isNested, type Scope } from './filter-policies.ts'
import { invalidParameter } from './refusals.ts'
import type { Attributes, Subscription, Topic } from './schema.ts'
import { findSubscription, writeSubscriptionAttributes } from './find-subscription.ts'
import { lookUpTopic } from './find-topic.ts'

/** What an empty value takes away. */
const CLEARED = ['FilterPolicy', 'DeliveryPolicy', 'RedrivePolicy', 'ReplayPolicy']
const RAW = ['sqs', 'http', 'https', 'firehose']

/** A subscription that is to have attributes. */
type Context = {
  protocol: string
  endpoint: string
  topic: Pick<Topic, 'fifo'>
  /** What Subscribe says before its reasons. */
  prefix?: string
}
type Checked = Context & { scope: Scope }

/** Why a value will not do; undefined when it will. */
const RULES: Record<string, (value: string, context: Checked) => string | undefined> = {
  RawMessageDelivery: (value, { protocol }) => {
    if (!['true', 'false'].includes(value.toLowerCase())) {
      return `RawMessageDelivery: Invalid value [${value}]. Must be true or false.`
    }
    const possible = value.toLowerCase() === 'false' || RAW.includes(protocol)
    return possible ? undefined : `Delivery protocol [${protocol}] does not support raw message delivery.`
  },
  FilterPolicy: (value, { scope }) => {
    if (value === '') return undefined
    if (isNested(value) && scope === 'MessageAttributes') return NESTED
    const why = invalidFilterPolicy(value)
    return why && `FilterPolicy: ${why}`
  },
  FilterPolicyScope: value =>
    ['MessageAttributes', 'MessageBody'].includes(value)
      ? undefined
      : `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
  DeliveryPolicy: value => (value === '' ? undefined : invalidSubscriptionPolicy(value)),
  RedrivePolicy: (value, context) => (value === '' ? undefined : invalidRedrivePolicy(value, context)),
  SubscriptionRoleArn: value =>
    parseArn(value)?.service === 'iam' ? undefined : 'SubscriptionRoleArn: is an invalid arn',
  ReplayPolicy: (value, { topic }) => {
    if (value !== '' && !objectOf(value)) return 'ReplayPolicy: failed to parse JSON.'
    return topic.fifo ? undefined : 'ReplayPolicy: only applies to subscriptions of FIFO topics'
  },
}

const NESTED = 'Filter policy scope MessageAttributes does not support nested filter policy'

function invalidRedrivePolicy(text: string, { endpoint, topic }: Context): string | undefined {
  const document = objectOf(text)
  if (!document) return 'RedrivePolicy: failed to parse JSON.'
  const { deadLetterTargetArn: arn } = document
  if (typeof arn !== 'string') return 'RedrivePolicy: deadLetterTargetArn is not specified.'
  if (parseArn(arn)?.service !== 'sqs') return 'RedrivePolicy: deadLetterTargetArn is an invalid arn'
  if (topic.fifo && endpoint.endsWith('.fifo') && !arn.endsWith('.fifo')) {
    return 'RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.'
  }
  return !topic.fifo && arn.endsWith('.fifo')
    ? 'RedrivePolicy: must not use a FIFO queue as DLQ for a Subscription to a Standard Topic.'
    : undefined
}

/** @throws AwsError when a subscription of that kind has no such attributes, or not with those values */
export function checkSubscriptionAttributes(attributes: Attributes, context: Context): void {
  const { protocol, prefix = '' } = context
  const scope: Scope = attributes.FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes'
  for (const [name, value] of Object.entries(attributes)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined
    if (!rule) throw invalidParameter(prefix === '' ? 'AttributeName' : `${prefix}Unknown attribute: ${name}`)
    const why = rule(value, { ...context, scope })
    if (why !== undefined) throw invalidParameter(`${why === NESTED ? '' : prefix}${why}`)
  }
  if (protocol === 'firehose' && !attributes.SubscriptionRoleArn) {
    throw invalidParameter(`${prefix}SubscriptionRoleArn is required for firehose subscriptions`)
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html */
export function SetSubscriptionAttributes(ctx: Tx, input: In<'SetSubscriptionAttributes'>): void {
  const { AttributeName: name, AttributeValue: value = '' } = input
  if (!Object.hasOwn(RULES, name)) throw invalidParameter('AttributeName')
  const subscription = findSubscription(ctx, input.SubscriptionArn)
  if (subscription.token !== null) {
    throw new AwsError('AuthorizationErrorException', 'Subscription is pending confirmation', 403)
  }
  const { [name]: _, ...rest } = subscription.attributes
  const attributes = value === '' && CLEARED.includes(name) ? rest : { ...rest, [name]: value }
  const topic = lookUpTopic(ctx, subscription.topic) ?? { fifo: subscription.topic.endsWith('.fifo') }
  checkSubscriptionAttributes(attributes, { ...subscription, topic })
  writeSubscriptionAttributes(ctx, subscription.arn, attributes)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html */
export function GetSubscriptionAttributes(
  ctx: Ctx,
  { SubscriptionArn }: In<'GetSubscriptionAttributes'>,
): Out<'GetSubscriptionAttributes'> {
  return { Attributes: shown(ctx, findSubscription(ctx, SubscriptionArn)) }
}

function shown(ctx: Ctx, subscription: Subscription): Attributes {
  const { arn, topic, protocol, endpoint, owner, principal, attributes, token, authenticated } = subscription
  const { FilterPolicyScope = 'MessageAttributes', DeliveryPolicy, ...others } = attributes
  const topicPolicy = lookUpTopic(ctx, topic)?.attributes.DeliveryPolicy
  const http = protocol === 'http' || protocol === 'https'
  return {
    SubscriptionPrincipal: principal,
    Owner: owner,
    RawMessageDelivery: 'false',
    TopicArn: topic,
    Endpoint: endpoint,
    Protocol: protocol,
    PendingConfirmation: String(token !== null),
    ConfirmationWasAuthenticated: String(authenticated === 1),
    SubscriptionArn: arn,
    ...others,
    ...(attributes.FilterPolicy !== undefined && { FilterPolicyScope }),
    ...(DeliveryPolicy && { DeliveryPolicy: shownSubscriptionPolicy(DeliveryPolicy) }),
    ...(http && { EffectiveDeliveryPolicy: JSON.stringify(effectivePolicy(DeliveryPolicy, topicPolicy)) }),
  }
}
