import type { AdminApp, AdminContext } from './admin.ts'
import { objectsOf } from './admin.ts'

/** How long a reader waits for accepted deliveries at the most, in milliseconds of real time. */
const BOUND_MS = 10_000

/**
 * Waits until every delivery that the namespace had accepted, and what it set off, has come to rest. Two rounds that
 * see no activity between them mean rest.
 * @returns whether it came to rest within the bound
 */
export async function settle(c: AdminContext, boundMs = BOUND_MS): Promise<boolean> {
  const end = Date.now() + boundMs
  let before = -1
  for (;;) {
    const names = await objectsOf(c)
    const left = Math.max(0, end - Date.now())
    const reports = await Promise.all(names.map(name => c.env.OBJECTS.getByName(name).settle(left)))
    const activity = reports.reduce((sum, report) => sum + report.activity, names.length)
    const busy = reports.some(report => report.busy)
    if (!busy && activity === before) return true
    if (Date.now() >= end) return false
    // Busy with nothing under way: a retry waits for its time.
    if (busy && activity === before) await scheduler.wait(20)
    before = activity
  }
}

/** Settles before a read, unless `?settle=0` asks to look at once; `?settle=<ms>` sets the bound. */
export async function settleAsked(c: AdminContext): Promise<void> {
  const asked = c.req.query('settle')
  const bound = asked === undefined || asked === '' ? BOUND_MS : Number(asked)
  if (bound > 0) await settle(c, Math.min(bound, 60_000))
}

/** `POST /_fakecloud/settle[?settle=<ms>]` → `{ settled: boolean }`. */
export function settleAdmin(app: AdminApp): void {
  app.post('/_fakecloud/settle', async c => {
    const asked = Number(c.req.query('settle') ?? BOUND_MS)
    return c.json({ settled: await settle(c, Math.min(Math.max(asked || 0, 0), 60_000)) })
  })
}
