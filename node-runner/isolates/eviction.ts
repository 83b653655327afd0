import { load, type Sandbox, sharedOf } from './member.ts'
import type { Pool } from './pool.ts'

const IDLE_PROCESS_MS = 30_000
const IDLE_SANDBOX_MS = 300_000
/** A sandbox holds some five megabytes. */
const MAX_IDLE_SANDBOXES = 64

export function discard(sandbox: Sandbox): void {
  const { sandboxes } = sandbox.member
  if (sandboxes.get(sandbox.id) === sandbox) sandboxes.delete(sandbox.id)
  sandbox.session.onLine(() => {})
  sandbox.session.close()
}

/** Gives up the sandboxes that were idle longest; their functions start cold the next time, as they may in Lambda. */
export function dropOldSandboxes({ members }: Pool): void {
  const idle = [...members].flatMap(one => [...one.sandboxes.values()].filter(sandbox => !sandbox.busy))
  const now = Date.now()
  for (const [i, sandbox] of idle.sort((a, b) => a.idleSince - b.idleSince).entries()) {
    if (idle.length - i > MAX_IDLE_SANDBOXES || now - sandbox.idleSince > IDLE_SANDBOX_MS) discard(sandbox)
  }
}

/** Ends processes that nothing needs. The last one stays: the next function should not wait for it. */
export function dropIdleProcesses(pool: Pool, afterMs = IDLE_PROCESS_MS): void {
  const now = Date.now()
  for (const member of pool.members) {
    const spare = member.only !== undefined || (sharedOf(pool.members).length > 1 && member.sandboxes.size === 0)
    if (spare && load(member) === 0 && now - member.idleSince >= afterMs) member.process.kill()
  }
}
