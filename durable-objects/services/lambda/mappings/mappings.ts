import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError, reasonOf } from '../../../../aws/errors.ts'
import { cutBatches, filterReason, filterView } from './mapping-batches.ts'
import { type Batch, concurrencyOf, forgetWaiting, type Poller, pollerOf, throttleDelayMs } from './mapping-pollers.ts'
import { type Mapping, mappingCaller, mappingOf, mappingRow, patternsOf } from './mapping-rows.ts'
import { noteItems, runBatch } from './mapping-runs.ts'
import type { MappingRow } from '../schema.ts'
import { deleteItems, type Item, receiveItems, visibilityMs } from './sqs-source.ts'

/**
 * SQS -> Lambda: the queue tells a mapping that there is something to receive; the mapping receives, filters, gathers
 * batches, invokes the function, and deletes what was processed. Nothing of it is state: whatever is lost with the
 * process comes again from the queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */

/** How sources tell a mapping, by its ARN. */
export type MappingOperations = { PollEventSource: { input: { Resource: string }; output: Record<string, never> } }

export function PollEventSource(
  ctx: Ctx,
  { Resource }: MappingOperations['PollEventSource']['input'],
): Record<string, never> {
  pollMapping(ctx, Resource.slice(Resource.lastIndexOf(':') + 1))
  return {}
}

/** Receives for as long as there is something, room for it, and the mapping is on. */
export function pollMapping(ctx: Ctx, uuid: string): void {
  const poller = pollerOf(ctx, uuid)
  poller.more = true
  if (!poller.polling) ctx.background(poll(ctx, uuid, poller))
}

/** Timer: the batching window has ended, or it is time to try again what got no concurrency. */
export function resumeMapping(ctx: Ctx, uuid: string): void {
  pollMapping(ctx, uuid)
}

/** The function's concurrency has changed. */
export function resumeMappings(ctx: Ctx, name: string): void {
  for (const { uuid } of ctx.sql.all<MappingRow>(
    'SELECT * FROM lambda_mappings WHERE name = ? AND enabled = 1',
    name,
  )) {
    pollerOf(ctx, uuid).retryAt = 0
    pollMapping(ctx, uuid)
  }
}

async function poll(ctx: Ctx, uuid: string, poller: Poller): Promise<void> {
  poller.polling = true
  try {
    while (await step(ctx, uuid, poller));
  } finally {
    poller.polling = false
    pause(poller)
  }
}

/** A backlog has come to its end when nothing is under way. */
function pause(poller: Poller): void {
  if (poller.running === 0 && !poller.polling && poller.held.length === 0) poller.busySince = null
}

/** The mapping, if it is on and its function is there. */
function activeMapping(ctx: Ctx, uuid: string): Mapping | undefined {
  const row = mappingRow(ctx, uuid)
  return row?.enabled && mappingCaller(ctx, row.name) ? mappingOf(ctx, row) : undefined
}

/** One look into the queue. Answers whether there should be another at once. */
async function step(ctx: Ctx, uuid: string, poller: Poller): Promise<boolean> {
  const mapping = activeMapping(ctx, uuid)
  if (!mapping) {
    forgetWaiting(poller)
    return false
  }
  flushWindow(ctx, mapping, poller)
  if (!(await retryHeld(ctx, mapping, poller))) return false
  if (!poller.more || poller.running >= concurrencyOf(ctx, mapping, poller)) return false
  // Whoever tells of a message from now on is heard.
  poller.more = false
  const items = await received(ctx, mapping, mapping.settings.BatchSize - poller.buffer.length)
  const current = activeMapping(ctx, uuid)
  if (!current) return false
  if (items.length === 0) return poller.more
  poller.more = true
  poller.busySince ??= ctx.now
  await accept(ctx, current, poller, items)
  return true
}

async function received(ctx: Ctx, mapping: Mapping, most: number): Promise<Item[]> {
  try {
    return await receiveItems(ctx, mapping, most)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { source: from, target: to } = mapping
    ctx.journal({ from, to, outcome: 'refused', reason: `${reasonOf(error)} (ReceiveMessage)`, event: 'poll' })
    return []
  }
}

