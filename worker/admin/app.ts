import { Hono } from 'hono'
import { AwsError } from '../../durable-objects/shared/errors.ts'
import { routeOf } from '../route.ts'
import { type AdminApp, type AdminEnv, AdminError } from './admin.ts'
import { clockAdmin } from './clock.ts'
import { healthAdmin } from './health.ts'
import { iamAdmin } from './iam.ts'
import { journalAdmin } from './journal.ts'
import { lambdaAdmin } from './lambda.ts'
import { logsAdmin } from './logs.ts'
import { namespacesAdmin } from './namespaces.ts'
import { resetAdmin } from './reset.ts'
import { s3Admin } from './s3.ts'
import { settleAdmin } from './settle.ts'
import { sqsAdmin } from './sqs.ts'

/** Our own endpoints: JSON in and out, errors `{ "error": … }`, no authentication. */
export const admin: AdminApp = new Hono<AdminEnv>({ getPath: pathOf })

admin.use(async (c, next) => {
  c.set('routed', routeOf(c.req.raw, c.env))
  await next()
})

for (const add of [
  healthAdmin,
  resetAdmin,
  namespacesAdmin,
  clockAdmin,
  journalAdmin,
  settleAdmin,
  iamAdmin,
  lambdaAdmin,
  logsAdmin,
  s3Admin,
  sqsAdmin,
]) {
  add(admin)
}

admin.notFound(c => c.json({ error: `There is no ${c.req.method} ${c.req.path}` }, 404))
admin.onError((error, c) => {
  if (error instanceof AdminError) return c.json({ error: error.message }, error.status)
  if (error instanceof AwsError) return c.json({ error: error.message }, 400)
  console.error(`${c.req.method} ${c.req.path}`, error.stack)
  return c.json({ error: 'The request has failed because of an unknown error.' }, 500)
})

function pathOf(request: Request): string {
  return new URL(request.url).pathname.replace(/^\/_ns\/[^/]+/, '') || '/'
}

