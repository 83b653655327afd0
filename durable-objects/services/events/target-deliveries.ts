/** EventBridge → what its targets are: the operation by which each takes an event. */
import type { Target } from '../../../aws/models/events.types.ts'
import type { Delivery } from '../../kernel/outbox/deliver.ts'
import { type Arn, parseArn } from '../../../aws/arn.ts'
import { valueAt } from './json-paths.ts'
import type { BusEvent } from './schema.ts'

/** An event on its way to a target. */
export type Sending = {
  target: Target
  event: BusEvent
  /** What the target gets. */
  input: string
  ruleArn: string
  traceId: string
  /** The X-Ray header that goes along. */
  trace?: string | undefined
  /** Epoch milliseconds of the namespace's clock. */
  now: number
}

/** What `ended` needs of a delivery. */
export type About = { ruleArn: string; targetArn: string; deadLetter?: string; event: string; retries: number }

export const PRINCIPAL = 'events.amazonaws.com'
export const MOST_RETRIES = 185

export const eventLabel = (event: BusEvent) => `${event['detail-type']} ${event.id}`

/** One delivery, or for a log group two: each event has a stream of its own, made for it. */
export function deliveriesOf(sending: Sending): Delivery[] {
  const { target } = sending
  const arn = parseArn(target.Arn)
  if (arn?.service === 'logs') return logDeliveries(sending)
  const base = baseOf(sending)
  if (arn?.service === 'events') {
    return [{ ...base, operation: 'ForwardEvent', input: { EventBusName: target.Arn, Event: sending.event } }]
  }
  return [{ ...base, payload: sending.input, input: membersOf(sending, arn) }]
}

export function aboutOf({ target, event, ruleArn }: Pick<Sending, 'target' | 'event' | 'ruleArn'>): About {
  return {
    ruleArn,
    targetArn: target.Arn,
    ...(target.DeadLetterConfig?.Arn && { deadLetter: target.DeadLetterConfig.Arn }),
    // An event is told again in its dead letter alone.
    event: target.DeadLetterConfig?.Arn ? JSON.stringify(event) : '',
    retries: target.RetryPolicy?.MaximumRetryAttempts ?? MOST_RETRIES,
  }
}

function baseOf(sending: Sending): Delivery {
  const { target, event, ruleArn, traceId, trace } = sending
  const about = aboutOf(sending)
  return {
    to: target.Arn,
    from: ruleArn,
    principal: PRINCIPAL,
    ...(target.RoleArn && { role: target.RoleArn }),
    event: eventLabel(event),
    traceId,
    trace,
    retries: about.retries,
    about,
  }
}

/** What an operation takes beside the input. */
function membersOf({ target, event, trace }: Sending, arn: Arn | undefined): Record<string, unknown> {
  if (arn?.service === 'sqs') {
    const { MessageGroupId } = target.SqsParameters ?? {}
    const AWSTraceHeader = { DataType: 'String', StringValue: trace }
    return {
      ...(MessageGroupId && { MessageGroupId }),
      ...(trace !== undefined && { MessageSystemAttributes: { AWSTraceHeader } }),
    }
  }
  if (arn?.service === 'kinesis') {
    const path = target.KinesisParameters?.PartitionKeyPath
    const key = path === undefined ? event.id : valueAt(path, event)
    return { PartitionKey: typeof key === 'string' ? key : (JSON.stringify(key) ?? event.id) }
  }
  return {}
}

function logDeliveries(sending: Sending): Delivery[] {
  const logStreamName = crypto.randomUUID()
  const base = baseOf(sending)
  const { about: _about, ...first } = base
  return [
    { ...first, operation: 'CreateLogStream', input: { logStreamName } },
    { ...base, input: { logStreamName, logEvents: [logEvent(sending)] } },
  ]
}

/** A transformed input may say when and what; any other is the message. */
function logEvent({ target, input, now }: Sending): { timestamp: number; message: string } {
  if (!target.InputTransformer) return { timestamp: now, message: input }
  try {
    const { timestamp, message } = JSON.parse(input) as { timestamp?: unknown; message?: unknown } // checked below
    const at = typeof timestamp === 'string' ? Date.parse(timestamp) || Number(timestamp) : Number(timestamp)
    if (message === undefined || !Number.isFinite(at)) return { timestamp: now, message: input }
    return { timestamp: at, message: typeof message === 'string' ? message : JSON.stringify(message) }
  } catch {
    return { timestamp: now, message: input }
  }
}
