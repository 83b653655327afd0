/** EventBridge → CloudWatch Logs: what a bus does with its events, as vended logs at the level of its LogConfig. */
import type { Delivery, Undelivered } from '../../kernel/outbox/deliver.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { reasonOf } from '../../../aws/errors.ts'
import { lookUpBus, settingsOfBus } from './find-bus.ts'
import { busArn } from './names.ts'
import type { BusEvent } from './schema.ts'
import type { About } from './target-deliveries.ts'

type Level = 'ERROR' | 'INFO' | 'TRACE'

/** One step of an event's way. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-logs-schema.html */
type Step = {
  type: string
  level: Level
  details?: Record<string, unknown>
  error?: { http_status_code: number; error_message: string; aws_service?: string | undefined }
}

/** Levels in their order: a bus logs its own and those before it. */
const LEVELS: readonly string[] = ['ERROR', 'INFO', 'TRACE']

/**
 * Each level is a log type of its own. Where no delivery wants it, CloudWatch Logs drops it.
 * @param stepsOf asked only where the bus logs; `full`: details of the event are wanted
 */
function logSteps(
  ctx: Tx,
  on: { bus: string; eventId: string; traceId: string },
  stepsOf: (full: boolean) => readonly Step[],
): void {
  const bus = lookUpBus(ctx, on.bus)
  const { Level: level, IncludeDetail } = (bus && settingsOfBus(bus).LogConfig) ?? {}
  if (!level || level === 'OFF') return
  const steps = stepsOf(IncludeDetail === 'FULL')
  const resourceArn = busArn(ctx.place, on.bus)
  const fields = {
    resource_arn: resourceArn,
    message_timestamp_ms: ctx.now,
    event_bus_name: on.bus,
    request_id: ctx.requestId,
    event_id: on.eventId,
  }
  for (const each of LEVELS.slice(0, LEVELS.indexOf(level) + 1)) {
    const records = steps
      .filter(step => step.level === each)
      .map(({ type, details, error }) => ({
        timestamp: ctx.now,
        fields: { ...fields, message_type: type, log_level: each, details: details ?? {}, ...(error && { error }) },
      }))
    if (records.length === 0) continue
    ctx.deliver({
      to: arnAt(ctx.place, 'logs', 'vended-logs'),
      from: resourceArn,
      principal: 'delivery.logs.amazonaws.com',
      operation: 'VendLogs',
      input: { resourceArn, logType: `${each}_LOGS`, records },
      event: `${each}_LOGS of ${on.bus} ${on.eventId}`,
      traceId: on.traceId,
    })
  }
}

/** An event has come, and matched these rules. */
export function logArrival(ctx: Tx, { bus, event, traceId }: Came, matched: readonly string[]): void {
  logSteps(ctx, { bus, eventId: event.id, traceId }, full => [
    { type: 'EVENT_RECEIPT', level: 'INFO', details: receiptOf(event, full) },
    { type: 'RULE_MATCH_START', level: 'TRACE' },
    matched.length > 0
      ? { type: 'RULE_MATCH', level: 'INFO', details: { rule_arns: matched } }
      : { type: 'NO_STANDARD_RULES_MATCHED', level: 'INFO' },
  ])
}

type Came = { bus: string; event: BusEvent; traceId: string }

/** The event's own detail only where the bus is to include it. */
function receiptOf(event: BusEvent, full: boolean): Record<string, unknown> {
  return {
    caller_account_id: event.account,
    source_time_ms: Date.parse(event.time),
    source: event.source,
    detail_type: event['detail-type'],
    resources: event.resources,
    ...(full ? { event_detail: event.detail } : {}),
  }
}

/** A delivery to a target has ended. */
export function logEnd(ctx: Tx, delivery: Delivery, undelivered?: Undelivered): void {
  if (!delivery.about) return
  const { ruleArn, targetArn, deadLetter } = delivery.about as About // written by deliveriesOf()
  const details = { rule_arn: ruleArn, target_arn: targetArn, total_attempts: undelivered?.attempts ?? 1 }
  const steps = (): Step[] =>
    undelivered
      ? failure(undelivered, details, deadLetter)
      : [
          { type: 'INVOCATION_ATTEMPT_SUCCESS', level: 'TRACE', details },
          { type: 'INVOCATION_SUCCESS', level: 'INFO', details },
        ]
  const [, bus = 'default'] = /^rule\/([^/]+)\/[^/]+$/.exec(parseArn(ruleArn)?.resource ?? '') ?? []
  const eventId = delivery.event?.split(' ').at(-1) ?? ''
  logSteps(ctx, { bus, eventId, traceId: ctx.traceId }, steps)
}

function failure({ error }: Undelivered, details: { target_arn: string }, deadLetter: string | undefined): Step[] {
  const told = {
    http_status_code: error.status || 400,
    error_message: reasonOf(error),
    aws_service: parseArn(details.target_arn)?.service,
  }
  return [
    { type: 'INVOCATION_ATTEMPT_PERMANENT_FAILURE', level: 'ERROR', details, error: told },
    { type: 'INVOCATION_FAILURE', level: 'ERROR', details, error: told },
    ...(deadLetter === undefined
      ? []
      : [{ type: 'INVOCATION_DLQ', level: 'ERROR' as const, details: { ...details, dlq_arn: deadLetter } }]),
  ]
}
