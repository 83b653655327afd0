import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, textOf } from '../../shared/policy-access.ts'

/** By an ARN that an input names, in this order. */
const ARNS = [
  'resourceArn',
  'logGroupArn',
  'integrationArn',
  'anomalyDetectorArn',
  'deliveryDestinationArn',
  'resourceIdentifier',
]

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export function logsAccess(ctx: Ctx, input: Input): Access[] {
  const { operation } = ctx
  const access = (resource: string): Access => ({ action: `logs:${operation}`, resource })
  if (operation.startsWith('Describe') && !input.logGroupName && !input.logGroupIdentifier) {
    return [access(groupArn(ctx, ''))]
  }
  const arn = ARNS.map(name => textOf(input[name])).find(text => parseArn(text))
  if (arn) return [access(arn)]
  if (operation.endsWith('LogGroup') && /^(?:Tag|Untag|ListTags)/.test(operation)) {
    return [access(groupArn(ctx, textOf(input.logGroupName)).replace(/:log-stream:$/, ''))]
  }
  const groups = groupsIn(input)
  if (groups.length > 0) {
    const resources = groups.map(group => groupArn(ctx, group) + textOf(input.logStreamName))
    // Who is to see what data protection masks needs leave of its own.
    const unmask = input.unmask === true ? resources.map(resource => ({ action: 'logs:Unmask', resource })) : []
    return [...resources.map(access), ...unmask]
  }
  const { destinationName, deliveryName, name } = input
  if (typeof destinationName === 'string') return [access(logsArn(ctx, `destination:${destinationName}`))]
  const kind = /^[A-Z][a-z]+(DeliverySource|DeliveryDestination|Delivery)/.exec(operation)?.[1]
  const named = deliveryName ?? name ?? input.deliveryDestinationName ?? input.id
  if (kind && typeof named === 'string') {
    return [access(logsArn(ctx, `${kind.replace(/(?<=y)(?=[SD])/, '-').toLowerCase()}:${named}`))]
  }
  return [access('*')]
}

function groupsIn(input: Input): string[] {
  const { logGroupName, logGroupIdentifier, logGroupNames, logGroupIdentifiers } = input
  const lists = [logGroupNames, logGroupIdentifiers].filter(Array.isArray).flat()
  return [logGroupName, logGroupIdentifier, ...lists].map(textOf).filter(Boolean)
}

const logsArn = ({ place }: Ctx, resource: string) => arnAt(place, 'logs', resource)

/** What is asked of a group names its streams, too, which is why policies write `log-group:NAME:*`. */
function groupArn(ctx: Ctx, group: string): string {
  const arn = parseArn(group) ? group.replace(/:\*$/, '') : logsArn(ctx, `log-group:${group}`)
  return `${arn}:log-stream:`
}
