import { z } from 'zod'
import type {
  DeliveryPage,
  EventPage,
  ShownDelivery,
  ShownEvent,
} from '../../durable-objects/services/events/history.ts'
import type { Fired } from '../../durable-objects/services/events/introspection.ts'
import { type AdminApp, type AdminContext, AdminError, jsonBody } from './admin.ts'
import { pagesOf, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

const firing = z.object({ busName: z.string().default('default'), ruleName: z.string() })

/**
 * `GET /_fakecloud/events/history` → `{ events, deliveries: { lambda, logs } }`, every event that came to a bus, and what
 * went to functions and log groups; `POST /_fakecloud/events/fire-rule` `{ busName?, ruleName }` → `{ targets }`, fires a
 * rule as its schedule would.
 */
export function eventsAdmin(app: AdminApp): void {
  app.get('/_fakecloud/events/history', async c => {
    await settleAsked(c)
    const events = await allOf<EventPage, ShownEvent>(c, 'events', page => page.events)
    const sent = await allOf<DeliveryPage, ShownDelivery>(c, 'deliveries', page => page.deliveries)
    const of = (wanted: ShownDelivery['kind']) => sent.filter(({ kind }) => kind === wanted)
    const lambda = of('lambda').map(({ arn, payload, timestamp }) => ({ functionArn: arn, payload, timestamp }))
    const logs = of('logs').map(({ arn, payload, timestamp }) => ({ logGroupArn: arn, payload, timestamp }))
    return c.json({ events, deliveries: { lambda, logs } })
  })
  app.post('/_fakecloud/events/fire-rule', async c => {
    const body = firing.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    const [fired] = await viewNow<Fired>(c, 'events', 'fire', body.data)
    if (!fired) throw new AdminError(404, `There is no rule ${body.data.ruleName} on the bus ${body.data.busName}`)
    return c.json(fired)
  })
}

type Page = { next: number | null }
type Timed = { timestamp: string }

/** All that a view of all objects tells, oldest first. */
async function allOf<View extends Page, Item extends Timed>(
  c: AdminContext,
  view: string,
  itemsOf: (page: View) => Item[],
): Promise<Item[]> {
  const found = (await pagesOf<View>(c, 'events', view)).flat().flatMap(itemsOf)
  return found.sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
}
