import { z } from 'zod'
import { directoryStub, namespaceStub } from '../../durable-objects/kernel/namespace/namespace-stub.ts'
import { DEFAULT_ACCOUNT, DEFAULT_NAMESPACE, NAMESPACE_PATTERN } from '../../aws/place.ts'
import { newNamespaceName } from '../../aws/namespaces.ts'
import { isLocal } from '../../durable-objects/kernel/namespace/secret.ts'
import { verifiesAll } from '../../durable-objects/kernel/env.ts'
import type { AdminApp } from './admin.ts'
import { AdminError, jsonBody } from './admin.ts'
import { mayChange } from './gate.ts'

const creation = z.strictObject({
  name: z.string().regex(NAMESPACE_PATTERN, 'a name is letters a-z, digits and hyphens, 63 at most').optional(),
  ttlSeconds: z.number().int().min(1).max(31_536_000).nullable().optional(),
  iam: z.enum(['off', 'soft', 'strict']).optional(),
  verifySigv4: z.boolean().optional(),
  pendingSeconds: z.number().nonnegative().max(86_400).optional(),
})

/**
 * Namespaces: hard boundaries, each with its own resources, clock and journal.
 * `POST /_fakecloud/namespaces {name?, ttlSeconds?, iam?, verifySigv4?, pendingSeconds?}` makes one, or gives one that
 * is there a new lifetime and modes: where it verifies signatures, only for who shows its key (else 409). `GET` lists them, `GET|DELETE /_fakecloud/namespaces/{name}`, `POST /_fakecloud/namespaces/{name}/reset`.
 */
export function namespacesAdmin(app: AdminApp): void {
  app.get('/_fakecloud/namespaces', async c => {
    return c.json({ namespaces: await directoryStub(c.env).names() })
  })
  app.post('/_fakecloud/namespaces', async c => {
    const body = creation.safeParse(await jsonBody(c))
    if (!body.success) throw new AdminError(400, z.prettifyError(body.error))
    const name = body.data.name ?? newNamespaceName()
    const { ttlSeconds = null, iam, verifySigv4, pendingSeconds } = body.data
    // Where signatures are verified, or the emulator is hosted, a namespace has a key of its own, which this answer alone
    // tells.
    const keyed = (verifySigv4 ?? verifiesAll(c.env)) || !isLocal(c.env)
    const account = keyed ? { account: c.env.FAKECLOUD_ACCOUNT_ID || DEFAULT_ACCOUNT } : {}
    const modes = {
      ...(iam && { iam }),
      ...(verifySigv4 !== undefined && { verifySigv4 }),
      ...(pendingSeconds !== undefined && { pendingMs: pendingSeconds * 1000 }),
      ...account,
    }
    const changing = { mayChange: await mayChange(c, name) }
    const made = await namespaceStub(c.env, name).create(ttlSeconds, { ...modes, ...changing })
    if ('taken' in made) {
      throw new AdminError(
        409,
        `There is a namespace ${name}, which verifies signatures: show a key of its root to change it`,
      )
    }
    return c.json(made, 201)
  })
  app.get('/_fakecloud/namespaces/:name', async c => {
    const { namespace } = await namespaceStub(c.env, known(c.req.param('name'))).describe()
    if (!namespace) throw new AdminError(404, `There is no namespace ${c.req.param('name')}`)
    return c.json(namespace)
  })
  app.delete('/_fakecloud/namespaces/:name', async c => {
    const { removed } = await namespaceStub(c.env, known(c.req.param('name'))).remove()
    if (!removed) throw new AdminError(404, `There is no namespace ${c.req.param('name')}`)
    return c.json({ deleted: c.req.param('name') })
  })
  app.post('/_fakecloud/namespaces/:name/reset', async c => {
    await namespaceStub(c.env, known(c.req.param('name'))).reset(null)
    return c.json({ reset: c.req.param('name') })
  })
}

function known(name: string): string {
  if (!NAMESPACE_PATTERN.test(name))
    throw new AdminError(400, `${name} is not a namespace's name (default: ${DEFAULT_NAMESPACE})`)
  return name
}
