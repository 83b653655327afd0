import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { look } from './watchers.ts'

/** Long polls that wait for something to change in a queue. They are memory, never state: a lost one asks again. */
type Waiters = Map<number, Set<() => void>>

function waitersOf(ctx: Ctx): Waiters {
  return ctx.memory<Waiters>('sqs.waiters', () => new Map())
}

/** Lets every poll of a queue look again, in the order in which they came, and then the mappings that read it. */
export function wake(ctx: Tx, queue: number): void {
  ctx.committed(() => wakePolls(ctx, queue))
  look(ctx, queue)
}

function wakePolls(ctx: Ctx, queue: number): void {
  const waiters = waitersOf(ctx).get(queue)
  if (!waiters) return
  for (const waiter of [...waiters]) waiter()
}

/** A poll under way. Its client may go away, and must not be given messages then. */
export type Poll = { abandoned: boolean }

function pollsOf(ctx: Ctx): Map<string, Poll> {
  return ctx.memory<Map<string, Poll>>('sqs.polls', () => new Map())
}

/** Runs a long poll, known by its request's id while it lasts. */
export async function asPoll<T>(ctx: Ctx, run: (poll: Poll) => Promise<T>): Promise<T> {
  const poll: Poll = { abandoned: false }
  pollsOf(ctx).set(ctx.requestId, poll)
  try {
    return await run(poll)
  } finally {
    pollsOf(ctx).delete(ctx.requestId)
  }
}

/** The client of a request has gone: its poll, if it is one, ends without taking anything. */
export function abandon(ctx: Ctx, requestId: string): void {
  const poll = pollsOf(ctx).get(requestId)
  if (!poll) return
  poll.abandoned = true
  wakeAll(ctx)
}

/** What they wait for was erased: every poll ends without taking anything. */
export function abandonAll(ctx: Ctx): void {
  for (const poll of pollsOf(ctx).values()) poll.abandoned = true
  wakeAll(ctx)
}

/** Lets every poll look again: the clock jumped. */
export function wakeAll(ctx: Ctx): void {
  for (const queue of [...waitersOf(ctx).keys()]) wakePolls(ctx, queue)
}

/**
 * Waits until the queue changes.
 * @param boundMs the longest wait, in milliseconds of real time: an open request does not outlive its client
 * @returns whether it was woken, not timed out
 */
export function waitForChange(ctx: Ctx, queue: number, boundMs: number): Promise<boolean> {
  const waiters = waitersOf(ctx)
  const set = waiters.get(queue) ?? new Set()
  waiters.set(queue, set)
  return new Promise(resolve => {
    const end = (woken: boolean) => {
      clearTimeout(timer)
      set.delete(waiter)
      if (set.size === 0 && waiters.get(queue) === set) waiters.delete(queue)
      resolve(woken)
    }
    const waiter = () => end(true)
    const timer = setTimeout(() => end(false), boundMs)
    set.add(waiter)
  })
}
