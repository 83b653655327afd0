import { loadModel } from '../../../aws/wire/model.ts'
import { type Delivery, targetOf } from '../../kernel/outbox/deliver.ts'
import { sdkAction, sdkModel } from '../../kernel/outbox/sdk-targets.ts'
import { parseArn } from '../../../aws/arn.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { own } from '../../../aws/own.ts'
import type { ErrorData } from '../../../aws/errors.ts'
import { scheduledTime, type Invocation, targetDelivery } from './targets.ts'

/**
 * EventBridge Scheduler → SQS: an invocation that was given up goes to the schedule's dead-letter queue, as the request
 * that failed, with what went wrong as attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */

/** Which part of the retry policy ended it; `permanent` errors are not retried. */
export type Exhausted = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds' | 'permanent'

type Failure = { error: ErrorData; exhausted: Exhausted }

/** The operation that each kind of target is called by, as a universal target names it. */
const ACTIONS: Readonly<Record<string, string>> = {
  ecs: 'ecs:runTask',
  events: 'eventbridge:putEvents',
  firehose: 'firehose:putRecord',
  kinesis: 'kinesis:putRecord',
  lambda: 'lambda:invoke',
  sns: 'sns:publish',
  sqs: 'sqs:sendMessage',
  states: 'sfn:startExecution',
}

/** Where a body is cut, in bytes: what a queue takes, and, as text within JSON on its way there, a row holds. */
const MOST_BYTES = 786_432

/** The dead letter of an invocation, where its schedule has a queue for them. */
export function deadLetter(ctx: Ctx, invocation: Invocation, { error, exhausted }: Failure): Delivery | undefined {
  const { id, target, scheduleArn, scheduledAt, attempt } = invocation
  const to = target.DeadLetterConfig?.Arn
  if (to === undefined) return undefined
  const delivery = targetDelivery(invocation)
  const { body, truncated } = bodyOf(ctx, delivery)
  const attributes = {
    ERROR_CODE: codeOf(target.Arn, error),
    ERROR_MESSAGE: error.message || error.code,
    EXECUTION_ID: id,
    ...(exhausted !== 'permanent' && { EXHAUSTED_RETRY_CONDITION: exhausted }),
    IS_PAYLOAD_TRUNCATED: String(truncated),
    RETRY_ATTEMPTS: String(attempt - 1),
    SCHEDULED_TIME: scheduledTime(scheduledAt),
    SCHEDULE_ARN: scheduleArn,
    TARGET_ARN: actionArn(target.Arn),
  }
  const named = Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }])
  const { from, principal, role, traceId } = delivery
  const input = { MessageAttributes: Object.fromEntries(named) as unknown }
  return { to, from, principal, role, traceId, payload: body, input, event: `dead letter of ${delivery.event}` }
}

function actionArn(arn: string): string {
  const action = own(ACTIONS, parseArn(arn)?.service ?? '')
  return action === undefined ? arn : `arn:aws:scheduler:::aws-sdk:${action}`
}

/** The code as the SDKs of that day had it: SQS's own name for a queue that is missing. */
function codeOf(arn: string, { code }: ErrorData): string {
  const named = sdkAction(arn)
  const model = named ? sdkModel(named.service) : loadModel(parseArn(arn)?.service ?? '')
  return model?.error(code)?.extra.qc ?? code
}

function bodyOf(ctx: Ctx, delivery: Delivery): { body: string; truncated: boolean } {
  const whole = sdkAction(delivery.to) ? (delivery.payload ?? '') : requestOf(ctx, delivery)
  const bytes = new TextEncoder().encode(whole)
  if (bytes.length <= MOST_BYTES) return { body: whole, truncated: false }
  return { body: new TextDecoder().decode(bytes.subarray(0, MOST_BYTES)), truncated: true }
}

/** The request that was made at the target. */
function requestOf({ definitionOf }: Ctx, delivery: Delivery): string {
  try {
    return JSON.stringify(targetOf(definitionOf, delivery).input, (_key, value: unknown) =>
      value instanceof Uint8Array ? new TextDecoder().decode(value) : value,
    )
  } catch {
    return delivery.payload ?? '' // no operation takes that target
  }
}
