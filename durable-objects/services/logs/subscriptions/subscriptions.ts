import { createHash } from 'node:crypto'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnOf, parseArn } from '../../../../aws/arn.ts'
import { randomHex } from '../../../../aws/ids.ts'
import type { SystemFields } from '../filters/field-criteria.ts'
import { groupArn } from '../groups/find-group.ts'
import type { GroupRow } from '../schema.ts'
import type { Subscriber } from './subscribers.ts'
import { encodeEvents, type SubscribedEvent } from './subscription-payloads.ts'

/** A batch of events that has come in. `message` is what filters see. */
export type Arrival = { group: GroupRow; logStream: string; events: readonly SubscribedEvent[] }

export const PRINCIPAL = 'logs.amazonaws.com'

/** CloudWatch Logs sends a batch's events that match a subscription filter to the filter's destination, in one message. */
export function sendToSubscriber(ctx: Tx, subscriber: Subscriber, arrival: Arrival): void {
  const { group, logStream, events } = arrival
  const { account } = ctx.place
  const system = systemFields(ctx, group.name)
  const hop = {
    from: `${groupArn(ctx, group.name)}:*`,
    to: subscriber.destinationArn,
    event: `DATA_MESSAGE ${group.name} ${logStream}`,
  }
  if (isOwnGroup(subscriber.destinationArn, group.name)) {
    ctx.journal({ ...hop, outcome: 'filtered', reason: 'the log group is the function’s own: it would call itself' })
    return
  }
  const found = subscriber.selects(system) ? matching(subscriber, events, system) : []
  if (found.length === 0) {
    ctx.journal({ ...hop, outcome: 'filtered', reason: reasonOf(subscriber, events.length) })
    return
  }
  const { name: filter, ofAccount } = subscriber
  const envelope = { owner: account, logGroup: group.name, logStream, filter, ofAccount }
  for (const { data, count } of encodeEvents(envelope, found)) {
    const event = `${hop.event} (${count} of ${events.length} events by ${filter})`
    const partitionKey = subscriber.random ? randomHex(40) : keyOf(`${group.name}:${logStream}`)
    ctx.deliver({ ...hop, event, ...addressed(ctx, subscriber, { data, partitionKey, event }) })
  }
}

export function systemFields({ place }: Ctx, groupName: string): SystemFields {
  return { '@aws.account': place.account, '@aws.region': place.region, '@source.log': groupName }
}

/** A function's own log group: events that it is sent would make more of them. */
export function isOwnGroup(destinationArn: string, groupName: string): boolean {
  const { service, resource = '' } = parseArn(destinationArn) ?? {}
  return service === 'lambda' && groupName === `/aws/lambda/${resource.split(':')[1]}`
}

function matching(subscriber: Subscriber, events: readonly SubscribedEvent[], system: SystemFields): SubscribedEvent[] {
  const { pattern, emits } = subscriber
  const emitted = Object.fromEntries(Object.entries(system).filter(([field]) => emits.includes(field)))
  return events.flatMap(event => {
    const extracted = pattern.delimited
      ? pattern.extract(event.message)
      : pattern.matches(event.message)
        ? {}
        : undefined
    if (!extracted) return []
    const fields = { ...withoutSigns(extracted), ...emitted }
    return [Object.keys(fields).length > 0 ? { ...event, extractedFields: fields } : event]
  })
}

/** A pattern's `$ip` is the subscriber's `ip`. */
function withoutSigns(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.replace(/^\$/, ''), value]))
}

function reasonOf({ name, text }: Subscriber, count: number): string {
  return `none of ${count} event${count === 1 ? '' : 's'} matches the filter pattern '${text}' of ${name}`
}

const keyOf = (text: string) => createHash('sha1').update(text).digest('hex')

type Message = { data: string; partitionKey: string; event: string }

/** How a message travels to each kind of destination. */
function addressed(ctx: Ctx, { destinationArn, roleArn }: Subscriber, { data, partitionKey, event }: Message) {
  const { service, account } = parseArn(destinationArn) ?? {}
  const caller = { principal: PRINCIPAL, role: roleArn }
  switch (service) {
    case 'lambda':
      return { ...caller, payload: JSON.stringify({ awslogs: { data } }) }
    case 'sqs':
      // SQS is no destination of AWS's: within its account a queue takes logs without a policy, as a stream by a role.
      return {
        ...caller,
        role: roleArn ?? (account === ctx.place.account ? deliveryRole(account) : undefined),
        payload: data,
      }
    case 'kinesis':
      return { ...caller, payload: data, binary: true as const, input: { PartitionKey: partitionKey } }
    case 'logs':
      return { ...caller, operation: 'ForwardSubscription', input: { destinationArn, data, partitionKey, event } }
    default:
      return { ...caller, payload: data, binary: true as const }
  }
}

/** The service-linked role by which CloudWatch Logs delivers. */
export function deliveryRole(account: string): string {
  const resource = 'role/aws-service-role/delivery.logs.amazonaws.com/AWSServiceRoleForLogDelivery'
  return arnOf({ service: 'iam', account, resource })
}
