import { readHeaders } from '../aws/wire/headers.ts'
import type { Env } from '../durable-objects/kernel/env.ts'
import { isAccount } from '../aws/arn.ts'
import type { Caller } from '../durable-objects/kernel/object/operation.ts'
import {
  DEFAULT_ACCOUNT,
  DEFAULT_NAMESPACE,
  DEFAULT_REGION,
  isRegion,
  NAMESPACE_PATTERN,
  type Place,
} from '../aws/place.ts'
import { accountOfAccessKey, openSession } from '../durable-objects/kernel/namespace/credentials.ts'
import { AwsError } from '../aws/errors.ts'
import { namedNamespaces, namespacePrefix } from '../aws/namespaces.ts'
import { type FunctionClaim, readFunctionToken } from '../durable-objects/kernel/namespace/claims.ts'
import { bodyReader } from './body.ts'
import {
  HOST_HEADER,
  INTERNAL_HEADER,
  NAMESPACE_HEADER,
  PEER_HEADER,
  RAW_PATH_HEADER,
} from '../durable-objects/shared/functions/contract.ts'
import { plainBody } from '../aws/wire/body-in.ts'
import { credentialScope, parseQuery, splitUrl } from '../aws/wire/detect.ts'
import type { WireRequest } from '../aws/wire/types.ts'

/** A request as the rest of the Worker sees it: in its namespace, path-style, with the root that its caller used. */
export type Routed = {
  namespace: string
  /** Scheme, host and namespace prefix, without a trailing slash. */
  baseUrl: string
  wire: WireRequest
  /** The function that asks. */
  via: FunctionClaim | undefined
  /** A namespace that it names and that is not its own. */
  foreign: string | undefined
}

/** The function that asks, which its own way out says. */
function claimOf(headers: Pick<Headers, 'get'>, env: Env): FunctionClaim | undefined {
  const token = headers.get(INTERNAL_HEADER)
  return token === null ? undefined : readFunctionToken(env, token)
}

/** @throws AwsError for a namespace that is none, or that is closed to the function that asks */
export function routeOf(request: Request, env: Env): Routed {
  const routed = readRoute(request, env)
  checkNamespace(routed)
  return routed
}

/** A function's namespace is final. */
export function checkNamespace({ namespace, foreign }: Routed): void {
  if (foreign === undefined) return
  const message = `A function of the namespace ${namespace} cannot reach the namespace ${foreign}`
  throw new AwsError('AccessDeniedException', message, 403)
}

/**
 * Finds the namespace of a request (path prefix, header, host label) and takes off what addressed it; a function's is
 * its own, whatever it names. S3's virtual hosts become paths later, once the service is known.
 */
export function readRoute(request: Request, env: Env): Routed {
  const target = splitUrl(request.url)
  const headers = readHeaders(request.headers)
  const via = claimOf(headers, env)
  const host = (via && headers.get(HOST_HEADER)) ?? headers.get('host') ?? target.host
  const raw = rawPath({ headers }, env) ?? target.path
  const naming = { path: raw, header: headers.get(NAMESPACE_HEADER), host }
  const named = namedNamespaces(naming, env.FAKECLOUD_HOST)
  const namespace = via?.namespace ?? named[0] ?? DEFAULT_NAMESPACE
  if (!NAMESPACE_PATTERN.test(namespace)) {
    throw new AwsError(
      'InvalidNamespace',
      `${namespace} is not a namespace: use letters a-z, digits and hyphens, 63 at most`,
    )
  }
  const root =
    env.FAKECLOUD_EXTERNAL_URL?.replace(/\/+$/, '') || `${protocolOf({ url: request.url, headers }, env)}://${host}`
  const prefix = namespacePrefix(raw)?.prefix ?? ''
  const path = raw.slice(prefix.length) || '/'
  const wire: WireRequest = {
    method: request.method,
    path,
    query: target.query,
    headers,
    host,
    body: bodyReader(request),
    stream: request.body,
    keepFraming: true,
  }
  const foreign = via && named.find(name => name !== namespace)
  return { namespace, baseUrl: root + prefix, wire, via, foreign }
}

/** Whether a request is a function's. */
export const isFunctions = (headers: Pick<Headers, 'get'>, env: Env) => claimOf(headers, env) !== undefined

