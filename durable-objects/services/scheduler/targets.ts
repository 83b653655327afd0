import type { Delivery } from '../../kernel/outbox/deliver.ts'
import { sdkAction } from '../../kernel/outbox/sdk-targets.ts'
import { parseArn } from '../../../aws/arn.ts'
import { PRINCIPAL } from './roles.ts'
import type { FiringRow, KeptTarget } from './schema.ts'
import { MOST_INPUT_BYTES } from './target-rules.ts'

/**
 * EventBridge Scheduler → its targets: SQS, SNS, Lambda, EventBridge, Kinesis, Firehose, Step Functions, ECS, and any
 * operation of any service by its name.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets.html
 */

/** An invocation of a target. */
export type Invocation = Pick<FiringRow, 'id' | 'scheduleArn' | 'scheduledAt' | 'attempt' | 'traceId'> & {
  target: KeptTarget
}

/** What a firing becomes: an operation at its target, as the schedule's role. Retries are the schedule's own affair. */
export function targetDelivery(invocation: Invocation): Delivery {
  const { id, target, scheduleArn, scheduledAt, traceId } = invocation
  const { Arn: to, RoleArn: role } = target
  const base = {
    to,
    from: scheduleArn,
    principal: PRINCIPAL,
    role,
    traceId,
    event: `${scheduleArn.split(':').at(-1)} at ${scheduledTime(scheduledAt)}`,
    retries: 0,
    about: { firing: id },
  }
  const payload = inputOf(invocation)
  if (sdkAction(to)) return { ...base, payload }
  return { ...base, payload, input: membersOf(invocation, payload) }
}

/** Context attributes may be longer than their names, and there may be thousands of them. */
export const isTooLong = ({ payload = '' }: Delivery) => new TextEncoder().encode(payload).length > MOST_INPUT_BYTES

/** To the second, as AWS writes it. */
export const scheduledTime = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`

/** The target's input, with what its context attributes stand for. */
function inputOf(invocation: Invocation): string {
  const { id, target, scheduleArn, scheduledAt, attempt } = invocation
  if (target.Input === undefined) return target.EventBridgeParameters ? '{}' : JSON.stringify(usualEvent(invocation))
  const attributes: Record<string, string> = {
    'schedule-arn': scheduleArn,
    'scheduled-time': scheduledTime(scheduledAt),
    'execution-id': id,
    'attempt-number': String(attempt),
  }
  return target.Input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (text, name: string) =>
    Object.hasOwn(attributes, name) ? (attributes[name] ?? text) : text,
  )
}

/** What targets get that were given no input. */
function usualEvent({ id, scheduleArn, scheduledAt }: Invocation) {
  const arn = parseArn(scheduleArn)
  return {
    version: '0',
    id: uuidOf(id),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: arn?.account,
    time: scheduledTime(scheduledAt),
    region: arn?.region,
    resources: [scheduleArn],
    detail: '{}',
  }
}

/** The event keeps its id when it is tried again. */
const uuidOf = (id: string) =>
  `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13)}-a${id.slice(0, 3)}-${id.slice(4)}`.padEnd(36, '0').slice(0, 36)

/** Further members of the operation's input, by the kind of target. */
function membersOf({ target, scheduleArn, scheduledAt }: Invocation, payload: string): Record<string, unknown> {
  const { Arn, EventBridgeParameters, KinesisParameters, SqsParameters, EcsParameters } = target
  if (EventBridgeParameters) {
    const entry = { ...EventBridgeParameters, Detail: payload, EventBusName: Arn, Resources: [scheduleArn] }
    return { Entries: [{ ...entry, Time: scheduledTime(scheduledAt) }] }
  }
  if (KinesisParameters) return { PartitionKey: KinesisParameters.PartitionKey }
  if (SqsParameters?.MessageGroupId !== undefined) return { MessageGroupId: SqsParameters.MessageGroupId }
  return EcsParameters ? taskOf(EcsParameters, target.Input === undefined ? undefined : payload) : {}
}

/** RunTask's names start with a small letter; the input is what it overrides. */
function taskOf(
  { TaskDefinitionArn, TaskCount, Tags, ...rest }: NonNullable<KeptTarget['EcsParameters']>,
  text?: string,
) {
  const members = Object.entries({ ...rest, TaskDefinition: TaskDefinitionArn, Count: TaskCount ?? 1 })
  const small = members.map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value])
  const tags = Tags?.map(tag => ({ key: tag.Key ?? tag.key, value: tag.Value ?? tag.value }))
  return { ...Object.fromEntries(small), ...(tags && { tags }), ...overridesOf(text) }
}

function overridesOf(text: string | undefined): { overrides?: unknown } {
  try {
    return text === undefined ? {} : { overrides: JSON.parse(text) as unknown }
  } catch {
    return {}
  }
}
