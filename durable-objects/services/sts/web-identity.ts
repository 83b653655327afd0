import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { ContextValues } from '../../shared/policy-statement.ts'
import { durationOf, sessionOf } from './assume-role.ts'
import { sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'
import { roleOf, trustsFederated, type TrustingRole } from './trust.ts'
import { type Claims, readIdentityToken, sessionClaims } from './web-identity-token.ts'

const ACTION = 'sts:AssumeRoleWithWebIdentity'

/** Providers that IAM knows without being told, by the host of their issuer. */
const BUILT_IN = new Set([
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
  'cognito-identity.amazonaws.com',
])

/**
 * The token's signature is not checked: the identity provider's keys lie outside. Its provider, audience, time and the
 * trust policy's conditions are.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function AssumeRoleWithWebIdentity(
  ctx: Ctx,
  input: In<'AssumeRoleWithWebIdentity'>,
): Promise<Out<'AssumeRoleWithWebIdentity'>> {
  const claims = readIdentityToken(input.WebIdentityToken, ctx.now)
  const role = await roleOf(ctx, input.RoleArn)
  if (!role) throw notAuthorized()
  const provider = await providerOf(ctx, role, claims)
  const given = sessionClaims(claims)
  const { tags, transitive } = sessionTags(given, undefined)
  const asking = { provider, context: contextOf(ctx, claims, input), tagged: given.Tags.length > 0 }
  if (!trustsFederated(role, ACTION, asking)) throw notAuthorized()
  const seconds = durationOf(role, input.DurationSeconds)
  const policies = await sessionPolicies(ctx, input, role.account)
  const session = sessionOf(ctx, role, {
    name: input.RoleSessionName,
    seconds,
    ...policies,
    tags,
    transitive,
    ...(given.SourceIdentity !== undefined && { sourceIdentity: given.SourceIdentity }),
    context: { 'aws:FederatedProvider': provider },
  })
  return { ...session, SubjectFromWebIdentityToken: claims.sub, Provider: provider, Audience: claims.aud[0] ?? '' }
}

const notAuthorized = () => new AwsError('AccessDenied', `Not authorized to perform ${ACTION}`, 403)

const hostOf = (issuer: string) => issuer.replace(/^https:\/\//, '').replace(/\/$/, '')

/** The provider as a trust policy names it: its ARN in the role's account, or a built-in one's host. */
async function providerOf(ctx: Ctx, role: TrustingRole, { iss, aud }: Claims): Promise<string> {
  const host = hostOf(iss)
  if (BUILT_IN.has(host)) return host
  const arn = `arn:aws:iam::${role.account}:oidc-provider/${host}`
  const clients = await clientsOf(ctx, role, arn)
  if (!clients) {
    const message = `No OpenIDConnect provider found in your account for ${iss}`
    throw new AwsError('InvalidIdentityTokenException', message)
  }
  if (!aud.some(audience => clients.includes(audience))) {
    throw new AwsError('InvalidIdentityTokenException', 'Incorrect token audience')
  }
  return arn
}

async function clientsOf(ctx: Ctx, role: TrustingRole, arn: string): Promise<string[] | undefined> {
  // The caller has no credentials: IAM is asked in STS's own name.
  const to = { place: { account: role.account }, caller: { accountId: role.account, service: 'sts.amazonaws.com' } }
  try {
    const input = { OpenIDConnectProviderArn: arn }
    return (await ctx.call('iam', 'GetOpenIDConnectProvider', input, to)).ClientIDList ?? []
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return undefined
    throw error
  }
}

/** Claims become condition keys after the provider's name: `token.actions.githubusercontent.com:sub`. */
function contextOf(ctx: Ctx, { iss, aud, all }: Claims, input: In<'AssumeRoleWithWebIdentity'>): ContextValues {
  const host = hostOf(iss)
  const claims = Object.entries(all).flatMap(([name, value]) => {
    const values = (Array.isArray(value) ? value : [value]).filter(each => typeof each !== 'object')
    return values.length > 0 ? [[`${host}:${name}`, values.map(String)] as const] : []
  })
  const { Tags } = sessionClaims({ iss, sub: '', aud, exp: 0, all })
  return {
    ...Object.fromEntries(claims),
    [`${host}:aud`]: aud,
    'sts:RoleSessionName': input.RoleSessionName,
    'aws:CurrentTime': new Date(ctx.now).toISOString(),
    'aws:EpochTime': String(Math.floor(ctx.now / 1000)),
    ...(ctx.http && { 'aws:SourceIp': ctx.http.sourceIp }),
    ...(Tags.length > 0 && { 'aws:TagKeys': Tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(Tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}
