import { Hono } from 'hono'
import { AwsError } from '../../aws/errors.ts'
import { OURS } from '../came-back.ts'
import { type Routed, routeOf } from '../route.ts'
import { type AdminApp, type AdminEnv, AdminError } from './admin.ts'
import { clockAdmin } from './clock.ts'
import { eventsAdmin } from './events.ts'
import { admitAdmin } from './gate.ts'
import { healthAdmin } from './health.ts'
import { iamAdmin } from './iam.ts'
import { iamExplainAdmin } from './iam-explain.ts'
import { journalAdmin } from './journal.ts'
import { lambdaAdmin } from './lambda.ts'
import { logsAdmin } from './logs.ts'
import { namespacesAdmin } from './namespaces.ts'
import { resetAdmin } from './reset.ts'
import { s3Admin } from './s3.ts'
import { schedulerAdmin } from './scheduler.ts'
import { settleAdmin } from './settle.ts'
import { snsAdmin } from './sns.ts'
import { sqsAdmin } from './sqs.ts'
import { viewsAdmin } from './views.ts'

/** Our own endpoints: JSON in and out, errors `{ "error": … }`; gate.ts says for whom. */
export const admin: AdminApp = new Hono<AdminEnv>({ getPath: pathOf })

/** Links that AWS's own APIs hand out, which a function may follow: code, certificates, keys of issuers, credentials. */
const HANDED =
  /^\/_fakecloud\/(?:lambda\/(?:function-code|layer-content)\/|sns\/cert\.pem$|iam\/issuers\/|credentials$)/

const isHanded = (request: Request) => request.method === 'GET' && HANDED.test(pathOf(request))

const refusedTo = ({ namespace }: Routed) =>
  `Functions cannot use the emulator's own endpoints; this one is of the namespace ${namespace}`

for (const path of OURS) {
  admin.use(path, async (c, next) => {
    const routed = routeOf(c.req.raw, c.env)
    if (routed.via && !isHanded(c.req.raw)) throw new AdminError(403, refusedTo(routed))
    c.set('routed', routed)
    await admitAdmin(c, pathOf(c.req.raw))
    await next()
  })
}

for (const add of [
  healthAdmin,
  resetAdmin,
  namespacesAdmin,
  clockAdmin,
  journalAdmin,
  settleAdmin,
  eventsAdmin,
  iamAdmin,
  iamExplainAdmin,
  lambdaAdmin,
  logsAdmin,
  s3Admin,
  snsAdmin,
  schedulerAdmin,
  sqsAdmin,
  viewsAdmin,
]) {
  add(admin)
}

// Mounted in the whole chain, where its own notFound would not be asked: what is not AWS's must not become a bucket.
for (const path of OURS) {
  admin.all(path, c => c.json({ error: `There is no ${c.req.method} ${pathOf(c.req.raw)}` }, 404))
}
admin.onError((error, c) => {
  if (error instanceof AdminError) return c.json({ error: error.message }, error.status)
  if (error instanceof AwsError) return c.json({ error: error.message }, error.status === 403 ? 403 : 400)
  console.error(`${c.req.method} ${c.req.path}`, error.stack)
  return c.json({ error: 'The request has failed because of an unknown error.' }, 500)
})

function pathOf(request: Request): string {
  return new URL(request.url).pathname.replace(/^\/_ns\/[^/]+/, '') || '/'
}