/** Drops what no filter matches, and adds the rest to a batch. */
async function accept(ctx: Ctx, mapping: Mapping, poller: Poller, items: readonly Item[]): Promise<void> {
  const patterns = patternsOf(mapping)
  const filtered: Item[] = []
  // A queue that hides messages for less than the window gives them again, and the old receipts are worth nothing.
  const again = new Set(items.map(({ id }) => id))
  poller.buffer = poller.buffer.filter(({ id }) => !again.has(id))
  for (const item of items) {
    const reason = filterReason(patterns, filterView(item.record))
    if (reason === undefined) {
      poller.buffer.push(item)
      continue
    }
    filtered.push(item)
    noteItems(ctx, mapping, [item], { outcome: 'filtered', reason })
  }
  ctx.change(tx => gather(tx, mapping, poller))
  if (filtered.length > 0) await deleteItems(ctx, mapping, filtered)
}

/** Starts the batches that are full; what is left waits for the window, where there is one. */
function gather(ctx: Tx, mapping: Mapping, poller: Poller): void {
  const { BatchSize, MaximumBatchingWindowInSeconds: window } = mapping.settings
  const { full, rest } = cutBatches(poller.buffer, BatchSize)
  poller.buffer = window > 0 ? rest : []
  if (window === 0 && rest.length > 0) full.push(rest)
  for (const items of full) start(ctx, mapping, poller, { items, receivedAt: ctx.now })
  if (poller.buffer.length === 0) {
    poller.windowEnd = null
  } else if (poller.windowEnd === null || full.length > 0) {
    poller.bufferedAt = ctx.now
    poller.windowEnd = ctx.now + window * 1000
    setTimer(ctx, mapping, poller)
  }
}

function flushWindow(ctx: Ctx, mapping: Mapping, poller: Poller): void {
  if (poller.windowEnd === null || ctx.now < poller.windowEnd) return
  const { buffer: items, bufferedAt: receivedAt } = poller
  poller.buffer = []
  poller.windowEnd = null
  start(ctx, mapping, poller, { items, receivedAt })
}

function start(ctx: Ctx, mapping: Mapping, poller: Poller, batch: Batch): void {
  poller.running += 1
  ctx.background(finish(ctx, mapping, poller, batch))
}

async function finish(ctx: Ctx, mapping: Mapping, poller: Poller, batch: Batch): Promise<void> {
  let ended: number | 'throttled' = 0
  try {
    ended = await runBatch(ctx, mapping, batch)
  } finally {
    poller.running -= 1
    if (ended === 'throttled') {
      ctx.change(tx => hold(tx, mapping, poller, batch))
    } else {
      poller.lastMs = ended
      // There is room now for one that was held back.
      poller.retryAt = 0
    }
    pause(poller)
    if (!poller.polling && (poller.more || poller.held.length > 0)) ctx.background(poll(ctx, mapping.uuid, poller))
  }
}

/** A batch that got no concurrency is tried again, ever less often, for as long as its messages are hidden. */
function hold(ctx: Tx, mapping: Mapping, poller: Poller, batch: Batch): void {
  poller.held.push(batch)
  poller.throttles += 1
  poller.retryAt = ctx.now + throttleDelayMs(poller.throttles)
  setTimer(ctx, mapping, poller)
}

function setTimer(ctx: Tx, { uuid }: Mapping, { windowEnd, held, retryAt }: Poller): void {
  const due = Math.min(windowEnd ?? Number.POSITIVE_INFINITY, held.length > 0 ? retryAt : Number.POSITIVE_INFINITY)
  if (Number.isFinite(due)) ctx.timers.set('mapping', uuid, due)
}

/** Answers whether nothing is held back. */
async function retryHeld(ctx: Ctx, mapping: Mapping, poller: Poller): Promise<boolean> {
  if (poller.held.length === 0) {
    poller.throttles = 0
    return true
  }
  if (ctx.now < poller.retryAt) return false
  const visibility = await visibilityMs(ctx, mapping).catch(() => 0)
  const [batch] = poller.held.splice(0, 1)
  if (!batch) return true
  if (ctx.now < batch.receivedAt + visibility) {
    start(ctx, mapping, poller, batch)
    return false
  }
  const reason = 'TooManyRequestsException: Rate Exceeded. Its visibility timeout ended before there was concurrency'
  noteItems(ctx, mapping, batch.items, { outcome: 'retried', reason })
  return true
}
