import { Hono } from 'hono'
import type { Env } from '../durable-objects/env.ts'
import { admin } from './admin/app.ts'
import { answer } from './answer.ts'

export { NamespaceObject } from '../durable-objects/namespace.ts'
export { ServiceObject } from '../durable-objects/service-object.ts'
export { IsolateHost, Outbound } from './isolates/host.ts'

/** The whole chain: our own endpoints and doors first, then whatever speaks AWS. */
const app = new Hono<{ Bindings: Env }>({ getPath: request => withoutNamespace(new URL(request.url).pathname) })

function withoutNamespace(path: string): string {
  return path.replace(/^\/_ns\/[^/]+/, '') || '/'
}

app.route('/', admin)
app.all('*', c => answer(c.req.raw, c.env))

export default app
