import type { End, Frame, Invocation } from '../../worker/isolates/contract.ts'
import type { Member, Pool, Run, Sandbox } from './pool.ts'
import { ping, residentBytes } from './workerd-process.ts'

/** How long a handler may be past its deadline before its process is looked at: its own timer should have ended it. */
const GRACE_MS = 150
const INIT_TIMEOUT_MS = 10_000
const MAX_ATTEMPTS = 5

type Attempt = 'done' | 'elsewhere' | 'apart'

/**
 * Runs an invocation and writes its frames' lines. It is sent to a sandbox only once that has said that it listens; one
 * in a process that some function holds is left there, and the invocation goes elsewhere without having begun. Where a
 * process must be killed, those that ran in it beside the culprit run again: at least once, as rare as the endless loop.
 */
export async function runInvocation(
  pool: Pool,
  { invocation, payload }: { invocation: Invocation; payload: Uint8Array },
  write: (line: string) => void,
): Promise<void> {
  let apart = false
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const sandbox = await pool.take(invocation, apart)
    const outcome = await attempt(pool, { sandbox, invocation, payload }, write)
    if (outcome === 'done') return
    apart ||= outcome === 'apart'
  }
  finish(write, exitFrame('Runtime exited without providing a reason', invocation), { durationMs: 0, cold: true })
}

type Job = { sandbox: Sandbox; invocation: Invocation; payload: Uint8Array }

async function attempt(pool: Pool, job: Job, write: (line: string) => void): Promise<Attempt> {
  const { sandbox } = job
  const { member } = sandbox
  const ready = await listening(sandbox)
  if (ready !== true) {
    pool.release(sandbox, false)
    if (ready === 'gone') return 'elsewhere'
    refuse(write, ready)
    return 'done'
  }
  const now = Date.now()
  const run: Run = { invocation: job.invocation, since: now, active: now }
  member.runs.add(run)
  try {
    return await execute(pool, { ...job, run }, write)
  } finally {
    member.runs.delete(run)
  }
}

/** true when the sandbox takes an invocation, 'gone' when it or its process does not answer, else why it cannot be. */
function listening({ session, member, fresh }: Sandbox): Promise<true | 'gone' | { failure: string }> {
  // Nothing else runs there that could hold the process, and the sandbox has said so at the end of its last invocation.
  if (!fresh && member.runs.size === 0) return Promise.resolve(true)
  return new Promise(resolve => {
    const settle = (value: true | 'gone' | { failure: string }): void => {
      member.onStall.delete(stalled)
      resolve(value)
    }
    const stalled = () => settle('gone')
    member.onStall.add(stalled)
    session.onLine(line => {
      member.seen = Date.now()
      if (line === undefined) return settle('gone')
      if (line.startsWith('{"failure":')) return settle(JSON.parse(line) as { failure: string })
      if (line.startsWith('{"ready":')) settle(true)
    })
    if (!fresh) session.poll()
  })
}

/** The code could not be had or unpacked: what AWS's runtime would say of an archive without the handler's module. */
function refuse(write: (line: string) => void, { failure }: { failure: string }): void {
  write(line({ started: { cold: true } }))
  finish(
    write,
    { error: { errorType: 'Runtime.ImportModuleError', errorMessage: `Error: ${failure}`, trace: [] } },
    { durationMs: 0, cold: true },
  )
}

