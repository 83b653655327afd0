import { objectOf } from '../../aws/place.ts'
import type { ArchiveView, WarmContainer } from '../../durable-objects/services/lambda/introspection.ts'
import type {
  InvocationPage,
  ViewedInvocation,
} from '../../durable-objects/services/lambda/invocations/invocation-records.ts'
import { isCodeToken } from '../../durable-objects/kernel/namespace/claims.ts'
import { CODE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import { sentPath } from '../route.ts'
import { type AdminApp, type AdminContext, AdminError, placed, queryOf } from './admin.ts'
import { pagesOf, viewAll, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

/**
 * `GET /_fakecloud/lambda/invocations` every run of every function, oldest first; `GET …/warm-containers` and
 * `POST …/{function}/evict-container` the sandboxes; `GET …/function-code/…` and `…/layer-content/…` the zips that
 * GetFunction and GetLayerVersion point at; `…/_internal/code/…` the same for the isolate host, which has a
 * token for it.
 */
export function lambdaAdmin(app: AdminApp): void {
  app.get('/_fakecloud/lambda/invocations', async c => c.json({ invocations: await invocations(c) }))
  app.get('/_fakecloud/lambda/warm-containers', async c => {
    const containers = await viewAll<WarmContainer[]>(c, 'lambda', 'warm')
    return c.json({ containers: containers.flat() })
  })
  app.post('/_fakecloud/lambda/:name/evict-container', async c => {
    const answers = await viewNow<{ evicted: boolean }>(c, 'lambda', 'evict', { name: c.req.param('name') })
    return c.json({ evicted: answers.some(({ evicted }) => evicted) })
  })
  app.get('/_fakecloud/lambda/function-code/:account/:name/:file', c => {
    const { account, name, file } = c.req.param()
    return zipOf(c, { account, region: regionOf(c) }, { function: name, version: stem(file) })
  })
  app.get('/_fakecloud/lambda/layer-content/:account/:layer/:file', c => {
    const { account, layer, file } = c.req.param()
    return zipOf(c, { account, region: regionOf(c) }, { layer, version: stem(file) })
  })
  app.get('/_fakecloud/lambda/_internal/code/:account/:region/:file', c => {
    const { account, region, file } = c.req.param()
    if (!isCodeToken(c.env, sentPath(c.req.raw, c.env), c.req.header(CODE_HEADER))) {
      throw new AdminError(403, 'This is for the isolates alone')
    }
    return zipOf(c, { account, region }, { sha: stem(file) })
  })
}

const regionOf = (c: AdminContext) => queryOf(c, placed).region ?? c.env.FAKECLOUD_REGION ?? 'us-east-1'

const stem = (file: string) => file.replace(/\.zip$/, '')

async function zipOf(
  c: AdminContext,
  owner: { account: string; region: string },
  parameters: Record<string, string>,
): Promise<Response> {
  const place = { namespace: c.var.routed.namespace, ...owner }
  const name = objectOf(place, 'lambda')
  const answer = await c.env.OBJECTS.getByName(name).look('lambda', 'archive', parameters)
  const found = answer as ArchiveView | null // that view's own shape
  if (!found) return c.text('Not found', 404)
  const headers = { 'content-type': 'application/zip', 'content-length': String(found.size) }
  return new Response(found.stream.pipeThrough(new FixedLengthStream(found.size)), { headers })
}

/** A record as it is shown; `event` is the payload as JSON. */
type ShownInvocation = Omit<ViewedInvocation, 'at' | 'cold' | 'result' | 'error'> & {
  timestamp: string
  cold: boolean
  event: unknown
  result: unknown
  error: unknown
}

async function invocations(c: AdminContext): Promise<ShownInvocation[]> {
  await settleAsked(c)
  const pages = (await pagesOf<InvocationPage>(c, 'lambda', 'invocations')).flat()
  return pages
    .flatMap(page => page.invocations)
    .sort((a, b) => a.at - b.at)
    .map(shown)
}

function shown({ at, cold, result, error, ...rest }: ViewedInvocation): ShownInvocation {
  const timestamp = new Date(at).toISOString()
  const event = parsed(rest.payload)
  return { ...rest, timestamp, cold: Boolean(cold), event, result: parsed(result), error: parsed(error) }
}

/** JSON as such, any other text as it is. */
function parsed(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
