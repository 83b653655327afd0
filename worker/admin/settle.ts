import type { SettleReport } from '../../durable-objects/kernel/object/background.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { objectsOf } from './admin.ts'

/** How long a reader waits for accepted deliveries at the most, in milliseconds of real time. */
const BOUND_MS = 10_000

/** How a namespace came to rest, if it did, and when its next timer falls due (its clock). */
export type Rest = { settled: boolean; due: number | null }

/**
 * Waits until every delivery that the namespace had accepted, and what it set off, has come to rest. Two rounds that
 * see no activity between them mean rest; a first one may have been made already.
 */
export async function settle(c: AdminContext, boundMs = BOUND_MS, first: readonly SettleReport[] = []): Promise<Rest> {
  const end = Date.now() + boundMs
  let before = activityOf(first)
  for (;;) {
    const names = await objectsOf(c)
    const left = Math.max(0, end - Date.now())
    const reports = await Promise.all(names.map(name => c.env.OBJECTS.getByName(name).settle(left)))
    const activity = activityOf(reports)
    const busy = reports.some(report => report.busy)
    if (!busy && activity === before) return { settled: true, due: soonest(reports) }
    if (Date.now() >= end) return { settled: false, due: soonest(reports) }
    // Busy with nothing under way: a retry waits for its time.
    if (busy && activity === before) await scheduler.wait(20)
    before = activity
  }
}

/** Grows with all that any object did, and with their number. */
function activityOf(reports: readonly SettleReport[]): number {
  return reports.reduce((sum, { activity }) => sum + activity + 1, 0)
}

function soonest(reports: readonly SettleReport[]): number | null {
  return reports.reduce<number | null>((least, { due }) => (due === null ? least : Math.min(least ?? due, due)), null)
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
    const { settled } = await settle(c, Math.min(Math.max(asked || 0, 0), 60_000))
    return c.json({ settled })
  })
}
