import type { Env } from '../../durable-objects/kernel/env.ts'
import type { UrlRequest } from '../../durable-objects/services/lambda/urls/url-events.ts'
import { accountOfUrlId } from '../../durable-objects/services/lambda/urls/url-ids.ts'
import { FORBIDDEN, type UrlAnswer } from '../../durable-objects/services/lambda/urls/url-requests.ts'
import { objectOf } from '../../aws/place.ts'
import { sendOperation } from '../../durable-objects/kernel/object/calls.ts'
import { AwsError } from '../../aws/errors.ts'
import { newRequestId, newTraceId } from '../../aws/ids.ts'
import { drain } from '../body.ts'
import { credentialScope } from '../../aws/wire/detect.ts'
import { callerOf, type Routed, routeOf, sentPath, sourceIpOf } from '../route.ts'
import { proofOf, signedOf } from '../../aws/sigv4/sigv4.ts'
import { type Proof, PROOF_WANTED } from '../../aws/sigv4/proof.ts'

/** `<url-id>.lambda-url.<region>.<any domain>` */
const HOST = /^([a-z0-9]+)\.lambda-url\.([a-z]{2,4}(?:-[a-z]+)+-\d)\./
/** `/_fakecloud/lambda-url/<region>/<url-id>/<path>`, for who cannot resolve hosts under ours. */
const PATH = /^\/_fakecloud\/lambda-url\/([a-z]{2,4}(?:-[a-z]+)+-\d)\/([a-z0-9]+)(?=\/|$)/

const MOST_BYTES = 6 * 1024 * 1024

/** A function URL as a request addresses it. */
type Addressed = { urlId: string; region: string; rawPath: string; domainName: string }

/**
 * Answers requests to function URLs, by their hosts or by path; undefined for every other request.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export async function functionUrlAnswer(request: Request, env: Env): Promise<Response | undefined> {
  // Every request passes here: nearly all are told by a look at the text.
  if (!mayBeFunctionUrl(request)) return undefined
  try {
    const routed = routeOf(request, env)
    const addressed = addressOf(routed)
    return addressed && (await perform(request, env, { routed, addressed }))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const Message = error.code === 'AccessDeniedException' ? FORBIDDEN : error.message
    return Response.json({ Message }, { status: error.status || 400, headers: { 'x-amzn-errortype': error.code } })
  } finally {
    if (request.body) await drain(request)
  }
}

function mayBeFunctionUrl({ url, headers }: Request): boolean {
  if (url.includes('lambda-url')) return true
  return [headers.get('host'), headers.get('x-fakecloud-host')].some(host => host?.includes('.lambda-url.'))
}

function addressOf({ wire }: Routed): Addressed | undefined {
  const domainName = wire.host.replace(/:\d+$/, '').toLowerCase()
  const [, hostId, hostRegion] = HOST.exec(domainName) ?? []
  if (hostId && hostRegion) return { urlId: hostId, region: hostRegion, rawPath: wire.path, domainName }
  const [prefix, region, urlId] = PATH.exec(wire.path) ?? []
  if (prefix === undefined || !region || !urlId) return undefined
  const rawPath = wire.path.slice(prefix.length) || '/'
  return { urlId, region, rawPath, domainName: `${urlId}.lambda-url.${region}.on.aws` }
}

type Found = { routed: Routed; addressed: Addressed }

async function perform(request: Request, env: Env, { routed, addressed }: Found): Promise<Response> {
  const requestId = newRequestId()
  const account = accountOfUrlId(addressed.urlId)
  if (account === undefined) return encode({ status: 404, headers: NOT_FOUND, body: '{"Message":null}' }, requestId)
  const place = { namespace: routed.namespace, account, region: addressed.region }
  const input = await inputOf(request, { routed, addressed }, sourceIpOf(routed.wire, env))
  // Whoever has not signed comes by Lambda itself: what the function's policy says of everybody decides.
  const calling = input.signed ? callerOf(routed, env) : undefined
  const viaNamespaceId = routed.via?.namespaceId
  const caller = calling?.caller ?? { accountId: account, service: 'lambda.amazonaws.com', viaNamespaceId }
  const traceId = traceOf(request)
  const to = objectOf(place, 'lambda')
  const signed = calling && signedOf(routed.wire, { dialect: DIALECT, strangeToken: calling.strangeToken, open: false })
  const sent = { to, service: 'lambda', operation: 'InvokeFunctionUrl', input, caller, requestId, traceId, signed }
  let result = await sendOperation(env, sent)
  if (signed && result.error?.code === PROOF_WANTED) {
    result = await sendOperation(env, { ...sent, signed: { ...signed, proof: await prove(request, routed, env) } })
  }
  if (result.error) throw new AwsError(result.error.code, result.error.message, result.error.status)
  const answer = result.output as UrlAnswer // that operation's own shape
  return encode({ ...answer, headers: [...answer.headers, ['x-amzn-trace-id', `Root=${traceId}`]] }, requestId, request)
}

/** Function URLs refuse as Lambda's API does. */
const DIALECT = 'rest-json'

