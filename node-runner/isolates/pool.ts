import { setMaxListeners } from 'node:events'
import type { Invocation } from '../../durable-objects/shared/functions/contract.ts'
import { discard, dropIdleProcesses, dropOldSandboxes } from './eviction.ts'
import { codeOf, load, type Member, type Sandbox, watch, watchMemory } from './member.ts'
import { pump, startShared } from './placement.ts'
import type { ProcessOptions, WorkerdProcess } from './workerd-process.ts'

/** Where an invocation goes: in any process, in one where nothing else is at work, or in one of its own. */
export type Wish = 'any' | 'free' | 'alone'

export type Waiter = { invocation: Invocation; wish: Wish; starting: boolean; settle(sandbox: Sandbox | Error): void }

export type Pool = {
  options: ProcessOptions
  /** Processes that share the functions among them. */
  maxProcesses: () => number
  members: Set<Member>
  /** Code that was caught holding its process: it runs alone. */
  loners: Set<string>
  queue: Set<Waiter>
  /** What runs or waits for a process, by its sandbox's id. */
  jobs: Map<string, AbortController>
  starts: Set<Promise<void>>
  sharedStarts: number
  ending: AbortController
  close(): Promise<void>
}

const TICK_MS = 100

/**
 * Processes start when the first function needs one. As long as there may be more, whatever is at work has its process to
 * itself, so that nothing waits for another's computing; beyond, the least busy one is shared.
 */
export function createPool(options: ProcessOptions, maxProcesses: () => number): Pool {
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)
  const endWithUs = () => ending.abort()
  process.once('exit', endWithUs)
  const timer = setInterval(() => tick(pool), TICK_MS).unref()
  const close = async (): Promise<void> => {
    clearInterval(timer)
    process.off('exit', endWithUs)
    ending.abort()
    for (const waiter of [...pool.queue]) waiter.settle(ended())
    await Promise.all(pool.starts)
    for (const member of pool.members) member.process.kill()
    await Promise.all([...pool.members].map(member => member.process.exited))
  }
  const pool: Pool = {
    options,
    maxProcesses,
    members: new Set(),
    loners: new Set(),
    queue: new Set(),
    jobs: new Map(),
    starts: new Set(),
    sharedStarts: 0,
    ending,
    close,
  }
  return pool
}

function ended(): Error {
  return new Error('The isolates have ended')
}

function tick(pool: Pool): void {
  for (const member of pool.members) {
    if (load(member) === 0) continue
    watch(member)
    watchMemory(member)
  }
  if (pool.queue.size > 0) pump(pool)
  dropOldSandboxes(pool)
  dropIdleProcesses(pool)
}

/** The sandbox of that id where it is idle in a process that listens, else a new one. Rejects once the pool is closed. */
export function take(pool: Pool, invocation: Invocation, wish: Wish): Promise<Sandbox> {
  if (pool.ending.signal.aborted) return Promise.reject(ended())
  const known = wish === 'any' ? findIdle(pool, invocation.sandboxId) : undefined
  if (known !== undefined) {
    known.busy = true
    known.fresh = false
    return Promise.resolve(known)
  }
  const { promise, resolve, reject } = Promise.withResolvers<Sandbox>()
  const settle = (sandbox: Sandbox | Error): void => {
    pool.queue.delete(waiter)
    if (sandbox instanceof Error) reject(sandbox)
    else resolve(sandbox)
  }
  const alone = wish === 'alone' || pool.loners.has(codeOf(invocation))
  const waiter: Waiter = { invocation, wish: alone ? 'alone' : wish, starting: false, settle }
  pool.queue.add(waiter)
  pump(pool)
  return promise
}

/** One in a process that is held cannot take anything: it is given up. */
function findIdle(pool: Pool, id: string): Sandbox | undefined {
  for (const member of pool.members) {
    const sandbox = member.sandboxes.get(id)
    if (sandbox === undefined || sandbox.busy) continue
    if (!member.stalled && member.process.alive()) return sandbox
    discard(sandbox)
  }
  return undefined
}

/** A sandbox was made, or could not be: its process takes the next. */
export function made(pool: Pool, { member }: Sandbox): void {
  member.creating--
  pump(pool)
}

export function release(pool: Pool, sandbox: Sandbox, reusable: boolean): void {
  sandbox.busy = false
  sandbox.idleSince = sandbox.member.idleSince = Date.now()
  // A sandbox that ends between invocations is simply not there for the next.
  if (reusable) sandbox.session.onLine(line => line === undefined && discard(sandbox))
  else discard(sandbox)
  pump(pool)
}

/** Ends sandboxes, at work, idle, or still to be made. */
export function end({ jobs, members }: Pool, ids: Iterable<string>): void {
  for (const id of ids) {
    jobs.get(id)?.abort()
    // Whoever runs in it hears that it is over.
    for (const { sandboxes } of members) sandboxes.get(id)?.session.close()
  }
}

/** Marks code that was caught holding its process. */
export function caught(pool: Pool, invocation: Invocation): void {
  pool.loners.add(codeOf(invocation))
}

/** A process in which nothing is at work, the first one being started for it; undefined when all have work. */
export async function idleProcess(pool: Pool): Promise<WorkerdProcess | undefined> {
  if (pool.ending.signal.aborted) return undefined
  if (pool.members.size === 0 && pool.starts.size === 0) startShared(pool)
  if (pool.members.size === 0) await Promise.all(pool.starts)
  return [...pool.members].find(one => one.only === undefined && load(one) === 0 && one.process.alive())?.process
}
