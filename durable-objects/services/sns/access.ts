import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, present, tagsIn, textOf } from '../../shared/policy-access.ts'

/** Operations whose action is another's. */
const ACTIONS: Readonly<Record<string, string>> = { PublishBatch: 'Publish' }

/** Members of an input that name a topic or what is of one. */
export const ARNS = ['TopicArn', 'TargetArn', 'SubscriptionArn', 'ResourceArn', 'PlatformApplicationArn', 'EndpointArn']

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export function snsAccess(ctx: Ctx, input: Input): Access[] {
  const { operation } = ctx
  const context = present({ 'sns:Endpoint': input.Endpoint, 'sns:Protocol': input.Protocol })
  const access = { action: `sns:${ACTIONS[operation] ?? operation}`, resource: resourceOf(ctx, input), context }
  return operation === 'CreateTopic' && tagsIn(input) ? [access, { ...access, action: 'sns:TagResource' }] : [access]
}

function resourceOf({ place, operation }: Ctx, input: Input): string {
  const arn = (resource: string) => arnAt(place, 'sns', resource)
  const given = ARNS.map(name => textOf(input[name])).find(text => parseArn(text))
  if (given) return operation.includes('ubscri') ? topicOf(given) : given
  if (operation === 'CreateTopic') return arn(textOf(input.Name))
  return /^List(?:Topics|Subscriptions)$/.test(operation) ? arn('*') : '*'
}

/** A subscription's ARN is its topic's and an id. */
const topicOf = (arn: string) => arn.split(':').slice(0, 6).join(':')
