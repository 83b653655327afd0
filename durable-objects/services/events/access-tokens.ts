/** A connection's client credentials are exchanged for an access token, which is kept until it ends. */
import type { CreateConnectionOAuthRequestParameters } from '../../../aws/models/events.types.ts'
import { type HttpOut, httpOut } from '../../kernel/http-out/http-out.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { pairsOf } from './connection-parameters.ts'
import { lookUpConnection, parametersOf } from './find-connection.ts'
import type { ConnectionRow } from './schema.ts'

const TIMEOUT_MS = 5000
/** A token that does not say how long it is good. */
const DEFAULT_SECONDS = 3600
/** A token is renewed a little before its end. */
const MARGIN_MS = 30_000

/** The token to call with; undefined when none can be had. */
export async function accessToken(ctx: Ctx, connection: ConnectionRow): Promise<string | undefined> {
  const { token, tokenUntil } = connection
  if (token !== null && tokenUntil !== null && tokenUntil > ctx.now + MARGIN_MS) return token
  return await exchange(ctx, connection.name)
}

/** The endpoint did not take a token: the next call asks for another. */
export function forgetToken(ctx: Tx, name: string): void {
  ctx.sql.run('UPDATE events_connections SET token = NULL, tokenUntil = NULL WHERE name = ?', name)
}

type Granted = { token: string; seconds: number }

/** Asks for a token; the connection's state says how it went. */
export async function exchange(ctx: Ctx, name: string): Promise<string | undefined> {
  const before = lookUpConnection(ctx, name)
  const oauth = before && parametersOf(before).OAuthParameters
  if (!before || !oauth) return undefined
  const answer = await ask(ctx, oauth)
  // What was changed, or reset, meanwhile asks for itself.
  if (lookUpConnection(ctx, name)?.parameters !== before.parameters) return undefined
  const granted = typeof answer === 'string' ? undefined : answer
  ctx.change(tx =>
    tx.sql.run(
      `UPDATE events_connections SET state = ?, reason = ?, token = ?, tokenUntil = ?, authorizedAt = COALESCE(?, authorizedAt)
     WHERE name = ?`,
      granted ? 'AUTHORIZED' : 'DEAUTHORIZED',
      granted ? null : String(answer),
      granted?.token ?? null,
      granted ? tx.now + granted.seconds * 1000 : null,
      granted ? tx.now : null,
      name,
    ),
  )
  return granted?.token
}

/** What the authorization server grants, or why it does not. */
async function ask(ctx: Ctx, oauth: CreateConnectionOAuthRequestParameters): Promise<Granted | string> {
  try {
    const { status, text } = await httpOut(ctx, ...requestOf(oauth))
    if (status < 200 || status > 299) return `The authorization endpoint answered ${status}.`
    const { access_token, expires_in } = JSON.parse(text) as { access_token?: unknown; expires_in?: unknown } // checked below
    if (typeof access_token !== 'string') return 'The authorization endpoint did not answer with an access token.'
    const seconds = Number(expires_in)
    return { token: access_token, seconds: seconds > 0 ? seconds : DEFAULT_SECONDS }
  } catch (error) {
    return `The authorization endpoint did not answer: ${error instanceof Error ? error.message : error}`
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html */
function requestOf(oauth: CreateConnectionOAuthRequestParameters): [URL, HttpOut] {
  const { ClientParameters, AuthorizationEndpoint, HttpMethod, OAuthHttpParameters: http = {} } = oauth
  const { ClientID, ClientSecret } = ClientParameters
  const url = new URL(AuthorizationEndpoint)
  for (const [name, value] of pairsOf(http.QueryStringParameters)) url.searchParams.set(name, value)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: ClientID,
    client_secret: ClientSecret,
  })
  for (const [name, value] of pairsOf(http.BodyParameters)) form.set(name, value)
  const headers = new Headers({ authorization: `Basic ${basic(ClientID, ClientSecret)}`, accept: 'application/json' })
  if (HttpMethod === 'GET') for (const [name, value] of form) url.searchParams.set(name, value)
  else headers.set('content-type', 'application/x-www-form-urlencoded; charset=utf-8')
  for (const [name, value] of pairsOf(http.HeaderParameters)) headers.set(name, value)
  const body = HttpMethod === 'GET' ? undefined : form.toString()
  return [url, { method: HttpMethod, headers: Object.fromEntries(headers), body, timeoutMs: TIMEOUT_MS, read: true }]
}

export function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`)
  return btoa(String.fromCharCode(...bytes))
}
