import type { Invocation } from '../../durable-objects/shared/functions/contract.ts'
import type { Session } from './sandbox-session.ts'
import { cpuMs, ping, residentBytes, type WorkerdProcess } from './workerd-process.ts'

/** A process of the pool, with what lives in it. */
export type Member = {
  process: WorkerdProcess
  /** Its memory before anything ran in it. */
  emptyBytes: number
  /** The code that has it for itself: it was caught holding a process, or runs again after one was killed. */
  only: string | undefined
  sandboxes: Map<string, Sandbox>
  /** Sandboxes that are being made: few at a time, so that a silent process is a held one. */
  creating: number
  runs: Set<Run>
  /** When it last said anything, and when it last answered a ping. */
  seen: number
  pong: number
  /** The ping under way: when it was sent, and the processor's time that the process had used by then. */
  pinged: { at: number; cpuMs: number | undefined } | undefined
  /** Some function holds its only thread. */
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

/** What the supervisor finds of a run: its deadline is over, it must be made again, its memory is over, its process died. */
export type Verdict = 'timeout' | 'again' | 'memory' | 'crash'

/** An invocation that a process has taken. */
export type Run = {
  invocation: Invocation
  /** When its sandbox last said something. */
  active: number
  /** Its handler has been called; before, it can go elsewhere as if nothing had been. */
  begun: boolean
  verdict?: Verdict
}

/** A process that has used that much of the processor without a word is held by some function. */
const STALL_CPU_MS = 250
/** And one that is silent for that long, whatever it used: it may wait without working. */
const STALL_MS = 2000
const MEBIBYTE = 1024 * 1024

export function memberOf(process: WorkerdProcess, only: string | undefined): Member {
  const now = Date.now()
  return {
    process,
    emptyBytes: residentBytes(process.pid) ?? 0,
    only,
    sandboxes: new Map(),
    creating: 0,
    runs: new Set(),
    seen: now,
    pong: now,
    pinged: undefined,
    stalled: false,
    idleSince: now,
    onStall: new Set(),
  }
}

/** How many sandboxes are at work in it, or being made. */
export function load(member: Member): number {
  let busy = 0
  for (const sandbox of member.sandboxes.values()) if (sandbox.busy) busy++
  return busy
}

/** Those that take any function. */
export function sharedOf(members: Iterable<Member>): Member[] {
  return [...members].filter(one => one.only === undefined && !one.stalled && one.process.alive())
}

/** What a process is kept for; new code of a function is given a new chance. */
export function codeOf({ functionArn, code }: Invocation): string {
  return `${functionArn} ${code.key}`
}

/** Looks after a process in which something goes on; one ping is under way at a time. */
export function watch(member: Member): void {
  const now = Date.now()
  if (member.pinged === undefined) {
    member.pinged = { at: now, cpuMs: cpuMs(member.process.pid) }
    const noteAnswer = () => {
      member.pinged = undefined
      member.stalled = false
      member.seen = member.pong = Date.now()
    }
    ping(member.process).then(noteAnswer, () => {})
    return
  }
  const { at, cpuMs: before } = member.pinged
  if (member.stalled || now - Math.max(at, member.seen) < STALL_CPU_MS) return
  const used = (cpuMs(member.process.pid) ?? Number.POSITIVE_INFINITY) - (before ?? 0)
  // A machine with much to do lets a process wait: that is not its functions' doing.
  if (used < STALL_CPU_MS && now - Math.max(at, member.seen) < STALL_MS) return
  member.stalled = true
  for (const notify of [...member.onStall]) notify()
}

/** Whether it answers within that time. */
export async function responds(member: Member, withinMs: number): Promise<boolean> {
  const answered = ping(member.process).then(
    () => true,
    () => false,
  )
  const { promise: silence, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, withinMs, false)
  return await Promise.race([answered, silence]).finally(() => clearTimeout(timer))
}

/**
 * Ends a process whose thread one of its runs holds. A run that was alone is the one. Of several it is the only one that
 * spoke since the process last answered; where that is not clear, each runs again in a process of its own, which shows it.
 * @returns the run that holds it
 */
export function judge(member: Member): Run | undefined {
  const suspects = [...member.runs].filter(run => member.runs.size === 1 || run.active >= member.pong)
  const culprit = suspects.length === 1 ? suspects[0] : undefined
  for (const run of member.runs) run.verdict = run === culprit ? 'timeout' : 'again'
  member.process.kill()
  return culprit
}

/** A process that died by itself, or by another's hand: of several runs nobody knows whose doing it was. */
export function buryRuns({ runs }: Member): void {
  for (const run of runs) run.verdict ??= runs.size > 1 ? 'again' : 'crash'
}

/**
 * Ends a process that has grown far past what its functions were given. Garbage counts in what a process holds, so this is
 * generous: it is for what would take the machine's memory.
 */
export function watchMemory(member: Member): void {
  if (member.runs.size === 0) return
  const bytes = residentBytes(member.process.pid)
  if (bytes === undefined) return
  let givenMb = 384
  for (const run of member.runs) givenMb += run.invocation.memoryMb * 1.5
  if (member.runs.size < member.sandboxes.size) givenMb += (member.sandboxes.size - member.runs.size) * 32
  if (bytes - member.emptyBytes <= givenMb * MEBIBYTE) return
  for (const run of member.runs) run.verdict ??= member.runs.size > 1 ? 'again' : 'memory'
  member.process.kill()
}

/** What can be measured: the process as it was empty, and the sandbox's share of what came since; at most what was given. */
export function memoryUsed({ process, sandboxes, emptyBytes }: Member, memoryMb: number): { maxMemoryMb?: number } {
  const bytes = residentBytes(process.pid)
  if (bytes === undefined) return {}
  const own = emptyBytes + Math.max(bytes - emptyBytes, 0) / Math.max(sandboxes.size, 1)
  return { maxMemoryMb: Math.min(memoryMb, Math.ceil(own / MEBIBYTE)) }
}