function execute(pool: Pool, job: Job & { run: Run }, write: (line: string) => void): Promise<Attempt> {
  const { sandbox, invocation, run } = job
  const { member, session } = sandbox
  return new Promise(resolve => {
    let cold = true
    let streamed = false
    let settled = false
    // A sandbox that has run before begins at once; a new one says when its init phase is over.
    let timer = setTimeout(late, (sandbox.fresh ? INIT_TIMEOUT_MS : invocation.timeoutMs) + GRACE_MS)
    const settle = (outcome: Attempt, reusable: boolean): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      pool.release(sandbox, reusable)
      resolve(outcome)
    }
    async function late(): Promise<void> {
      const answers = await responds(member)
      if (settled) return
      if (answers) {
        // The process answers, so the sandbox alone has gone astray.
        finish(write, { timeout: true }, { durationMs: invocation.timeoutMs, cold })
        return settle('done', false)
      }
      judge(pool, member, run)
      // Not the culprit, whose deadline is still to come: it goes on elsewhere.
      if (run.verdict === undefined) settle(streamed ? broken() : 'apart', false)
    }
    const broken = (): Attempt => {
      finish(write, exitFrame('Runtime exited without providing a reason', invocation), {
        durationMs: Date.now() - run.since,
        cold,
      })
      return 'done'
    }
    const ended = (): void => {
      if (run.verdict === 'timeout') {
        finish(write, { timeout: true }, { durationMs: invocation.timeoutMs, cold })
        return settle('done', false)
      }
      const again = run.verdict === 'again' || (!member.process.alive() && member.runs.size > 1)
      settle(again && !streamed ? 'apart' : crashed(member, job, { write, cold }), false)
    }
    session.onLine(text => {
      member.seen = run.active = Date.now()
      if (text?.startsWith('{"ready":')) return
      if (text === undefined) return ended()
      if (text.startsWith('{"end":')) {
        const { end } = JSON.parse(text) as { end: End }
        write(line({ end: { ...end, ...memoryOf(member, invocation) } }))
        return settle('done', end.reusable)
      }
      write(text)
      streamed ||= text.startsWith('{"chunk":')
      if (!text.startsWith('{"started":')) return
      cold = text.includes('"cold":true')
      clearTimeout(timer)
      timer = setTimeout(late, invocation.timeoutMs + GRACE_MS)
    })
    session.send(invocation, job.payload)
  })
}

async function responds(member: Member): Promise<boolean> {
  const answered = ping(member.process).then(
    () => true,
    () => false,
  )
  const silence = new Promise<boolean>(resolve => setTimeout(resolve, GRACE_MS, false))
  return await Promise.race([answered, silence])
}

/** Of those that run in a stalled process the one that spoke last holds it: the loop let nobody speak since. */
function judge(pool: Pool, member: Member, run: Run): void {
  const culprit = [...member.runs].sort((a, b) => b.active - a.active)[0]
  if (culprit !== run) return
  for (const other of member.runs) other.verdict = other === run ? 'timeout' : 'again'
  pool.caught(run.invocation.functionArn)
  member.process.kill()
}

/** The sandbox ended without a word: its process died of it, or workerd gave it up. */
function crashed(
  member: Member,
  { invocation, run }: Job & { run: Run },
  to: { write: (line: string) => void; cold: boolean },
): Attempt {
  const died = !member.process.alive()
  const reason = died ? 'Runtime exited with error: signal: killed' : 'Runtime exited without providing a reason'
  finish(to.write, exitFrame(reason, invocation, died), { durationMs: Date.now() - run.since, cold: to.cold })
  return 'done'
}

function exitFrame(reason: string, { requestId }: Invocation, killed = false): Frame {
  const text = `RequestId: ${requestId} Error: ${reason}`
  return { exit: { code: null, ...(killed ? { signal: 'SIGKILL' } : {}), reason: text } }
}

function finish(write: (line: string) => void, frame: Frame, end: Pick<End, 'durationMs' | 'cold'>): void {
  write(line(frame))
  write(line({ end: { ...end, reusable: false } }))
}

function line(frame: Frame): string {
  return JSON.stringify(frame)
}

/** What can be measured: the process as it was empty, and the sandbox's share of what came since; at most what was given. */
function memoryOf({ process, sandboxes, emptyBytes }: Member, { memoryMb }: Invocation): { maxMemoryMb?: number } {
  const bytes = residentBytes(process.pid)
  if (bytes === undefined) return {}
  const own = emptyBytes + Math.max(bytes - emptyBytes, 0) / Math.max(sandboxes.size, 1)
  return { maxMemoryMb: Math.min(memoryMb, Math.ceil(own / (1024 * 1024))) }
}
