import { dropIdleProcesses } from './eviction.ts'
import { buryRuns, codeOf, load, type Member, memberOf, type Sandbox, sharedOf } from './member.ts'
import type { Pool, Waiter } from './pool.ts'
import { openSession } from './sandbox-session.ts'
import { startProcess } from './workerd-process.ts'

/** A process makes sandboxes one after the other; the second waits for its code meanwhile. */
const MAX_CREATING = 2
/** Processes that a function holds, or that it has for itself, come on top of the pool's own, up to here. */
const HARD_LIMIT = 16

/** Gives each invocation that waits its process, where there is one for it. */
export function pump(pool: Pool): void {
  for (const waiter of [...pool.queue]) {
    const member = waiter.wish === 'alone' ? placeAlone(pool, waiter) : placeShared(pool, waiter)
    if (member !== undefined) waiter.settle(occupy(member, waiter))
  }
}

function placeAlone(pool: Pool, waiter: Waiter): Member | undefined {
  const code = codeOf(waiter.invocation)
  const own = [...pool.members].find(one => one.only === code && load(one) === 0 && one.process.alive())
  if (own === undefined && !waiter.starting) startFor(pool, waiter)
  return own
}

function placeShared(pool: Pool, { wish }: Waiter): Member | undefined {
  const open = sharedOf(pool.members)
  // The one used last has most at hand; the others may end.
  const [free] = open.filter(one => load(one) === 0).sort((a, b) => b.idleSince - a.idleSince)
  if (free !== undefined) return free
  if (hasRoom(pool) && mayGrow(pool, open.length, wish === 'free')) {
    if (pool.sharedStarts < pool.queue.size) startShared(pool)
    return undefined
  }
  return open.filter(one => one.creating < MAX_CREATING).sort((a, b) => load(a) - load(b))[0]
}

function mayGrow(pool: Pool, open: number, needsFree: boolean): boolean {
  return open + pool.sharedStarts < pool.maxProcesses() || (needsFree && pool.sharedStarts === 0)
}

function hasRoom(pool: Pool): boolean {
  return pool.members.size + pool.starts.size < HARD_LIMIT
}

function occupy(member: Member, { invocation }: Waiter): Sandbox {
  const session = openSession(member.process, invocation)
  const sandbox: Sandbox = { id: invocation.sandboxId, member, session, fresh: true, busy: true, idleSince: 0 }
  member.sandboxes.set(sandbox.id, sandbox)
  member.creating++
  return sandbox
}

/** Starts a process that all may use; when it cannot be, nothing that waits is left waiting. */
export function startShared(pool: Pool): void {
  pool.sharedStarts++
  const failed = (error: Error): void => {
    for (const waiter of [...pool.queue]) waiter.settle(error)
  }
  void start(pool, undefined, failed).then(() => {
    pool.sharedStarts--
    pump(pool)
  })
}

/** Starts a process for what must run alone; where there are too many, it waits until one ends. */
function startFor(pool: Pool, waiter: Waiter): void {
  if (!hasRoom(pool)) {
    dropIdleProcesses(pool, 0)
    return
  }
  waiter.starting = true
  void start(pool, codeOf(waiter.invocation), waiter.settle).then(() => pump(pool))
}

function start(pool: Pool, only: string | undefined, failed: (error: Error) => void): Promise<void> {
  const started = startProcess(pool.options, pool.ending.signal).then(process => {
    const member = memberOf(process, only)
    pool.members.add(member)
    void process.exited.then(() => {
      pool.members.delete(member)
      buryRuns(member)
      pump(pool)
    })
  }, failed)
  pool.starts.add(started)
  return started.finally(() => pool.starts.delete(started))
}
