import { type AdminApp, AdminError, placed, queryOf } from './admin.ts'
import { askAll } from './ask.ts'

/** `POST /_fakecloud/scheduler/fire/{group}/{name}[?accountId=&region=]` fires one now → `{ scheduleArn, targetArn }`. */
export function schedulerAdmin(app: AdminApp): void {
  app.post('/_fakecloud/scheduler/fire/:group/:name', async c => {
    const { group, name } = c.req.param()
    const question = { service: 'scheduler', operation: 'FireSchedule', input: { group, name } } as const
    const [fired] = await askAll(c, question, queryOf(c, placed))
    if (!fired) throw new AdminError(404, `There is no schedule ${group}/${name}`)
    return c.json(fired)
  })
}
