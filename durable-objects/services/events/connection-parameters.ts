import type {
  ConnectionAuthResponseParameters,
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
  UpdateConnectionAuthRequestParameters,
} from '../../../aws/models/events.types.ts'
import { invalid } from './refusals.ts'

export type AuthParameters = CreateConnectionAuthRequestParameters

/** The member that each type of authorization wants. */
const WANTED = {
  API_KEY: 'ApiKeyAuthParameters',
  BASIC: 'BasicAuthParameters',
  OAUTH_CLIENT_CREDENTIALS: 'OAuthParameters',
} as const

/** @throws AwsError ValidationException */
export function checkParameters(type: string, parameters: AuthParameters): void {
  const wanted = Object.hasOwn(WANTED, type) ? WANTED[type as keyof typeof WANTED] : undefined // by the model
  const given = Object.values(WANTED).filter(name => parameters[name] !== undefined)
  if (wanted === undefined || given.join() !== wanted) {
    throw invalid(`Authorization parameters do not match the authorization type ${type}.`)
  }
}

/** What an update leaves out stays as it was, member by member. */
export function mergeParameters(
  type: string,
  before: AuthParameters,
  update: UpdateConnectionAuthRequestParameters = {},
): AuthParameters {
  const kind = WANTED[type as keyof typeof WANTED] // by the model
  const old = { [kind]: before[kind], InvocationHttpParameters: before.InvocationHttpParameters }
  return merge(old, update) as AuthParameters // of the same shape as both
}

function merge(before: unknown, update: unknown): unknown {
  if (update === undefined) return before
  if (!isObject(before) || !isObject(update)) return update
  const names = new Set([...Object.keys(before), ...Object.keys(update)])
  const merged = [...names].map(name => [name, merge(before[name], update[name])])
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What may be shown: names, and values that are no secrets. */
export function shownParameters(parameters: AuthParameters): ConnectionAuthResponseParameters {
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic, OAuthParameters: oauth } = parameters
  const { InvocationHttpParameters: http } = parameters
  return {
    ...(key && { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }),
    ...(basic && { BasicAuthParameters: { Username: basic.Username } }),
    ...(oauth && {
      OAuthParameters: {
        ClientParameters: { ClientID: oauth.ClientParameters.ClientID },
        AuthorizationEndpoint: oauth.AuthorizationEndpoint,
        HttpMethod: oauth.HttpMethod,
        ...(oauth.OAuthHttpParameters && { OAuthHttpParameters: shownHttp(oauth.OAuthHttpParameters) }),
      },
    }),
    ...(http && { InvocationHttpParameters: shownHttp(http) }),
  }
}

type Parameter = { Key?: string | undefined; Value?: string | undefined; IsValueSecret?: boolean | undefined }

function shownHttp(http: ConnectionHttpParameters): ConnectionHttpParameters {
  const shown = (list: readonly Parameter[]) =>
    list.map(({ Key, Value, IsValueSecret = false }) =>
      IsValueSecret ? { Key, IsValueSecret } : { Key, Value, IsValueSecret },
    )
  return {
    ...(http.HeaderParameters && { HeaderParameters: shown(http.HeaderParameters) }),
    ...(http.QueryStringParameters && { QueryStringParameters: shown(http.QueryStringParameters) }),
    ...(http.BodyParameters && { BodyParameters: shown(http.BodyParameters) }),
  }
}

/** Parameters by name. */
export function pairsOf(list: readonly Parameter[] | undefined): [string, string][] {
  return (list ?? []).flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value]]))
}
