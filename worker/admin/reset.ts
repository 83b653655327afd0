import { namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { mayHold } from '../../aws/place.ts'
import { services } from '../../durable-objects/services/index.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { AdminError, objectsOf } from './admin.ts'
import { askAll } from './ask.ts'

/** Names of services that differ from their models', and services that are reset together. */
const ALIASES: Record<string, readonly string[]> = {
  iam: ['iam', 'sts'],
  sts: ['iam', 'sts'],
  monitoring: ['cloudwatch'],
}

/** `POST /_reset`, `POST /_fakecloud/reset/{service}[/{account}]`: forgets state in the request's namespace. */
export function resetAdmin(app: AdminApp): void {
  app.post('/_reset', async c => {
    await namespaceStub(c.env, c.var.routed.namespace).reset(null)
    return c.json({ status: 'ok' })
  })
  app.post('/_fakecloud/reset/:service', async c => {
    const { service } = c.req.param()
    await resetObjects(c, service)
    return c.json({ reset: service })
  })
  app.post('/_fakecloud/reset/:service/:account', async c => {
    const { service, account } = c.req.param()
    await resetObjects(c, service, account)
    return c.json({ reset: `${service}/${account}` })
  })
}

async function resetObjects(c: AdminContext, service: string, account?: string): Promise<void> {
  const names = Object.hasOwn(ALIASES, service) ? (ALIASES[service] ?? []) : [service]
  if (!names.every(name => Object.hasOwn(services, name))) throw new AdminError(404, `Unknown service: ${service}`)
  const objects = (await objectsOf(c)).filter(object => names.some(name => mayHold(object, name)))
  const owned = account === undefined ? objects : await ownedBy(c, objects, account)
  await namespaceStub(c.env, c.var.routed.namespace).reset(owned, [...names])
  // What others had asked of the one that was reset, they ask again.
  await askAll(c, { service: 'lambda', operation: 'AfterReset', input: { services: names } })
}

/** A bucket's name does not say whose it is: each object is asked. */
async function ownedBy(c: AdminContext, objects: string[], account: string): Promise<string[]> {
  const owners = await Promise.all(objects.map(name => c.env.OBJECTS.getByName(name).owner()))
  return objects.filter((_, i) => owners[i] === account)
}
