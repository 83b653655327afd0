import type { FiredView, SchedulePage } from '../../durable-objects/services/scheduler/introspection.ts'
import type { AdminApp } from './admin.ts'
import { AdminError, placed, queryOf } from './admin.ts'
import { pagesOf, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

/**
 * `GET /_fakecloud/scheduler/schedules` → `{ schedules }`;
 * `POST /_fakecloud/scheduler/fire/{group}/{name}[?accountId=&region=]` fires one now → `{ scheduleArn, targetArn }`.
 */
export function schedulerAdmin(app: AdminApp): void {
  app.get('/_fakecloud/scheduler/schedules', async c => {
    await settleAsked(c)
    const pages = (await pagesOf<SchedulePage>(c, 'scheduler', 'schedules')).flat()
    return c.json({ schedules: pages.flatMap(page => page.schedules) })
  })
  app.post('/_fakecloud/scheduler/fire/:group/:name', async c => {
    const { group, name } = c.req.param()
    const { accountId, region } = queryOf(c, placed)
    const parameters = { group, name, ...(accountId && { accountId }), ...(region && { region }) }
    const [fired] = await viewNow<FiredView>(c, 'scheduler', 'fire', parameters)
    if (!fired) throw new AdminError(404, `There is no schedule ${group}/${name}`)
    return c.json(fired)
  })
}
