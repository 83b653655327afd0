import type { HttpParameters, Target } from '../../../aws/models/events.types.ts'
import { basic } from './access-tokens.ts'
import { type AuthParameters, pairsOf } from './connection-parameters.ts'
import { valueAt } from './json-paths.ts'
import type { ApiDestinationRow, BusEvent } from './schema.ts'

/** What a call is made of. */
export type CallParts = {
  destination: Pick<ApiDestinationRow, 'endpoint' | 'method'>
  parameters: AuthParameters
  token: string | undefined
  target: Target
  event: BusEvent
  body: string
  traceId: string
}

export type HttpCall = { url: string; method: string; headers: Record<string, string>; body: string | undefined }

/**
 * The HTTP request of a call. Where the target and the connection name the same parameter, the connection's holds.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export function requestOf(parts: CallParts): HttpCall {
  const { destination, parameters, target, event } = parts
  const { InvocationHttpParameters: own = {} } = parameters
  const { HttpParameters: of = {} } = target
  const url = new URL(withPath(destination.endpoint, of, event))
  for (const [name, value] of Object.entries(of.QueryStringParameters ?? {})) {
    url.searchParams.set(name, resolved(value, event))
  }
  for (const [name, value] of pairsOf(own.QueryStringParameters)) url.searchParams.set(name, value)
  const headers = new Headers({
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Amazon/EventBridge/ApiDestinations',
    'x-amzn-trace-id': `Root=${parts.traceId}`,
  })
  for (const [name, value] of Object.entries(of.HeaderParameters ?? {})) headers.set(name, resolved(value, event))
  for (const [name, value] of pairsOf(own.HeaderParameters)) headers.set(name, value)
  for (const [name, value] of credentials(parts)) headers.set(name, value)
  const bodiless = destination.method === 'GET' || destination.method === 'HEAD'
  const body = bodiless ? undefined : withBody(parts.body, pairsOf(own.BodyParameters))
  return { url: url.href, method: destination.method, headers: Object.fromEntries(headers), body }
}

function credentials({ parameters, token }: CallParts): [string, string][] {
  const { ApiKeyAuthParameters: key, BasicAuthParameters: user } = parameters
  if (key) return [[key.ApiKeyName, key.ApiKeyValue]]
  if (user) return [['authorization', `Basic ${basic(user.Username, user.Password)}`]]
  return token === undefined ? [] : [['authorization', `Bearer ${token}`]]
}

/** Each `*` of an endpoint takes the next path parameter. */
function withPath(endpoint: string, { PathParameterValues: values = [] }: HttpParameters, event: BusEvent): string {
  let at = 0
  return endpoint.replaceAll('*', () => encodeURIComponent(resolved(values[at++] ?? '', event)))
}

/** A parameter that is a path is what it leads to in the event. */
function resolved(value: string, event: BusEvent): string {
  if (!value.startsWith('$')) return value
  const found = valueAt(value, event)
  if (found === undefined) return ''
  return typeof found === 'string' ? found : JSON.stringify(found)
}

function withBody(body: string, more: readonly [string, string][]): string {
  if (more.length === 0) return body
  try {
    const object: unknown = JSON.parse(body)
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return body
    return JSON.stringify({ ...object, ...Object.fromEntries(more) })
  } catch {
    return body
  }
}
