import { z } from 'zod'
import type { DecisionView } from '../../durable-objects/authorization/decisions.ts'
import { type Hypothesis, hypothesis, type Verdict } from '../../durable-objects/authorization/hypothesis.ts'
import { DEFAULT_ACCOUNT } from '../../aws/place.ts'
import { isAccount, parseArn } from '../../aws/arn.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { AdminError, countOf, jsonBody, objectsOf, queryOf } from './admin.ts'

const asked = z.strictObject({
  principal: z.string().min(1),
  action: z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/i, 'an action is as sqs:SendMessage'),
  resource: z.string().min(1).optional(),
  context: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  resourcePolicy: z.string().optional(),
})

const wanted = z.object({
  requestId: z.string().optional(),
  traceId: z.string().optional(),
  trace: z.string().optional(),
  limit: countOf(1000),
})

type Shown = Omit<DecisionView, 'at'> & { at: string }

/**
 * Which statement decided. `GET /_fakecloud/iam/explain?requestId=…|traceId=…[&limit=]` → `{ decisions }` of requests
 * that were made while IAM was enforced or audited (the newest without either); `GET …?principal=&action=&resource=` or
 * `POST {principal, action, resource?, context?, resourcePolicy?}` → what would be decided of one that was not.
 */
export function iamExplainAdmin(app: AdminApp): void {
  app.get('/_fakecloud/iam/explain', async c => {
    const { principal, action, resource } = c.req.query()
    if (principal || action) return c.json(await suppose(c, { principal, action, ...(resource && { resource }) }))
    return c.json({ decisions: await decisions(c) })
  })
  app.post('/_fakecloud/iam/explain', async c => c.json(await suppose(c, await jsonBody(c))))
}

async function decisions(c: AdminContext): Promise<Shown[]> {
  const { requestId, traceId, trace, limit = 100 } = queryOf(c, wanted)
  const query = {
    ...(requestId && { requestId }),
    ...((traceId || trace) && { traceId: traceId ?? trace ?? '' }),
    limit,
  }
  const found = await Promise.all((await objectsOf(c)).map(name => c.env.OBJECTS.getByName(name).decisions(query)))
  const rows = (found.flat() as DecisionView[]).sort((a, b) => a.at - b.at)
  return rows.slice(-query.limit).map(row => ({ ...row, at: new Date(row.at).toISOString() }))
}

async function suppose(c: AdminContext, body: unknown): Promise<Verdict> {
  const parsed = asked.safeParse(body)
  if (!parsed.success) throw new AdminError(400, z.prettifyError(parsed.error))
  const { principal, resource = '*', context = {}, ...rest } = parsed.data
  const account = isAccount(principal) ? principal : parseArn(principal)?.account
  if (!account) throw new AdminError(400, `${principal} is no principal: its ARN, or an account, is`)
  const supposed: Hypothesis = { ...rest, principal, resource, context }
  const place = { namespace: c.var.routed.namespace, account: account || DEFAULT_ACCOUNT }
  const verdict = await hypothesis(c.env, place, supposed)
  if (!verdict) throw new AdminError(404, `IAM knows no ${principal}`)
  return verdict
}
