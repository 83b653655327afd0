import { z } from 'zod'
import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { objectsOf, queryOf } from './admin.ts'

/** How long a reader waits for accepted deliveries at the most, in milliseconds of real time. */
const BOUND_MS = 10_000

/** How a namespace came to rest, if it did, and how many of its objects had to be asked. */
export type Rest = { settled: boolean; objects: number }

/**
 * Waits until every delivery that the namespace had accepted, and what it set off, has come to rest. The namespace knows
 * which objects have work under way; what one of them sets off in another is known before the one has come to rest.
 */
export async function settle(c: AdminContext, boundMs = BOUND_MS): Promise<Rest> {
  const namespace = namespaceStub(c.env, c.var.routed.namespace)
  const end = Date.now() + boundMs
  const asked = new Set<string>()
  let working = await namespace.working([])
  while (working.length > 0) {
    const left = Math.max(0, end - Date.now())
    const reports = await Promise.all(working.map(({ name }) => c.env.OBJECTS.getByName(name).settle(left)))
    for (const { name } of working) asked.add(name)
    const rested = working.filter((_, i) => !reports[i]?.busy)
    working = await namespace.working(rested)
    if (working.length > 0 && Date.now() >= end) return { settled: false, objects: asked.size }
    // Busy with nothing under way: a retry or a timer waits for its turn.
    if (working.length > 0 && rested.length === 0) await scheduler.wait(20)
  }
  return { settled: true, objects: asked.size }
}

/** When the namespace's next timer falls due, on its clock, once it has come to rest: every object is asked. */
export async function nextDue(c: AdminContext, boundMs = BOUND_MS): Promise<number | null> {
  await settle(c, boundMs)
  const names = await objectsOf(c)
  const reports = await Promise.all(names.map(name => c.env.OBJECTS.getByName(name).settle(0)))
  return reports.reduce<number | null>((least, { due }) => (due === null ? least : Math.min(least ?? due, due)), null)
}

const MOST_MS = 60_000
const asked = z.object({
  settle: z.preprocess(
    text => (text === '' ? undefined : text),
    z.coerce.number('expected milliseconds').min(0).optional(),
  ),
})

const boundOf = (c: AdminContext) => Math.min(queryOf(c, asked).settle ?? BOUND_MS, MOST_MS)

/** Settles before a read, unless `?settle=0` asks to look at once; `?settle=<ms>` sets the bound. */
export async function settleAsked(c: AdminContext): Promise<void> {
  const bound = boundOf(c)
  if (bound > 0) await settle(c, bound)
}

/** `POST /_fakecloud/settle[?settle=<ms>]` → `{ settled, objects }`: how many objects had work under way. */
export function settleAdmin(app: AdminApp): void {
  app.post('/_fakecloud/settle', async c => {
    return c.json(await settle(c, boundOf(c)))
  })
}
