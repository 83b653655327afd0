import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseQueueUrl } from './addresses.ts'
import { findQueue, queueByName } from './find-queue.ts'
import { anyVisible, nextVisible } from './visible.ts'

/**
 * SQS -> event source mappings: a mapping that reads a queue is told at once when there is a message to receive, by a
 * send or by time. Who watches a queue stands in its rows, under the queue's name, so that a queue made again is watched
 * too. Whatever is not heard is said again within a minute, for as long as a message waits.
 */

type Nothing = Record<string, never>

/** What mappings ask of a queue. */
export type WatcherOperations = {
  WatchQueue: { input: { QueueUrl: string; Mapping: string; Missing?: boolean }; output: Nothing }
  UnwatchQueue: { input: { QueueName: string; Mapping: string }; output: Nothing }
}

const SAFETY_MS = 60_000

/** What is known of a watched queue; memory, for speed alone. `armed`: when its timer rings, at the latest. */
type Watched = { fifo: number; mappings: string[]; armed: number }

const watchedOf = (ctx: Ctx): Map<number, Watched> => ctx.memory<Map<number, Watched>>('sqs.watched', () => new Map())

function watched(ctx: Ctx, queue: number): Watched {
  const known = watchedOf(ctx).get(queue)
  if (known) return known
  const rows = ctx.sql.all<{ mapping: string; fifo: number }>(
    'SELECT w.mapping, q.fifo FROM sqs_queues q JOIN sqs_watchers w ON w.queue = q.name WHERE q.id = ?',
    queue,
  )
  const found = { fifo: rows[0]?.fifo ?? 0, mappings: rows.map(({ mapping }) => mapping), armed: 0 }
  watchedOf(ctx).set(queue, found)
  return found
}

/**
 * A mapping, by its ARN, begins to read a queue, or one that may be made again (`Missing`).
 * @throws AwsError QueueDoesNotExist
 */
export function WatchQueue(ctx: Tx, input: WatcherOperations['WatchQueue']['input']): Nothing {
  const { QueueUrl, Mapping, Missing } = input
  const queue = Missing ? queueByName(ctx, parseQueueUrl(QueueUrl).name) : findQueue(ctx, QueueUrl)
  const name = queue?.name ?? parseQueueUrl(QueueUrl).name
  ctx.sql.run('INSERT OR IGNORE INTO sqs_watchers (queue, mapping) VALUES (?, ?)', name, Mapping)
  if (!queue) return {}
  watchedOf(ctx).delete(queue.id)
  look(ctx, queue.id)
  return {}
}

/** It reads it no more, be the queue still there or not. */
export function UnwatchQueue(ctx: Tx, { QueueName, Mapping }: WatcherOperations['UnwatchQueue']['input']): Nothing {
  ctx.sql.run('DELETE FROM sqs_watchers WHERE queue = ? AND mapping = ?', QueueName, Mapping)
  watchedOf(ctx).clear()
  return {}
}

/** Something has changed in a queue: its watchers hear of it if there is anything to receive. */
export function look(ctx: Tx, queue: number): void {
  const { mappings, fifo } = watched(ctx, queue)
  if (mappings.length === 0) return
  const visible = anyVisible(ctx, { id: queue, fifo })
  if (visible) for (const mapping of mappings) nudge(ctx, mapping)
  const next = nextVisible(ctx, { id: queue, fifo }) ?? Number.POSITIVE_INFINITY
  const due = visible ? Math.min(next, ctx.now + SAFETY_MS) : next
  if (Number.isFinite(due)) arm(ctx, queue, due)
}

/** Messages were hidden until a time at which watchers must be told of them. */
export function noteHidden(ctx: Tx, queue: number, visibleAt: number): void {
  if (watched(ctx, queue).mappings.length > 0) arm(ctx, queue, visibleAt)
}

function arm(ctx: Tx, queue: number, due: number): void {
  const known = watched(ctx, queue)
  if (known.armed > ctx.now && known.armed <= due) return
  known.armed = due
  ctx.undone(() => {
    known.armed = 0
  })
  ctx.timers.set('watch', String(queue), due)
}

/** The timer of a watched queue: a message came into sight by time, or one was not heard of. */
export function watch(ctx: Tx, key: string): void {
  watched(ctx, Number(key)).armed = 0
  look(ctx, Number(key))
}

/** An object that wakes tells of what lies in its queues. */
export function lookAgain(ctx: Tx): void {
  const rows = ctx.sql.all<{ id: number }>(
    'SELECT DISTINCT q.id FROM sqs_watchers w JOIN sqs_queues q ON q.name = w.queue',
  )
  for (const { id } of rows) look(ctx, id)
}

/** Nudges on their way, and whether there is another to follow. */
const nudgesOf = (ctx: Ctx) => ctx.memory<Map<string, { again: boolean }>>('sqs.nudges', () => new Map())

/** One at a time to each mapping: those that come meanwhile are one. */
function nudge(ctx: Ctx, mapping: string): void {
  const under = nudgesOf(ctx).get(mapping)
  if (under) under.again = true
  else ctx.committed(() => ctx.background(deliver(ctx, mapping)))
}

async function deliver(ctx: Ctx, mapping: string): Promise<void> {
  const state = { again: false }
  nudgesOf(ctx).set(mapping, state)
  try {
    do {
      state.again = false
      const caller = { accountId: ctx.place.account, service: 'sqs.amazonaws.com' }
      await ctx.call('lambda', 'PollEventSource', { Resource: mapping }, { caller, own: true })
    } while (state.again)
  } finally {
    nudgesOf(ctx).delete(mapping)
  }
}
