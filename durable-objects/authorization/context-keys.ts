import type { Ctx } from '../kernel/object/operation.ts'
import type { ContextValues } from '../shared/policy-statement.ts'
import { type Access, type Input, tagKeysIn, tagsIn } from '../shared/policy-access.ts'
import type { Identity } from './identity.ts'

/** What aws:PrincipalType says. */
const TYPES: Readonly<Record<Identity['kind'], string>> = {
  root: 'Account',
  user: 'User',
  role: 'AssumedRole',
  federated: 'FederatedUser',
  anonymous: 'Anonymous',
}

type Values = Record<string, string | readonly string[]>

/**
 * The condition keys of a request: of who asks, of how it came, of what is asked for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextKeys(ctx: Ctx, identity: Identity, asked: { input: Input; access: Access }): ContextValues {
  const { input, access } = asked
  return {
    ...principalKeys(identity),
    ...requestKeys(ctx),
    ...tagKeys('aws:RequestTag', tagsIn(input)),
    ...listed('aws:TagKeys', tagKeysIn(input)),
    ...access.context,
  }
}

/** Keys of who asks; those of a session come with it. */
export function principalKeys(identity: Identity): Values {
  const { kind, account, principalArn, userId, username, session, tags } = identity
  const known = kind === 'anonymous' ? {} : { 'aws:PrincipalAccount': account, 'aws:PrincipalArn': principalArn }
  return {
    ...known,
    'aws:PrincipalType': TYPES[kind],
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': userId,
    ...(username === undefined ? {} : { 'aws:username': username }),
    ...(session ? { 'aws:MultiFactorAuthPresent': 'false', ...session.context } : {}),
    ...(session?.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': session.sourceIdentity }),
    ...tagKeys('aws:PrincipalTag', tags),
  }
}

/** Keys of how a request came: directly, or by another service on its caller's behalf. */
function requestKeys({ http, now, place, signed }: Ctx): Values {
  const direct = signed && http
  return {
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:RequestedRegion': http?.region ?? place.region,
    'aws:SecureTransport': String(http?.baseUrl.startsWith('https:') ?? true),
    'aws:ViaAWSService': String(!direct),
    ...(direct ? { 'aws:SourceIp': http.sourceIp, 'aws:UserAgent': http.userAgent } : {}),
  }
}

export function tagKeys(prefix: string, tags: Record<string, string> | undefined): Values {
  return Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`${prefix}/${key}`, value]))
}

function listed(key: string, values: readonly string[] | undefined): Values {
  return values ? { [key]: values } : {}
}
