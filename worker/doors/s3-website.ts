import type { Env } from '../../durable-objects/kernel/env.ts'
import type { OperationResult } from '../../durable-objects/kernel/object/operation.ts'
import { homeOf } from '../../durable-objects/services/index.ts'
import { askObject, sendOperation } from '../../durable-objects/kernel/object/calls.ts'
import { newShortRequestId, newTraceId } from '../../aws/ids.ts'
import type { WebsiteConfiguration } from '../../aws/models/s3.types.ts'
import { encode } from '../../aws/wire/encode.ts'
import { loadModel } from '../../aws/wire/model.ts'
import { callerOf, routeOf } from '../route.ts'
import {
  encodePath,
  errorPage,
  type Redirection,
  redirectAll,
  redirectByRule,
  type SiteRequest,
} from './s3-website-rules.ts'

/** `<bucket>.s3-website-<region>.…` or `<bucket>.s3-website.…`, whatever the domain. */
const HOST = /^(.+?)\.s3-website[.-]/

/** A request on its way through a site. */
type Visit = SiteRequest & {
  env: Env
  request: Request
  object: string
  owner: string
  site: WebsiteConfiguration
  requestId: string
}

type Refusal = { status: number; code: string; message: string }

/**
 * A bucket's website: index documents, error documents, redirects. Undefined when the host is not a website's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
 */
export async function s3Website(request: Request, env: Env): Promise<Response | undefined> {
  const { headers } = request
  if (!HOST.test(headers.get('x-fakecloud-host') ?? headers.get('host') ?? '')) return undefined
  const routed = routeOf(request, env)
  const { host, path } = routed.wire
  const bucket = HOST.exec(host.toLowerCase())?.[1]
  if (bucket === undefined) return undefined
  const requestId = newShortRequestId()
  const refuse = (refusal: Refusal) => page(request, { ...refusal, requestId })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const message = 'The specified method is not allowed against this resource.'
    return refuse({ status: 405, code: 'MethodNotAllowed', message })
  }
  const { place } = callerOf(routed, env)
  const at = homeOf({ service: 's3', operation: 'GetObject', input: { Bucket: bucket } }, place)
  const found = await askObject(env, at.to, { service: 's3', operation: 'DescribeWebsite', input: {} })
  if (!found) return refuse({ status: 404, code: 'NoSuchBucket', message: 'The specified bucket does not exist' })
  if (!found.website) {
    const message = 'The specified bucket does not have a website configuration'
    return refuse({ status: 404, code: 'NoSuchWebsiteConfiguration', message })
  }
  const { baseUrl: root } = routed
  const key = decoded(path.slice(1))
  const facts = { root, key, env, request, object: at.to, requestId }
  return visit({ ...facts, owner: found.owner, site: found.website })
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function visit(visit: Visit): Promise<Response> {
  const { site, key, request, requestId } = visit
  const elsewhere = redirectAll(site, visit) ?? redirectByRule(site, visit)
  if (elsewhere) return redirect(elsewhere)
  const suffix = site.IndexDocument?.Suffix ?? ''
  const directory = key === '' || key.endsWith('/')
  const found = await read(visit, directory ? key + suffix : key)
  if (found.output) return show(found.output, visit, 200)
  const { code, message } = found.error
  const status = found.error.status || 400
  if (status === 304) return new Response(null, { status })
  if (!directory && (await read(visit, `${key}/${suffix}`)).output) {
    return redirect({ status: 302, location: `${visit.root}/${encodePath(key)}/` })
  }
  const byRule = redirectByRule(site, visit, status)
  if (byRule) return redirect(byRule)
  const own = site.ErrorDocument && (await read(visit, site.ErrorDocument.Key))
  if (own?.output) return show(own.output, visit, status)
  return page(request, { status, code, message, requestId })
}

/** Reads an object as anyone on the web does. */
function read({ env, object, owner, request, requestId }: Visit, Key: string): Promise<OperationResult> {
  const Bucket = object.slice(object.lastIndexOf('/') + 1)
  const IfNoneMatch = request.headers.get('if-none-match') ?? undefined
  const Range = request.headers.get('range') ?? undefined
  return sendOperation(env, {
    to: object,
    service: 's3',
    operation: 'GetObject',
    input: { Bucket, Key, IfNoneMatch, Range },
    caller: { accountId: owner, anonymous: true },
    requestId,
    traceId: newTraceId(Date.now()),
  })
}

/** An object as a page; one that redirects elsewhere does so. */
async function show(output: Record<string, unknown>, { request, requestId }: Visit, status: number): Promise<Response> {
  const { WebsiteRedirectLocation: location } = output
  const model = loadModel('s3')
  if (typeof location === 'string' || !model) {
    if (output.Body instanceof ReadableStream) await output.Body.cancel()
    return redirect({ status: 301, location: String(location ?? '/') })
  }
  const answer = encode(model, 'rest-xml', { operation: 'GetObject', output, requestId })
  const body = request.method === 'HEAD' ? null : answer.body
  if (body === null) await answer.body?.cancel()
  return new Response(body, { status: status === 200 ? answer.status : status, headers: answer.headers })
}

function redirect({ status, location }: Redirection): Response {
  return new Response(null, { status, headers: { location, server: 'AmazonS3' } })
}

function page(request: Request, error: Refusal & { requestId: string }): Response {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'x-amz-error-code': error.code,
    'x-amz-error-message': error.message,
    'x-amz-request-id': error.requestId,
    server: 'AmazonS3',
  }
  return new Response(request.method === 'HEAD' ? null : errorPage(error), { status: error.status, headers })
}
