import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Mapping } from './mapping-rows.ts'
import type { Item } from './sqs-source.ts'

/** Messages that have been received together for one invocation. */
export type Batch = { items: Item[]; receivedAt: number }

/**
 * What a mapping is doing. Memory, never state: all that it holds is hidden in its queue, and comes again from there.
 * Times in milliseconds of the namespace's clock.
 */
export type Poller = {
  polling: boolean
  /** There may be messages to receive. */
  more: boolean
  /** Invocations under way. */
  running: number
  /** Since when it has been busy without a pause: it does more at once the longer it is. */
  busySince: number | null
  /** How long its last invocation took, in milliseconds of real time. */
  lastMs: number
  /** Waits for its batching window. */
  buffer: Item[]
  windowEnd: number | null
  bufferedAt: number
  /** Batches that got no concurrency, and when they are tried again. */
  held: Batch[]
  retryAt: number
  throttles: number
}

const pollersOf = (ctx: Ctx): Map<string, Poller> => ctx.memory<Map<string, Poller>>('lambda.mappings', () => new Map())

export function pollerOf(ctx: Ctx, uuid: string): Poller {
  const pollers = pollersOf(ctx)
  const known = pollers.get(uuid)
  if (known) return known
  const poller: Poller = {
    polling: false,
    more: false,
    running: 0,
    busySince: null,
    lastMs: 0,
    buffer: [],
    windowEnd: null,
    bufferedAt: 0,
    held: [],
    retryAt: 0,
    throttles: 0,
  }
  pollers.set(uuid, poller)
  return poller
}

/** Forgets what a mapping that is off or gone had received and not begun: it comes into sight again in time. */
export function forgetWaiting(poller: Poller): void {
  poller.buffer = []
  poller.windowEnd = null
  poller.held = []
  poller.throttles = 0
}

/** AWS's pace: five invocations at once, and three hundred more with every minute of a backlog. */
const AT_FIRST = 5
const MORE_PER_SECOND = 5
/** What one machine runs at once, whatever a mapping may. */
const MOST_RUNNING = 100
/** Each poller of provisioned mode does so many. */
const PER_POLLER = 10

/** A function that is quicker than this keeps up with its queue: more sandboxes for it would only cost. */
const QUICK_MS = 100

/** How many invocations a mapping may have under way. */
export function concurrencyOf(ctx: Ctx, { settings }: Mapping, { busySince, lastMs }: Poller): number {
  const { ScalingConfig, ProvisionedPollerConfig: provisioned } = settings
  const seconds = busySince === null || lastMs < QUICK_MS ? 0 : Math.max(0, ctx.now - busySince) / 1000
  const first = provisioned ? (provisioned.MinimumPollers ?? 2) * PER_POLLER : AT_FIRST
  const most = provisioned
    ? (provisioned.MaximumPollers ?? 200) * PER_POLLER
    : (ScalingConfig?.MaximumConcurrency ?? MOST_RUNNING)
  return Math.min(first + Math.floor(seconds * MORE_PER_SECOND), most, MOST_RUNNING)
}

/** After a refusal for lack of concurrency: from one second to one minute. */
export const throttleDelayMs = (throttles: number) => Math.min(60_000, 1000 * 2 ** (throttles - 1))
