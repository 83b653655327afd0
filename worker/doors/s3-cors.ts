import type { Env } from '../../durable-objects/kernel/env.ts'
import { askObject } from '../../durable-objects/kernel/object/calls.ts'
import { homeOf } from '../../durable-objects/services/index.ts'
import { newShortRequestId } from '../../aws/ids.ts'
import { AwsError } from '../../aws/errors.ts'
import { encodeError } from '../../aws/wire/encode-error.ts'
import { callerOf, routeOf } from '../route.ts'
import { pathStyle } from './s3.ts'

/** Hosts whose preflights are not for buckets. */
const OTHERS = /\.(?:lambda-url|execute-api)\./

/**
 * A browser's preflight to a bucket: its CORS configuration says what may be done. Undefined when the request is not one
 * for a bucket.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
 */
export async function s3Preflight(request: Request, env: Env): Promise<Response | undefined> {
  if (request.method !== 'OPTIONS') return undefined
  const routed = routeOf(request, env)
  const wire = pathStyle(routed.wire, env)
  const Bucket = OTHERS.test(wire.host) ? undefined : bucketIn(wire.path)
  if (Bucket === undefined) return undefined
  const { headers } = request
  const origin = headers.get('origin')
  const method = headers.get('access-control-request-method')
  if (origin === null) return refuse('BadRequest', 'Insufficient information. Origin request header needed.', 400)
  if (method === null) {
    return refuse('BadRequest', 'Invalid Access-Control-Request-Method: null', 400)
  }
  const { place } = callerOf(routed, env)
  const { to } = homeOf({ service: 's3', operation: 'HeadBucket', input: { Bucket } }, place)
  const input = { origin, method, headers: headers.get('access-control-request-headers') ?? '' }
  const answer = await askObject(env, to, { service: 's3', operation: 'CheckPreflight', input })
  if (!answer || 'refused' in answer)
    return refuse('AccessForbidden', answer?.refused ?? NOT_ENABLED, 403, {
      Method: method,
      ResourceType: typeOf(wire.path),
    })
  return new Response(null, { status: 200, headers: { ...answer.headers, server: 'AmazonS3' } })
}

function bucketIn(path: string): string | undefined {
  const [, first = ''] = path.split('/')
  try {
    return decodeURIComponent(first) || undefined
  } catch {
    return undefined
  }
}

const NOT_ENABLED = 'CORSResponse: CORS is not enabled for this bucket.'

const typeOf = (path: string) => (/^\/[^/]+\/./.test(path) ? 'OBJECT' : 'BUCKET')

function refuse(code: string, message: string, status: number, fields: Record<string, string> = {}): Response {
  const error = new AwsError(code, message, status, fields)
  const requestId = newShortRequestId()
  return encodeError(undefined, 'rest-xml', { error, requestId, method: 'OPTIONS' })
}
