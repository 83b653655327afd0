import type { FiredView, SchedulePage, ScheduleView } from '../../durable-objects/services/scheduler/introspection.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { AdminError, objectsOf, viewNow } from './admin.ts'
import { settleAsked } from './settle.ts'

/**
 * `GET /_fakecloud/scheduler/schedules` → `{ schedules }`;
 * `POST /_fakecloud/scheduler/fire/{group}/{name}[?accountId=&region=]` fires one now → `{ scheduleArn, targetArn }`.
 */
export function schedulerAdmin(app: AdminApp): void {
  app.get('/_fakecloud/scheduler/schedules', async c => {
    await settleAsked(c)
    const places = await Promise.all((await objectsOf(c, 'scheduler')).map(name => schedulesOf(c, name)))
    return c.json({ schedules: places.flat() })
  })
  app.post('/_fakecloud/scheduler/fire/:group/:name', async c => {
    const { group, name } = c.req.param()
    const { accountId, region } = c.req.query()
    const parameters = { group, name, ...(accountId && { accountId }), ...(region && { region }) }
    const [fired] = await viewNow<FiredView>(c, 'scheduler', 'fire', parameters)
    if (!fired) throw new AdminError(404, `There is no schedule ${group}/${name}`)
    return c.json(fired)
  })
}

/** The schedules of one place, page by page. */
async function schedulesOf(c: AdminContext, objectName: string): Promise<ScheduleView[]> {
  const found: ScheduleView[] = []
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const answer = await c.env.OBJECTS.getByName(objectName).introspect('schedules', { after })
    const page = answer as SchedulePage // that view's own shape
    found.push(...page.schedules)
    after = page.next
  }
  return found
}
