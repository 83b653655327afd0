import { own } from '../../../../aws/own.ts'
import type { Delivery } from '../../../kernel/outbox/deliver.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import type { EventInvokeConfig } from './event-invoke-configs.ts'
import type { Target } from './executions.ts'
import { functionArn } from '../functions/names.ts'
import type { EventRow } from '../schema.ts'
import { traceHeader } from './trace-headers.ts'

/**
 * Lambda → SQS, SNS, Lambda, EventBridge and S3: how an asynchronous invocation ended goes to its destination as a
 * record, and the event of one that failed to its function's dead-letter queue or topic.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */

/** How an event ended. */
export type Ending = {
  condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded'
  /** Tries that were made, where that is not the event's own count. */
  attempts?: number
  throttled?: boolean
  /** Of the last try; absent when none was made. */
  response?: { statusCode: number; executedVersion: string; functionError?: string; payload: string }
}

type Ended = { row: EventRow; target: Target; config: EventInvokeConfig | undefined }

/** What a record tells. `now` in epoch milliseconds. */
export type RecordFacts = { requestId: string; functionArn: string; attempts: number; payload: string; now: number }

/** The invocation record, as destinations get it. */
export function invocationRecord(facts: RecordFacts, { condition, response }: Ending): Record<string, unknown> {
  return {
    version: '1.0',
    timestamp: new Date(facts.now).toISOString(),
    requestContext: {
      requestId: facts.requestId,
      functionArn: facts.functionArn,
      condition,
      approximateInvokeCount: facts.attempts,
    },
    requestPayload: JSON.parse(facts.payload) as unknown,
    ...(response ? responseOf(response) : {}),
  }
}

function responseOf({ payload, ...responseContext }: NonNullable<Ending['response']>) {
  return { responseContext, responsePayload: parsed(payload) }
}

/** A streaming handler may have written text that is no JSON. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown
  } catch {
    return payload
  }
}

/** Sends the record of an event that has ended to its destination, and the event itself to its dead-letter target. */
export function deliverEnding(ctx: Tx, { row, target, config }: Ended, ending: Ending): void {
  const failed = ending.condition !== 'Success'
  const { OnSuccess, OnFailure } = config?.DestinationConfig ?? {}
  const destination = failed ? OnFailure?.Destination : OnSuccess?.Destination
  const arn = functionArn(ctx.place, row.name, row.qualifier ?? '$LATEST')
  const sender = {
    from: functionArn(ctx.place, row.name),
    role: target.configuration.Role,
    requestId: row.id,
    traceId: row.traceId,
    trace: traceHeader({ traceId: row.traceId, trace: row.trace ?? undefined }, functionArn(ctx.place, row.name)),
  }
  if (destination) {
    const attempts = ending.attempts ?? row.attempt
    const facts = { requestId: row.id, functionArn: arn, attempts, payload: row.payload, now: ctx.now }
    const record = invocationRecord(facts, ending)
    send(ctx, destinationDelivery(destination, { ...sender, arn, record, failed, now: ctx.now }))
  }
  const deadLetter = target.configuration.DeadLetterConfig?.TargetArn
  if (failed && deadLetter) send(ctx, deadLetterDelivery(deadLetter, { ...sender, payload: row.payload }, ending))
}

/** The longest record that each kind of destination takes, in bytes. */
const LONGEST: Record<string, number> = { sqs: 1_048_576, sns: 262_144, lambda: 1_048_576, events: 262_144 }
/** A delivery is a row, which ends at 2 MB. */
const LONGEST_ROW = 1_900_000

function send(ctx: Tx, delivery: Delivery): void {
  const service = parseArn(delivery.to)?.service ?? ''
  const longest = own(LONGEST, service) ?? LONGEST_ROW
  const bytes = new TextEncoder().encode(delivery.payload ?? '').byteLength
  const row = JSON.stringify(delivery).length
  if (bytes <= longest && row <= LONGEST_ROW) {
    ctx.deliver(delivery)
    return
  }
  const most = Math.min(longest, LONGEST_ROW)
  const reason = `the record of ${bytes} bytes is longer than the ${most} that the destination takes`
  const { from, to, event } = delivery
  ctx.journal({ from, to, outcome: 'refused', reason, event })
}

type Sender = { from: string; role: string; requestId: string; traceId: string; trace: string }
type Sent = Sender & { arn: string; record: Record<string, unknown>; failed: boolean; now: number }

function destinationDelivery(to: string, sent: Sent): Delivery {
  const { from, role, requestId, traceId, trace, arn, record, failed, now } = sent
  const payload = JSON.stringify(record)
  const result = failed ? 'Failure' : 'Success'
  const event = `${result} record of ${requestId}`
  const base = { to, from, role, traceId, trace, principal: 'lambda.amazonaws.com', payload, event }
  const service = parseArn(to)?.service
  if (service === 's3') {
    return { ...base, input: { Key: recordKey(from, now), ContentType: 'application/json' } }
  }
  if (service !== 'events') return base
  const entry = {
    Source: 'lambda',
    DetailType: `Lambda Function Invocation Result - ${result}`,
    Resources: [to, arn],
    Detail: payload,
    EventBusName: to,
  }
  return { ...base, operation: 'PutEvents', input: { Entries: [entry] } }
}

/** `aws/lambda/async/<function>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>` */
function recordKey(from: string, now: number): string {
  const time = new Date(now).toISOString().slice(0, 19)
  const day = time.slice(0, 10).replaceAll('-', '/')
  return `aws/lambda/async/${from.split(':').at(-1)}/${day}/${time.replaceAll(':', '.')}-${crypto.randomUUID()}`
}

/** The event as it came, with what went wrong as attributes. */
function deadLetterDelivery(to: string, sent: Sender & { payload: string }, ending: Ending): Delivery {
  const { from, role, traceId, trace, requestId, payload } = sent
  const attribute = (DataType: string, StringValue: string) => ({ DataType, StringValue })
  const MessageAttributes = {
    RequestID: attribute('String', requestId),
    ErrorCode: attribute('Number', String(ending.response?.statusCode ?? 429)),
    ErrorMessage: attribute('String', errorMessage(ending)),
  }
  const event = `dead letter of ${requestId}`
  const input = { MessageAttributes }
  return { to, from, role, traceId, trace, principal: 'lambda.amazonaws.com', payload, event, input }
}

/** At most 1 KB of it. */
function errorMessage({ response }: Ending): string {
  const error = response && parsed(response.payload)
  const named = typeof error === 'object' && error !== null ? Reflect.get(error, 'errorMessage') : undefined
  const text = typeof named === 'string' && named !== '' ? named : (response?.payload ?? 'Rate Exceeded.')
  return text.slice(0, 1024)
}
