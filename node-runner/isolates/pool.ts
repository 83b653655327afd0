import type { Invocation } from '../../worker/isolates/contract.ts'
import { openSession, type Session } from './sandbox-session.ts'
import { ping, type ProcessOptions, residentBytes, startProcess, type WorkerdProcess } from './workerd-process.ts'

/** A process of the pool, with what runs in it. */
export type Member = {
  process: WorkerdProcess
  /** Its memory before anything ran in it. */
  emptyBytes: number
  /** The function that has it for itself, for it was caught spinning or must run alone. */
  only: string | undefined
  sandboxes: Map<string, Sandbox>
  runs: Set<Run>
  /** When the process last showed a sign of life while something ran in it. */
  seen: number
  pinged: boolean
  stalled: boolean
  idleSince: number
  onStall: Set<() => void>
}

export type Sandbox = {
  id: string
  member: Member
  session: Session
  /** It has not run yet, and its process may still have to make it. */
  fresh: boolean
  busy: boolean
  idleSince: number
}

/** An invocation that a process has taken; `active` is when it last said something. */
export type Run = { invocation: Invocation; since: number; active: number; verdict?: 'timeout' | 'again' }

export type Pool = {
  members: Set<Member>
  /** The sandbox of that id where it is idle in a process that listens, or a new one. `apart`: in a process of its own. */
  take(invocation: Invocation, apart: boolean): Promise<Sandbox>
  release(sandbox: Sandbox, reusable: boolean): void
  /** Marks a function whose handler was caught holding its process. */
  caught(functionArn: string): void
  warm(): Promise<Member>
  close(): Promise<void>
}

const TICK_MS = 100
/** A process that neither answers nor says anything for that long is held by some function. */
const STALL_MS = 250
/** A busy pool grows by one when its members have been at work for that long. */
const GROW_MS = 50
const IDLE_PROCESS_MS = 30_000
const IDLE_SANDBOX_MS = 300_000
/** Stalled and dedicated processes come on top of the pool's own, up to here. */
const HARD_LIMIT = 16

