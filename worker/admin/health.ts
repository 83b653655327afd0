import { services } from '../../durable-objects/services/index.ts'
import type { AdminApp } from './admin.ts'

/** `GET /_fakecloud/health` → `{ status, version, services }`; `/_localstack/health` for those who come from there. */
export function healthAdmin(app: AdminApp): void {
  app.get('/_fakecloud/health', c =>
    c.json({ status: 'ok', version: c.env.FAKECLOUD_VERSION ?? 'dev', services: Object.keys(services) }),
  )
  app.get('/_localstack/health', c => {
    const running = Object.fromEntries(Object.keys(services).map(name => [name, 'running']))
    return c.json({ services: running, edition: 'fakecloud', version: c.env.FAKECLOUD_VERSION ?? 'dev' })
  })
}
