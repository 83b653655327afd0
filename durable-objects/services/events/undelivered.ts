/** EventBridge → a target's dead-letter queue: the event, with what went wrong as attributes. */
import type { Delivery, Undelivered } from '../../kernel/outbox/deliver.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { isTransient } from '../../kernel/outbox/outbox.ts'
import { type ErrorData, reasonOf } from '../../../aws/errors.ts'
import { logEnd } from './bus-logs.ts'
import { count } from './metrics.ts'
import { type About, PRINCIPAL } from './target-deliveries.ts'

/** Why an event was given up. */
export type Failure = {
  code: string
  message: string
  /** Tries that were made after the first. */
  retries: number
  exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | undefined
}

/** An event that did not get to a target. */
export type Undeliverable = { about: About; label: string; traceId: string }

/** Hears how each delivery ended. */
export function ended(ctx: Tx, delivery: Delivery, undelivered?: Undelivered): void {
  logEnd(ctx, delivery, undelivered)
  if (!delivery.about) return
  const about = delivery.about as About // written by deliveriesOf()
  count(ctx, about.ruleArn, 'Invocations')
  if (!undelivered) return
  const { error, attempts } = undelivered
  sendDeadLetter(
    ctx,
    { about, label: delivery.event ?? '', traceId: ctx.traceId },
    {
      code: errorCode(error),
      message: reasonOf(error),
      retries: attempts - 1,
      ...(isTransient(error) && { exhausted: 'MaximumRetryAttempts' }),
    },
  )
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html */
export function sendDeadLetter(ctx: Tx, { about, label, traceId }: Undeliverable, failure: Failure): void {
  const { ruleArn, targetArn, deadLetter, event } = about
  count(ctx, ruleArn, 'FailedInvocations')
  if (deadLetter === undefined) return
  count(ctx, ruleArn, 'InvocationsSentToDlq')
  const reason = `${failure.message}; sent on to ${deadLetter}`
  ctx.journal({ from: ruleArn, to: targetArn, outcome: 'dead-lettered', reason, event: label, traceId })
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  ctx.deliver({
    to: deadLetter,
    from: ruleArn,
    principal: PRINCIPAL,
    payload: event,
    event: `dead letter of ${label}`,
    traceId,
    input: {
      MessageAttributes: {
        RULE_ARN: text(ruleArn),
        TARGET_ARN: text(targetArn),
        ERROR_CODE: text(failure.code),
        ERROR_MESSAGE: text(failure.message.slice(0, 1024)),
        ...(failure.exhausted && { EXHAUSTED_RETRY_CONDITION: text(failure.exhausted) }),
        RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(failure.retries) },
      },
    },
  })
}

/** EventBridge's own word for a target's error. */
function errorCode({ code, status, fields }: ErrorData): string {
  if (typeof fields.eventBridge === 'string') return fields.eventBridge
  if (/AccessDenied|NotAuthorized|Authorization/.test(code)) return 'NO_PERMISSIONS'
  if (/NotFound|DoesNotExist|NonExistent|NoSuch/.test(code)) return 'NO_RESOURCE'
  if (/Throttl|TooManyRequests|SlowDown/.test(code)) return 'THROTTLING'
  if (/LimitExceeded/.test(code)) return 'RESOURCE_LIMIT_EXCEEDED'
  if (/AlreadyExists/.test(code)) return 'RESOURCE_ALREADY_EXISTS'
  if (/Invalid|Validation|MissingParameter|Missing/.test(code)) return 'INVALID_PARAMETER'
  return status >= 500 ? 'ERROR_FROM_TARGET' : 'SDK_CLIENT_ERROR'
}
