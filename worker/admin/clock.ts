import { z } from 'zod'
import { type ClockState, clockNow } from '../../durable-objects/kernel/clock/clock.ts'
import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { AdminError, jsonBody } from './admin.ts'
import { nextDue, settle } from './settle.ts'

const freezing = z.strictObject({ at: z.iso.datetime({ offset: true }).optional() })
const advancing = z
  .strictObject({
    seconds: z.number().nonnegative().optional(),
    ms: z.number().int().nonnegative().optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(body => Object.keys(body).length === 1, 'give one of seconds, ms and to')

/** A clock as the endpoints show it. */
type Shown = { now: string; frozen: boolean; offsetMs: number }

const shown = (clock: ClockState): Shown => ({
  now: new Date(clockNow(clock)).toISOString(),
  frozen: clock.frozenAt !== null,
  offsetMs: clock.frozenAt === null ? clock.offsetMs : Math.round(clock.frozenAt - Date.now()),
})

/**
 * One virtual clock a namespace. `GET /_fakecloud/clock`; `POST …/freeze {at?}` stops it (at a time, ISO 8601);
 * `POST …/advance {seconds|ms|to}` runs all that falls due until then, in order, and answers when it has settled;
 * `POST …/resume {real?: true}` lets it run on from where it is, or on real time again.
 */
export function clockAdmin(app: AdminApp): void {
  app.get('/_fakecloud/clock', async c => c.json(shown(await clockOf(c))))
  app.post('/_fakecloud/clock/freeze', async c => {
    const { at } = parsed(freezing, await jsonBody(c))
    const clock = await clockOf(c)
    const frozenAt = at === undefined ? clockNow(clock) : Date.parse(at)
    return c.json(shown(await change(c, { ...clock, frozenAt })))
  })
  app.post('/_fakecloud/clock/resume', async c => {
    const { real } = parsed(z.strictObject({ real: z.boolean().optional() }), await jsonBody(c))
    const clock = await clockOf(c)
    const offsetMs = real ? 0 : clockNow(clock) - Date.now()
    return c.json(shown(await change(c, { offsetMs, frozenAt: null })))
  })
  app.post('/_fakecloud/clock/advance', async c => {
    const { seconds, ms, to } = parsed(advancing, await jsonBody(c))
    const clock = await clockOf(c)
    const now = clockNow(clock)
    const until = to === undefined ? now + (ms ?? (seconds ?? 0) * 1000) : Date.parse(to)
    if (until < now) throw new AdminError(400, 'The clock does not run backwards: freeze it at a time instead')
    if (Number.isNaN(new Date(until).getTime())) throw new AdminError(400, 'That time is out of range')
    const timers = await advance(c, { now, until })
    const after =
      clock.frozenAt === null ? { offsetMs: until - Date.now(), frozenAt: null } : { ...clock, frozenAt: until }
    return c.json({ ...shown(await change(c, after)), timers })
  })
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (!result.success) throw new AdminError(400, z.prettifyError(result.error))
  return result.data
}

async function clockOf(c: AdminContext): Promise<ClockState> {
  const { namespace } = await namespaceStub(c.env, c.var.routed.namespace).describe()
  return namespace?.settings.clock ?? { offsetMs: 0, frozenAt: null }
}

async function change(c: AdminContext, clock: ClockState): Promise<ClockState> {
  return (await namespaceStub(c.env, c.var.routed.namespace).change({ clock })).clock
}

/** How long the work that one step sets off may take at the most, in milliseconds of real time. */
const STEP_MS = 10_000

/**
 * Steps from one due time to the next, across all objects: at each, every object's clock shows that time, what is due
 * runs, and what it set off comes to rest. Each step is kept before it fires anything: a clock that was cut off on its
 * way stands where it had come to.
 * @returns how many timers ran
 */
async function advance(c: AdminContext, span: { now: number; until: number }): Promise<number> {
  const namespace = namespaceStub(c.env, c.var.routed.namespace)
  let count = 0
  let at = span.now
  let due = await nextDue(c)
  while (due !== null && due <= span.until) {
    at = Math.max(at, due)
    const { settings, objects } = await namespace.step({ offsetMs: 0, frozenAt: at })
    const steps = await Promise.all(objects.map(name => c.env.OBJECTS.getByName(name).step(settings, STEP_MS)))
    count += steps.reduce((sum, { ran }) => sum + ran, 0)
    due = await nextDue(c, STEP_MS)
  }
  await change(c, { offsetMs: 0, frozenAt: span.until })
  await settle(c)
  return count
}
