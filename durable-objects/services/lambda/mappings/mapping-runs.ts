import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError, reasonOf } from '../../../../aws/errors.ts'
import { newTraceId } from '../../../../aws/ids.ts'
import { isThrottled } from '../settings/concurrency-limits.ts'
import {
  beginRun,
  checkRunnable,
  type Conclusion,
  concludeRun,
  findTarget,
  isErased,
  type Job,
  performRun,
  type Run,
} from '../invocations/executions.ts'
import { verdictOf } from './mapping-batches.ts'
import type { Batch } from './mapping-pollers.ts'
import type { Mapping } from './mapping-rows.ts'
import { functionArn } from '../functions/names.ts'
import { deleteItems, type Item } from './sqs-source.ts'
import { rootOf, timesRun } from '../invocations/trace-headers.ts'

/** Hops of a mapping's messages, each in its own chain. */
export function noteItems(
  ctx: Ctx,
  mapping: Mapping,
  items: readonly Item[],
  hop: { outcome: 'delivered' | 'filtered' | 'refused' | 'retried'; reason?: string | undefined },
): void {
  for (const item of items) {
    const traceId = chainOf(item)
    ctx.journal({ from: mapping.source, to: mapping.target, event: `message ${item.id}`, ...hop, traceId })
  }
}

/** The chain of a message: X-Ray's header says it, or the request that sent it. */
const chainOf = ({ trace, traceId }: Item) => rootOf(trace) ?? traceId

/** An invocation belongs to the chain of its first message, as there is but one to belong to. */
function jobOf(ctx: Ctx, { name }: Mapping, { items }: Batch): Job {
  const requestId = crypto.randomUUID()
  const [first] = items
  return {
    id: requestId,
    requestId,
    traceId: (first && chainOf(first)) ?? newTraceId(ctx.now),
    trace: mostTravelled(items, functionArn(ctx.place, name)),
    source: 'aws:sqs',
    payload: JSON.stringify({ Records: items.map(({ record }) => record) }),
    streaming: false,
  }
}

/** A loop is counted by the message that has been through the function most often. */
function mostTravelled(items: readonly Item[], arn: string): string | undefined {
  return items.reduce<string | undefined>(
    (most, { trace }) => (timesRun(trace, arn) > timesRun(most, arn) ? trace : most),
    items[0]?.trace,
  )
}

/** Invokes the function with a batch, and settles it with the queue. Answers how long it took, or that there was no concurrency. */
export async function runBatch(ctx: Ctx, mapping: Mapping, batch: Batch): Promise<number | 'throttled'> {
  let run: Run
  try {
    const { name, qualifier, target: arn } = mapping
    const target = findTarget(ctx, { name, qualifier: qualifier ?? undefined, arn })
    checkRunnable(target)
    run = beginRun(ctx, target, jobOf(ctx, mapping, batch))
  } catch (error) {
    if (isThrottled(error)) return 'throttled'
    return giveBack(ctx, mapping, batch, error)
  }
  try {
    const outcome = await performRun(ctx, run)
    await settle(
      ctx,
      mapping,
      batch,
      ctx.change(tx => concludeRun(tx, run, outcome)),
    )
    return outcome.end.durationMs
  } catch (error) {
    if (isErased(run)) return 0
    return giveBack(ctx, mapping, batch, error)
  }
}

/** What could not be run, or not deleted, comes into sight again by itself. */
function giveBack(ctx: Ctx, mapping: Mapping, { items }: Batch, error: unknown): number {
  if (!(error instanceof AwsError)) throw error
  noteItems(ctx, mapping, items, { outcome: 'refused', reason: reasonOf(error) })
  return 0
}

/** Deletes what was processed; the rest stays hidden until its visibility timeout ends. */
async function settle(ctx: Ctx, mapping: Mapping, { items }: Batch, conclusion: Conclusion): Promise<void> {
  const ids = items.map(({ id }) => id)
  const reports = mapping.settings.FunctionResponseTypes.includes('ReportBatchItemFailures')
  const verdict = conclusion.failed
    ? { failed: new Set(ids), reason: `the function failed: ${conclusion.payload.slice(0, 500)}` }
    : reports
      ? verdictOf(conclusion.payload, ids)
      : { failed: new Set<string>(), reason: undefined }
  const done = items.filter(({ id }) => !verdict.failed.has(id))
  const failed = items.filter(({ id }) => verdict.failed.has(id))
  noteItems(ctx, mapping, done, { outcome: 'delivered' })
  const reason = verdict.reason ?? 'the function reported it in batchItemFailures'
  noteItems(ctx, mapping, failed, {
    outcome: 'retried',
    reason: `${reason}; it comes again after the visibility timeout`,
  })
  await deleteItems(ctx, mapping, done)
}
