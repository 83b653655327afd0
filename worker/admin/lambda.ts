import { objectOf } from '../../aws/place.ts'
import { askObject } from '../../durable-objects/kernel/object/calls.ts'
import type { OperationInput } from '../../durable-objects/kernel/object/operation.ts'
import { isCodeToken } from '../../durable-objects/kernel/namespace/claims.ts'
import { CODE_HEADER } from '../../durable-objects/shared/functions/contract.ts'
import { sentPath } from '../route.ts'
import { type AdminApp, type AdminContext, AdminError, placed, queryOf } from './admin.ts'
import { askAll } from './ask.ts'

/**
 * `POST /_fakecloud/lambda/{function}/evict-container` gives up its sandboxes; `GET …/function-code/…` and
 * `…/layer-content/…` the zips that GetFunction and GetLayerVersion point at; `…/_internal/code/…` the same for the
 * isolate host, which has a token for it.
 */
export function lambdaAdmin(app: AdminApp): void {
  app.post('/_fakecloud/lambda/:name/evict-container', async c => {
    const input = { functionName: c.req.param('name') }
    const answers = await askAll(c, { service: 'lambda', operation: 'EvictContainer', input })
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
  input: OperationInput<'lambda', 'DownloadArchive'>,
): Promise<Response> {
  const place = { namespace: c.var.routed.namespace, ...owner }
  const question = { service: 'lambda', operation: 'DownloadArchive', input } as const
  const found = await askObject(c.env, objectOf(place, 'lambda'), question)
  if (!found) return c.text('Not found', 404)
  const headers = { 'content-type': 'application/zip', 'content-length': String(found.size) }
  return new Response(found.stream.pipeThrough(new FixedLengthStream(found.size)), { headers })
}
