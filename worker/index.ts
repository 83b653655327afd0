import { Hono } from 'hono'
import type { Env } from '../durable-objects/kernel/env.ts'
import { AwsError, errorData } from '../aws/errors.ts'
import { newRequestId } from '../aws/ids.ts'
import { admin } from './admin/app.ts'
import { answer } from './answer.ts'
import { overLimit, type Refusal } from './body.ts'
import { refuseCameBack } from './came-back.ts'
import { functionUrlAnswer } from './doors/function-urls.ts'
import { s3Preflight } from './doors/s3-cors.ts'
import { s3Website } from './doors/s3-website.ts'
import { snsLink } from './doors/sns-links.ts'
import { withoutSecret } from './secretless.ts'
import { isStranger, refuseStranger } from './inside.ts'
import { encodeError } from '../aws/wire/encode-error.ts'

export { NamespaceObject } from '../durable-objects/kernel/namespace/namespace.ts'
export { PlaceObject } from '../durable-objects/services/place-object.ts'
export { IsolateHost, Outbound } from './isolates/host.ts'

/** Our own endpoints, which alone go by Hono. */
const ours = new Hono<{ Bindings: Env }>({ getPath: request => withoutNamespace(new URL(request.url).pathname) })

const OURS = /^[^/]+\/\/[^/]+(?:\/_ns\/[^/]+)?\/_(?:fakecloud|localstack|reset)(?:[/?#]|$)/

function withoutNamespace(path: string): string {
  return path.replace(/^\/_ns\/[^/]+/, '') || '/'
}

const UNKNOWN = {
  code: 'InternalFailure',
  message: 'The request has failed because of an unknown error.',
  status: 500,
  fields: {},
}

/** What is not an AWS API: each answers what is its own, and leaves the rest. */
const DOORS = [functionUrlAnswer, snsLink, s3Preflight, s3Website]

ours.all('/_fakecloud/lambda-url/*', async (c, next) => (await functionUrlAnswer(c.req.raw, c.env)) ?? next())
ours.route('/', admin)
ours.all('*', c => aws(c.req.raw, c.env))
ours.onError(unknown)

/** Whatever is not ours: the doors first, then what speaks AWS. */
async function aws(request: Request, env: Env): Promise<Response> {
  try {
    for (const door of DOORS) {
      const response = await door(request, env)
      if (response) return response
    }
    return await answer(request, env)
  } catch (error) {
    return unknown(error)
  }
}

function unknown(error: unknown): Response {
  if (!(error instanceof AwsError)) console.error(error instanceof Error ? error.stack : error)
  const data = error instanceof AwsError ? errorData(error) : UNKNOWN
  return encodeError(undefined, 'rest-xml', { error: data, requestId: newRequestId(), method: 'GET' })
}

export default {
  fetch: (request, env, context) => {
    if (isStranger(request, env)) return refuseStranger()
    const back = refuseCameBack(request, env)
    if (back) return back
    const refusal = withoutSecret(request, env) ?? overLimit(request, env)
    if (refusal) return refuse(request, env, refusal)
    return OURS.test(request.url) ? ours.fetch(request, env, context) : aws(request, env)
  },
} satisfies ExportedHandler<Env>

/** In the form that its client reads: our own endpoints', or that of the service that was asked. */
async function refuse(request: Request, env: Env, refusal: Refusal): Promise<Response> {
  if (!OURS.test(request.url)) return await answer(request, env, refusal)
  const { message, status } = refusal('')
  return Response.json({ error: message }, { status })
}
