import { AwsError } from '../../../aws/errors.ts'

/** What an identity token says. Times are in epoch seconds. */
export type Claims = {
  iss: string
  sub: string
  aud: readonly string[]
  exp: number
  all: Record<string, unknown>
}

const invalid = (message: string) => new AwsError('InvalidIdentityTokenException', message)

/**
 * Reads a token's claims; its signature is not checked.
 * @throws InvalidIdentityToken for what is no token, ExpiredToken for one whose time is over
 */
export function readIdentityToken(token: string, now: number): Claims {
  const all = payloadOf(token)
  const { iss, sub, aud, azp, exp, nbf } = all
  if (typeof iss !== 'string' || iss === '') throw invalid('Missing a required claim: iss')
  if (typeof sub !== 'string' || sub === '') throw invalid('Missing a required claim: sub')
  if (typeof exp !== 'number') throw invalid('Missing a required claim: exp')
  const audiences = (Array.isArray(aud) ? aud : [aud ?? azp]).filter(each => typeof each === 'string')
  if (audiences.length === 0) throw invalid('Missing a required claim: aud')
  const seconds = Math.floor(now / 1000)
  if (exp <= seconds) {
    const message = `Token expired: current date/time ${seconds} must be before the expiration date/time ${exp}`
    throw new AwsError('ExpiredTokenException', message)
  }
  if (typeof nbf === 'number' && nbf > seconds + 300) throw invalid('Token is not valid yet')
  return { iss, sub, aud: audiences, exp, all }
}

function payloadOf(token: string): Record<string, unknown> {
  const parts = token.split('.')
  const [header, payload] = parts.slice(0, 2).map(jsonOf)
  if (parts.length !== 3 || !header || !payload || typeof header.alg !== 'string') {
    const advice = '(You may see this error if you sent an Access Token)'
    throw invalid(`The ID Token provided is not a valid JWT. ${advice}`)
  }
  return payload
}

function jsonOf(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown> // just checked
  } catch {
    return undefined
  }
}

type TagClaim = { principal_tags?: Record<string, unknown>; transitive_tag_keys?: unknown }

/** Session tags and the source identity that an identity provider puts into its tokens. */
export function sessionClaims({ all }: Claims) {
  const claim = all['https://aws.amazon.com/tags']
  const { principal_tags: tags = {}, transitive_tag_keys: keys = [] } = isTagClaim(claim) ? claim : {}
  const identity = all['https://aws.amazon.com/source_identity']
  return {
    Tags: Object.entries(tags).flatMap(([Key, values]) => {
      const [Value] = Array.isArray(values) ? values : [values]
      return typeof Value === 'string' ? [{ Key, Value }] : []
    }),
    TransitiveTagKeys: (Array.isArray(keys) ? keys : [keys]).filter(key => typeof key === 'string'),
    ...(typeof identity === 'string' && { SourceIdentity: identity }),
  }
}

function isTagClaim(value: unknown): value is TagClaim {
  if (typeof value !== 'object' || value === null) return false
  const tags: unknown = 'principal_tags' in value ? value.principal_tags : {}
  return typeof tags === 'object' && tags !== null
}
