import type { PrincipalView } from '../../authorization/principal-view.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { isAccount, parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../shared/policy.ts'
import type { Principal } from '../../shared/policy-principals.ts'
import type { ContextValues } from '../../shared/policy-statement.ts'
import type { CallerIdentity } from './callers.ts'
import { principalView } from '../../authorization/identity.ts'

/** A role that exists, with what STS needs of it. */
export type TrustingRole = { arn: string; id: string; account: string; trust: string; maxSession: number }

/** The role of an ARN; undefined when there is none, which AWS tells nobody. */
export async function roleOf(ctx: Ctx, arn: string): Promise<TrustingRole | undefined> {
  const { account, service, resource } = parseArn(arn) ?? {}
  if (account === undefined || service !== 'iam' || !/^role\/./.test(resource ?? '') || !isAccount(account)) {
    throw new AwsError('ValidationError', `${arn} is invalid`)
  }
  const view = await principalView(ctx, account, { arn })
  return view?.kind === 'role' ? trusting(view, account) : undefined
}

function trusting({ arn, userId, trust = '', maxSession = 3600 }: PrincipalView, account: string): TrustingRole {
  return { arn, id: userId, account, trust, maxSession }
}

type Asking = { principal: Principal; context: ContextValues }

/** What a role's trust policy says to an action. */
export function trustDecision(role: TrustingRole, action: string, { principal, context }: Asking) {
  return evaluateResourcePolicy(role.trust, { action, resource: role.arn, principal, context })
}

type Federated = { provider: string; context: ContextValues; tagged: boolean }

/** Whether a role's trust policy lets in who an identity provider vouches for, with the tags that it brings. */
export function trustsFederated(role: TrustingRole, action: string, { provider, context, tagged }: Federated): boolean {
  const asking = { principal: { federated: provider }, context }
  const actions = tagged ? [action, 'sts:TagSession'] : [action]
  return actions.every(each => trustDecision(role, each, asking) === 'allow')
}

/** AWS's sentence for who may not assume a role. */
export function notAuthorized(caller: Pick<CallerIdentity, 'arn' | 'kind'>, action: string, roleArn: string): AwsError {
  const who = caller.kind === 'service' ? `Service: ${caller.arn}` : `User: ${caller.arn}`
  return new AwsError('AccessDenied', `${who} is not authorized to perform: ${action} on resource: ${roleArn}`, 403)
}

/** The global condition keys of a request. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
export function requestContext(ctx: Ctx, caller: CallerIdentity): ContextValues {
  const { kind, identity, tags, session } = caller
  const tagged = Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value] as const)
  const root = kind === 'root'
  return {
    ...session?.context,
    'aws:CurrentTime': new Date(ctx.now).toISOString(),
    'aws:EpochTime': String(Math.floor(ctx.now / 1000)),
    'aws:SecureTransport': String(ctx.http?.baseUrl.startsWith('https:') ?? false),
    ...(ctx.http && { 'aws:SourceIp': ctx.http.sourceIp, 'aws:UserAgent': ctx.http.userAgent }),
    'aws:RequestedRegion': ctx.place.region,
    ...(kind !== 'service' && {
      'aws:PrincipalAccount': caller.account,
      'aws:PrincipalArn': identity.arn,
      'aws:PrincipalType': root ? 'Account' : { user: 'User', role: 'AssumedRole', federated: 'FederatedUser' }[kind],
      'aws:userid': caller.userId,
    }),
    ...(kind === 'user' && { 'aws:username': caller.name }),
    ...(session && { 'aws:MultiFactorAuthPresent': session.context?.['aws:MultiFactorAuthPresent'] ?? 'false' }),
    ...(session?.sourceIdentity !== undefined && { 'aws:SourceIdentity': session.sourceIdentity }),
    ...(kind === 'service' && { 'aws:PrincipalServiceName': caller.arn, 'aws:PrincipalIsAWSService': 'true' }),
    ...Object.fromEntries(tagged),
  }
}