async function prove(request: Request, { wire }: Routed, env: Env): Promise<Proof | null> {
  const { clientAcceptEncoding } = (request.cf ?? {}) as { clientAcceptEncoding?: string } // the edge's own
  const acceptEncoding = clientAcceptEncoding || undefined
  const path = sentPath(request, env)
  return await proofOf({ wire, path, dialect: DIALECT, acceptEncoding, streams: false, streamed: false })
}

const NOT_FOUND: [string, string][] = [
  ['content-type', 'application/json'],
  ['x-amzn-errortype', 'ResourceNotFoundException'],
]

async function inputOf(request: Request, { routed, addressed }: Found, sourceIp: string): Promise<UrlRequest> {
  const { wire } = routed
  const body = await wire.body()
  if (body.byteLength > MOST_BYTES) {
    const message = `Request must be smaller than ${MOST_BYTES} bytes for the InvokeFunction operation`
    throw new AwsError('RequestEntityTooLargeException', message, 413)
  }
  const { urlId, rawPath, domainName } = addressed
  const at = request.url.indexOf('?')
  return {
    urlId,
    rawPath,
    domainName,
    method: request.method,
    rawQueryString: at < 0 ? '' : request.url.slice(at + 1).replace(/#.*$/, ''),
    headers: headersOf(routed, sourceIp),
    body,
    sourceIp,
    signed: credentialScope(wire) !== undefined,
  }
}

/** The headers as AWS hands them on: by lower-case name, ours taken off and its front's put on. */
function headersOf({ wire, baseUrl }: Routed, sourceIp: string): Record<string, string> {
  const https = baseUrl.startsWith('https:')
  const port = /:(\d+)$/.exec(wire.host)?.[1]
  const headers: Record<string, string> = {}
  for (const [name, value] of wire.headers) if (!name.startsWith('x-fakecloud-')) headers[name] = value
  return {
    ...headers,
    host: wire.host,
    'x-forwarded-for': sourceIp,
    'x-forwarded-proto': https ? 'https' : 'http',
    'x-forwarded-port': port ?? (https ? '443' : '80'),
  }
}

function traceOf(request: Request): string {
  const header = request.headers.get('x-amzn-trace-id')
  return (header && /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(header)?.[1]) || newTraceId(Date.now())
}

/** Statuses that have no body. */
const EMPTY = new Set([204, 205, 304])

function encode(answer: UrlAnswer, requestId: string, request?: Request): Response {
  const { status, body } = answer
  const headers = new Headers({ 'x-amzn-requestid': requestId })
  for (const [name, value] of answer.headers) headers.append(name, value)
  const empty = EMPTY.has(status) || request?.method === 'HEAD'
  return new Response(empty ? null : body, { status, headers })
}