export function createPool(options: ProcessOptions, maxProcesses: number): Pool {
  const members = new Set<Member>()
  const spinners = new Set<string>()
  const starting = new Map<string | undefined, Promise<Member>>()
  const waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const start = (only?: string): Promise<Member> => {
    const known = starting.get(only)
    if (known !== undefined) return known
    const started = startProcess(options)
      .then(process => join(process, only))
      .finally(() => starting.delete(only))
    starting.set(only, started)
    return started
  }

  const join = (process: WorkerdProcess, only: string | undefined): Member => {
    const now = Date.now()
    const member: Member = {
      process,
      emptyBytes: residentBytes(process.pid) ?? 0,
      only,
      sandboxes: new Map(),
      runs: new Set(),
      seen: now,
      pinged: false,
      stalled: false,
      idleSince: now,
      onStall: new Set(),
    }
    if (closed) process.kill()
    members.add(member)
    void process.exited.then(() => {
      members.delete(member)
      for (const wake of waiting.splice(0)) wake()
    })
    timer ??= setInterval(tick, TICK_MS).unref()
    return member
  }

  const shared = () =>
    [...members].filter(member => member.only === undefined && !member.stalled && member.process.alive())

  const choose = async (functionArn: string, apart: boolean): Promise<Member> => {
    const only = apart || spinners.has(functionArn) ? functionArn : undefined
    if (only !== undefined) return await dedicated(only)
    const [best] = shared().sort((a, b) => load(a) - load(b))
    if (best === undefined) return await whenRoom(() => start())
    grow(best)
    return best
  }

  const dedicated = async (functionArn: string): Promise<Member> => {
    const free = [...members].find(
      one => one.only === functionArn && one.runs.size === 0 && load(one) === 0 && one.process.alive(),
    )
    return free ?? (await whenRoom(() => startProcess(options).then(process => join(process, functionArn))))
  }

  const whenRoom = async (make: () => Promise<Member>): Promise<Member> => {
    while (members.size + starting.size >= HARD_LIMIT) {
      dropIdle()
      if (members.size + starting.size < HARD_LIMIT) break
      await new Promise<void>(resolve => waiting.push(resolve))
    }
    return await make()
  }

  /** In the background, when even the least busy member has been at work for a while. */
  const grow = (best: Member): void => {
    if (shared().length + (starting.has(undefined) ? 1 : 0) >= maxProcesses || load(best) === 0) return
    const oldest = Math.min(...[...best.runs].map(run => run.since), Date.now())
    if (Date.now() - oldest < GROW_MS && load(best) < 4) return
    start().catch(error => options.log(String(error)))
  }

  const take = async (invocation: Invocation, apart: boolean): Promise<Sandbox> => {
    const known = apart ? undefined : findIdle(invocation.sandboxId)
    if (known !== undefined) {
      known.busy = true
      known.fresh = false
      return known
    }
    const member = await choose(invocation.functionArn, apart)
    const session = openSession(member.process, invocation)
    const sandbox: Sandbox = { id: invocation.sandboxId, member, session, fresh: true, busy: true, idleSince: 0 }
    member.sandboxes.set(sandbox.id, sandbox)
    return sandbox
  }

  const findIdle = (id: string): Sandbox | undefined => {
    for (const member of members) {
      const sandbox = member.sandboxes.get(id)
      if (sandbox !== undefined && !sandbox.busy && !member.stalled && member.process.alive()) return sandbox
    }
    return undefined
  }

  const release = (sandbox: Sandbox, reusable: boolean): void => {
    const { member } = sandbox
    sandbox.busy = false
    sandbox.idleSince = member.idleSince = Date.now()
    if (!reusable) return discard(sandbox)
    // A sandbox that ends between invocations is simply not there for the next.
    sandbox.session.onLine(line => {
      if (line === undefined) discard(sandbox)
    })
  }

  const discard = (sandbox: Sandbox): void => {
    const { sandboxes } = sandbox.member
    if (sandboxes.get(sandbox.id) === sandbox) sandboxes.delete(sandbox.id)
    sandbox.session.onLine(() => {})
    sandbox.session.close()
  }

  const tick = (): void => {
    for (const member of members) if (load(member) > 0) watch(member)
    const [best] = shared().sort((a, b) => load(a) - load(b))
    if (best !== undefined) grow(best)
    dropIdle()
  }

  const dropIdle = (): void => {
    const now = Date.now()
    for (const member of members) {
      for (const sandbox of member.sandboxes.values()) {
        if (!sandbox.busy && now - sandbox.idleSince > IDLE_SANDBOX_MS) discard(sandbox)
      }
      const spare = member.only !== undefined || shared().length > 1
      if (spare && load(member) === 0 && now - member.idleSince > IDLE_PROCESS_MS) member.process.kill()
    }
  }

  const caught = (functionArn: string): void => {
    spinners.add(functionArn)
  }

  const warm = async (): Promise<Member> => shared()[0] ?? (await start())

  const close = async (): Promise<void> => {
    closed = true
    clearInterval(timer)
    for (const member of members) member.process.kill()
    await Promise.all([...members].map(member => member.process.exited))
  }
  return { members, take, release, caught, warm, close }
}

function load(member: Member): number {
  let busy = 0
  for (const sandbox of member.sandboxes.values()) if (sandbox.busy) busy++
  return busy
}

/** One ping under way at a time; whatever a process sends counts as an answer too, for a busy one answers late. */
function watch(member: Member): void {
  if (!member.pinged) {
    member.pinged = true
    member.seen = Date.now()
    const answered = () => {
      member.pinged = member.stalled = false
      member.seen = Date.now()
    }
    ping(member.process).then(answered, () => {})
    return
  }
  if (member.stalled || Date.now() - member.seen < STALL_MS) return
  member.stalled = true
  for (const notify of [...member.onStall]) notify()
}