/** What the front says of a request, where there is one, of what did come through it. */
function saidByFront(headers: Pick<Headers, 'get'>, name: string, env: Env): string | null {
  const said = env.FAKECLOUD_FRONT ? headers.get(name) : null
  return said !== null && isFunctions(headers, env) ? null : said
}

type Requested = { headers: Pick<Headers, 'get'> }

/** The path as sent, where the front saw segments that workerd's URL would have resolved away. */
function rawPath({ headers }: Requested, env: Env): string | undefined {
  const raw = saidByFront(headers, RAW_PATH_HEADER, env)
  return raw?.startsWith('/') ? raw.split('?', 1)[0] : undefined
}

function protocolOf({ url, headers }: Requested & { url: string }, env: Env): string {
  const said = saidByFront(headers, 'x-forwarded-proto', env) ?? ''
  return /^https?$/.test(said) ? said : url.slice(0, url.indexOf(':'))
}

/**
 * The address that asks: the front says it, and on the edge Cloudflare; neither lets a client do so. What comes from
 * inside comes from this machine.
 */
export function sourceIpOf({ headers }: WireRequest, env: Env): string {
  const onEdge = env.FAKECLOUD_FRONT || isFunctions(headers, env) ? null : headers.get('cf-connecting-ip')
  return onEdge ?? saidByFront(headers, PEER_HEADER, env) ?? '127.0.0.1'
}

/**
 * Reads a form, where the service may take one (`curl -d` sends that type to any). What was read is streamed from memory
 * to whoever wants a stream after all.
 */
export async function withForm(wire: WireRequest): Promise<WireRequest> {
  const type = wire.headers.get('content-type') ?? ''
  if (wire.method !== 'POST' || !type.startsWith('application/x-www-form-urlencoded')) return wire
  const form = parseQuery(new TextDecoder().decode(await plainBody(wire)))
  const bytes = await wire.body()
  return { ...wire, form, stream: wire.stream && new Blob([bytes]).stream() }
}

/** The path as its client sent and signed it. */
export function sentPath(request: Request, env: Env): string {
  return rawPath(request, env) ?? splitUrl(request.url).path
}

/** `strangeToken`: the session token that came along is not one of this namespace's, for this key. */
export type Calling = { caller: Caller; place: Place; strangeToken: boolean }

/** Who calls, and where: account by the key, region by the credential scope. */
export function callerOf(routed: Routed, env: Env): Calling {
  const { wire, namespace } = routed
  const scope = credentialScope(wire)
  const sessionToken = wire.headers.get('x-amz-security-token') ?? queryOf(wire, 'X-Amz-Security-Token')
  const accessKeyId = scope?.accessKeyId
  const session = accessKeyId && sessionToken ? openSession(env, namespace, { accessKeyId, sessionToken }) : undefined
  const account = session?.accountId ?? accountOf(accessKeyId) ?? env.FAKECLOUD_ACCOUNT_ID ?? DEFAULT_ACCOUNT
  const region = regionOf(scope?.region) ?? regionOfHost(wire.host) ?? env.FAKECLOUD_REGION ?? DEFAULT_REGION
  const strangeToken = Boolean(sessionToken) && session === undefined
  const anonymous = accessKeyId === undefined || undefined
  const caller = { accountId: account, accessKeyId, anonymous, session, ...viaOf(routed) }
  return { caller, place: { namespace, account, region }, strangeToken }
}

function viaOf({ via }: Routed): Pick<Caller, 'via' | 'viaNamespaceId'> {
  return via ? { via: via.source, viaNamespaceId: via.namespaceId } : {}
}

/** A 12-digit key is an account; our own keys carry theirs. */
function accountOf(accessKeyId: string | undefined): string | undefined {
  if (accessKeyId === undefined) return undefined
  return isAccount(accessKeyId) ? accessKeyId : accountOfAccessKey(accessKeyId)
}

function regionOf(region: string | undefined): string | undefined {
  if (region === undefined || region === '' || region === '*') return undefined
  if (region === 'aws-global') return undefined
  return isRegion(region) ? region : undefined
}

function regionOfHost(host: string): string | undefined {
  return host.split(/[.:]/).find(isRegion)
}

export function queryOf(wire: WireRequest, name: string): string | undefined {
  return wire.query.find(([key]) => key === name)?.[1]
}
