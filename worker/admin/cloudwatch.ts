import type { AlarmView, MetricView } from '../../durable-objects/services/cloudwatch/introspection.ts'
import type { AdminApp } from './admin.ts'
import { viewAll } from './views.ts'

/** `GET /_fakecloud/cloudwatch/alarms` → `{ alarms }`; `GET …/metrics` → `{ metrics }`, the services' own among them. */
export function cloudwatchAdmin(app: AdminApp): void {
  app.get('/_fakecloud/cloudwatch/alarms', async c => {
    return c.json({ alarms: (await viewAll<AlarmView[]>(c, 'cloudwatch', 'alarms')).flat() })
  })
  app.get('/_fakecloud/cloudwatch/metrics', async c => {
    return c.json({ metrics: (await viewAll<MetricView[]>(c, 'cloudwatch', 'metrics')).flat() })
  })
}
