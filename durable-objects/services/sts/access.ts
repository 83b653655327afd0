import type { Ctx } from '../../kernel/object/operation.ts'
import { arnOf, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, present, textOf } from '../../shared/policy-access.ts'
import { principalView } from '../../authorization/identity.ts'

/** Who anybody is, anybody may ask; web identities and SAML are for the role's trust policy alone. */
const FREE = new Set(['GetCallerIdentity', 'GetSessionToken', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'])

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export async function stsAccess(ctx: Ctx, input: Input): Promise<Access[]> {
  const { operation, place } = ctx
  if (FREE.has(operation)) return []
  const action = `sts:${operation}`
  const context = keysOf(input)
  if (operation === 'AssumeRole')
    return await roleAccess(ctx, input, { action, resource: textOf(input.RoleArn), context })
  if (operation === 'GetFederationToken') {
    const resource = `federated-user/${textOf(input.Name)}`
    return [{ action, resource: arnOf({ service: 'sts', account: place.account, resource }), context }]
  }
  const tagged = operation === 'GetWebIdentityToken' && Array.isArray(input.Tags) && input.Tags.length > 0
  const access = { action, resource: '*', context }
  return tagged ? [access, { ...access, action: 'sts:TagGetWebIdentityToken' }] : [access]
}

/** A role's trust policy must allow, and within its account may do so alone; tags and source identities likewise. */
async function roleAccess(ctx: Ctx, input: Input, assume: Access): Promise<Access[]> {
  const account = parseArn(assume.resource)?.account || ctx.place.account
  const role = await principalView(ctx, account, { arn: assume.resource })
  const access = { ...assume, policy: { name: 'trust policy', document: role?.trust ?? null } }
  const further = [
    ...(Array.isArray(input.Tags) && input.Tags.length > 0 ? ['sts:TagSession'] : []),
    ...(input.SourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ]
  return [access, ...further.map(action => ({ ...access, action }))]
}

function keysOf({
  Audience,
  DurationSeconds,
  SigningAlgorithm,
  ExternalId,
  RoleSessionName,
  SourceIdentity,
  TransitiveTagKeys,
}: Input) {
  return present({
    'sts:IdentityTokenAudience': Audience,
    'sts:DurationSeconds': DurationSeconds,
    'sts:SigningAlgorithm': SigningAlgorithm,
    'sts:ExternalId': ExternalId,
    'sts:RoleSessionName': RoleSessionName,
    'sts:SourceIdentity': SourceIdentity,
    'sts:TransitiveTagKeys': TransitiveTagKeys,
  })
}
