import type { Delivery, Undelivered } from '../../kernel/outbox/deliver.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { concurrencyOf } from './settings/concurrency-limits.ts'
import { type EventRow, versionName } from './schema.ts'

/*
 * Lambda → CloudWatch: every invocation, however it was started, and what becomes of events.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */

type Value = [name: string, value: number, unit: 'Count' | 'Milliseconds', refusal?: true]

/** A function as it was invoked; `executedVersion` is told of aliases. */
type Subject = { name: string; qualifier?: string | undefined; executedVersion?: string | undefined }

/** Of the function, of what was invoked of it, of the version that an alias led to, and of the account in all. */
function note(ctx: Ctx, { name, qualifier, executedVersion }: Subject, values: readonly Value[]): void {
  const isAlias = qualifier !== undefined && !/^(?:\$LATEST|\d+)$/.test(qualifier)
  const Resource = qualifier === undefined ? name : `${name}:${qualifier}`
  const sets: Record<string, string>[] = [{}, { FunctionName: name }, { FunctionName: name, Resource }]
  if (isAlias && executedVersion !== undefined) {
    sets.push({ FunctionName: name, Resource, ExecutedVersion: executedVersion })
  }
  for (const dimensions of sets) {
    for (const [metric, value, unit, refusal] of values) {
      ctx.metric({ namespace: 'AWS/Lambda', name: metric, value, unit, dimensions, refusal })
    }
  }
}

type Invoked = { row: { name: string; number: number }; invokedArn: string }

function subjectOf({ row, invokedArn }: Invoked): Subject {
  return { name: row.name, qualifier: invokedArn.split(':')[7], executedVersion: versionName(row.number) }
}

/** A run has ended: with what its handler answered, or with an error of the function's. */
export function noteRun(
  ctx: Ctx,
  target: Invoked,
  { failed, durationMs }: { failed: boolean; durationMs: number },
): void {
  note(ctx, subjectOf(target), [
    ['Invocations', 1, 'Count'],
    ['Errors', failed ? 1 : 0, 'Count'],
    ['Throttles', 0, 'Count'],
    ['Duration', durationMs, 'Milliseconds'],
  ])
}

/** A run was refused, for want of concurrency. */
export function noteThrottle(ctx: Ctx, target: Invoked): void {
  note(ctx, subjectOf(target), [['Throttles', 1, 'Count', true]])
}

/** A run begins: as many are under way with it, of its function and in all. */
export function noteConcurrency(ctx: Ctx, name: string): void {
  const { own, all, unreserved } = concurrencyOf(ctx, name)
  const gauge = (metric: string, value: number, dimensions: Record<string, string>) =>
    ctx.metric({ namespace: 'AWS/Lambda', name: metric, value, unit: 'Count', dimensions })
  gauge('ConcurrentExecutions', own, { FunctionName: name })
  gauge('ConcurrentExecutions', own, { FunctionName: name, Resource: name })
  gauge('ConcurrentExecutions', all, {})
  gauge('UnreservedConcurrentExecutions', unreserved, {})
}

type Event = Pick<EventRow, 'name' | 'qualifier'>
const ofEvent = ({ name, qualifier }: Event): Subject => ({ name, qualifier: qualifier ?? undefined })

export function noteEventReceived(ctx: Ctx, row: Event): void {
  note(ctx, ofEvent(row), [['AsyncEventsReceived', 1, 'Count']])
}

/** An event's function is invoked: so long after the event came. */
export function noteEventAge(ctx: Ctx, row: Event & Pick<EventRow, 'received'>): void {
  note(ctx, ofEvent(row), [['AsyncEventAge', ctx.now - row.received, 'Milliseconds']])
}

/** An event ended without its function having dealt with it. */
export function noteEventDropped(ctx: Ctx, row: Event): void {
  note(ctx, ofEvent(row), [['AsyncEventsDropped', 1, 'Count']])
}

/** A record or a dead letter did not arrive where it was to go. */
export function noteUndelivered(ctx: Ctx, { from, event = '' }: Delivery, undelivered?: Undelivered): void {
  const name = parseArn(from)?.resource.split(':')[1]
  if (!undelivered || name === undefined) return
  if (/^(?:Success|Failure) record /.test(event)) note(ctx, { name }, [['DestinationDeliveryFailures', 1, 'Count']])
  else if (event.startsWith('dead letter ')) note(ctx, { name }, [['DeadLetterErrors', 1, 'Count']])
}
