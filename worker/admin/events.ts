import { z } from 'zod'
import { type AdminApp, AdminError, jsonBody } from './admin.ts'
import { askAll } from './ask.ts'

const firing = z.object({ busName: z.string().default('default'), ruleName: z.string() })

/** `POST /_fakecloud/events/fire-rule` `{ busName?, ruleName }` → `{ targets }`, fires a rule as its schedule would. */
export function eventsAdmin(app: AdminApp): void {
  app.post('/_fakecloud/events/fire-rule', async c => {
    const body = firing.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    const [fired] = await askAll(c, { service: 'events', operation: 'FireRule', input: body.data })
    if (!fired) throw new AdminError(404, `There is no rule ${body.data.ruleName} on the bus ${body.data.busName}`)
    return c.json(fired)
  })
}
