import { signingNames, targets, versions } from '../models/index.ts'
import type { ServiceModel } from './model.ts'
import type { WireForm, WireRequest } from './types.ts'

/** Splits a URL without normalising it: a path keeps its `//`, `%2F` and trailing slash. */
export function splitUrl(url: string): { host: string; path: string; query: [string, string][] } {
  const fragment = url.indexOf('#')
  const whole = fragment < 0 ? url : url.slice(0, fragment)
  const start = whole.indexOf('//') + 2
  const mark = whole.indexOf('?', start)
  const beforeQuery = mark < 0 ? whole : whole.slice(0, mark)
  const slash = beforeQuery.indexOf('/', start)
  return {
    host: slash < 0 ? beforeQuery.slice(start) : beforeQuery.slice(start, slash),
    path: slash < 0 ? '/' : beforeQuery.slice(slash),
    query: mark < 0 ? [] : parseQuery(whole.slice(mark + 1)),
  }
}

/** The decoded pairs of a query string or form, in order. What is no percent-encoding stays as it is. */
export function parseQuery(text: string): [string, string][] {
  return text.split('&').filter(Boolean).map(pair)
}

function pair(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals < 0 ? [unescaped(text), ''] : [unescaped(text.slice(0, equals)), unescaped(text.slice(equals + 1))]
}

function unescaped(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

export type CredentialScope = { accessKeyId: string; date: string; region: string; service: string }

/**
 * Who signed, and for where: the Authorization header's Credential, a presigned URL's, or Signature Version 2's key
 * alone. SigV4a names no region: it is empty then.
 */
export function credentialScope(request: WireRequest): CredentialScope | undefined {
  const authorization = request.headers.get('authorization')
  const credential = authorization
    ? /Credential=([^,\s]+)/.exec(authorization)?.[1]
    : parameter(request.query, 'X-Amz-Credential')
  if (credential) return scopeOf(credential)
  const legacy = /^AWS ([^:\s]+):/.exec(authorization ?? '')?.[1] ?? parameter(request.query, 'AWSAccessKeyId')
  return legacy ? { accessKeyId: legacy, date: '', region: '', service: 's3' } : undefined
}

/** `key/date/region/service/aws4_request`; an access key id of a client's own may have slashes itself. */
function scopeOf(credential: string): CredentialScope | undefined {
  const parts = credential.split('/')
  if (parts.at(-1) !== 'aws4_request') return undefined
  const service = parts.at(-2)
  const named = parts.length >= 5 && /^\d{8}$/.test(parts.at(-4) ?? '')
  const date = named ? parts.at(-4) : parts.at(-3)
  if (!service || !date) return undefined
  const accessKeyId = parts.slice(0, named ? -4 : -3).join('/')
  return { accessKeyId, date, region: named ? (parts.at(-3) ?? '') : '', service }
}

const parameter = (pairs: readonly [string, string][], name: string) => pairs.find(([key]) => key === name)?.[1]

/**
 * The service that a request is for, by its model's name: the RPC v2 path, X-Amz-Target, the credential scope, the
 * version of a Query request; S3 when nothing tells. Undefined when it is for a service that has no model.
 */
export function detectService(request: WireRequest): string | undefined {
  const rpc = /^(?:.*)\/service\/([^/]+)\/operation\/[^/]+$/.exec(request.path)?.[1]
  if (rpc && request.headers.has('smithy-protocol')) return lookUp(targets, rpc)
  const target = request.headers.get('x-amz-target')
  if (target) {
    const byTarget = lookUp(targets, target.slice(0, Math.max(0, target.lastIndexOf('.'))))
    if (byTarget) return byTarget
  }
  const scope = credentialScope(request)
  if (scope?.date) return serviceOfScope(scope.service, request)
  if (target) return undefined
  const version = parameter(request.form ?? request.query, 'Version')
  const action = parameter(request.form ?? request.query, 'Action')
  const byVersion = action !== undefined && version !== undefined ? lookUp(versions, version) : undefined
  // Signature Version 2 names no service, and who does not sign none either.
  return byVersion ?? serviceOfScope('s3', request)
}

/** Names that sign for S3 in its other shapes. */
const S3_NAMES = ['s3', 's3express', 's3-object-lambda', 's3-outposts']

function serviceOfScope(name: string, request: WireRequest): string | undefined {
  if (S3_NAMES.includes(name)) return isS3Control(request) ? 's3control' : 's3'
  const version2 = /^\/v2(?:\/|$)/.test(request.path)
  if (name === 'ses' || name === 'email') return version2 ? 'sesv2' : 'ses'
  if (name === 'apigateway') return version2 ? 'apigatewayv2' : 'apigateway'
  return Object.hasOwn(signingNames, name) ? signingNames[name]?.[0] : undefined
}

const isS3Control = (request: WireRequest) =>
  request.path.startsWith('/v20180820/') && request.headers.has('x-amz-account-id')

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** The form in which a request to that service speaks, and wants to be answered. */
export function detectWireForm(model: ServiceModel, request: WireRequest): WireForm {
  const { forms } = model
  const type = request.headers.get('content-type') ?? ''
  if (forms.includes('rpc-v2-cbor') && request.headers.get('smithy-protocol') === 'rpc-v2-cbor') return 'rpc-v2-cbor'
  const json = type.startsWith('application/x-amz-json') || request.headers.has('x-amz-target')
  if (forms.includes('json') && json) return 'json'
  const plain = (['query', 'ec2', 'rest-json', 'rest-xml', 'json'] as const).find(form => forms.includes(form))
  return plain ?? 'rpc-v2-cbor'
}
