import type { FieldIndexes } from '../../durable-objects/logs/index-policies.ts'
import { type AdminApp, AdminError, viewAll } from './admin.ts'

/** `GET /_fakecloud/logs/field-indexes/{group}` → `{ logGroupName, indexes }`; a name with slashes as it is or encoded. */
export function logsAdmin(app: AdminApp): void {
  app.get('/_fakecloud/logs/field-indexes/:group{.+}', async c => {
    const logGroupName = c.req.param('group')
    const [view] = await viewAll<FieldIndexes>(c, 'logs', 'fieldIndexes', { logGroupName })
    if (!view) throw new AdminError(404, `There is no log group ${logGroupName}`)
    return c.json(view)
  })
}
