import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { mintSession } from '../../kernel/namespace/credentials.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { ContextValues } from '../../shared/policy-statement.ts'
import { assumedRoleArn, type CallerIdentity, callerOf } from './callers.ts'
import { checkMultiFactor } from './multi-factor.ts'
import { packedSize, sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'
import { notAuthorized, requestContext, roleOf, trustDecision, type TrustingRole } from './trust.ts'

const HOUR = 3600

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export async function AssumeRole(ctx: Ctx, input: In<'AssumeRole'>): Promise<Out<'AssumeRole'>> {
  const caller = await callerOf(ctx)
  const { tags, transitive } = sessionTags(input, caller.session)
  const multiFactor = await checkMultiFactor(ctx, caller, input)
  const role = await roleOf(ctx, input.RoleArn)
  if (!role) throw notAuthorized(caller, 'sts:AssumeRole', input.RoleArn)
  checkTrust(ctx, role, { caller, input, multiFactor })
  const sourceIdentity = input.SourceIdentity ?? caller.session?.sourceIdentity
  const seconds = durationOf(role, input.DurationSeconds, caller.session)
  const policies = await sessionPolicies(ctx, input, role.account)
  return sessionOf(ctx, role, {
    name: input.RoleSessionName,
    seconds,
    ...policies,
    tags,
    transitive,
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  })
}

type Asked = { caller: CallerIdentity; input: In<'AssumeRole'>; multiFactor: boolean }

/** Each thing that is asked for needs the trust policy's word. */
function checkTrust(ctx: Ctx, role: TrustingRole, { caller, input, multiFactor }: Asked): void {
  const factor = multiFactor ? { 'aws:MultiFactorAuthPresent': 'true' } : {}
  const context = { ...requestContext(ctx, caller), ...askedContext(input), ...factor }
  const carried = caller.session?.sourceIdentity
  if (carried !== undefined && input.SourceIdentity !== undefined && input.SourceIdentity !== carried) {
    throw notAuthorized(caller, 'sts:SetSourceIdentity', input.RoleArn)
  }
  const actions = [
    'sts:AssumeRole',
    ...(input.Tags?.length || caller.session?.transitive?.length ? ['sts:TagSession'] : []),
    ...(input.SourceIdentity !== undefined || carried !== undefined ? ['sts:SetSourceIdentity'] : []),
  ]
  for (const action of actions) {
    const decision = trustDecision(role, action, { principal: caller.principal, context })
    if (decision === 'none') throw notAuthorized(caller, action, role.arn)
    if (decision === 'deny') {
      const refusal = notAuthorized(caller, action, role.arn)
      throw new AwsError(refusal.code, `${refusal.message} with an explicit deny in a resource-based policy`, 403)
    }
  }
}

/** The condition keys that the request itself brings. */
function askedContext(input: In<'AssumeRole'>): ContextValues {
  const tags = input.Tags ?? []
  return {
    'sts:RoleSessionName': input.RoleSessionName,
    ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
    ...(input.SourceIdentity !== undefined && { 'sts:SourceIdentity': input.SourceIdentity }),
    ...(input.TransitiveTagKeys && { 'sts:TransitiveTagKeys': input.TransitiveTagKeys }),
    ...(tags.length > 0 && { 'aws:TagKeys': tags.map(({ Key }) => Key) }),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

/** Seconds that a session lasts; a session got by another role's lasts an hour at most. */
export function durationOf(role: TrustingRole, asked: number | undefined, calling?: Session | undefined): number {
  const chained = calling !== undefined && calling.kind === undefined
  if (chained && asked !== undefined && asked > HOUR) {
    const limit = 'the 1 hour session limit for roles assumed by role chaining'
    throw new AwsError('ValidationError', `The requested DurationSeconds exceeds ${limit}`)
  }
  if (asked !== undefined && asked > role.maxSession) {
    const limit = 'the MaxSessionDuration set for this role.'
    throw new AwsError('ValidationError', `The requested DurationSeconds exceeds ${limit}`)
  }
  return asked ?? HOUR
}

type Granted = Omit<Session, 'accountId' | 'roleArn' | 'roleId' | 'expires'> & { seconds: number }

/** A role's session: its credentials, who it is, and how full its policies are. */
export function sessionOf(ctx: Ctx, role: TrustingRole, { seconds, ...granted }: Granted): Out<'AssumeRole'> {
  const expires = Math.floor(ctx.now / 1000 + seconds) * 1000
  const session = { accountId: role.account, roleArn: role.arn, roleId: role.id, expires, ...withoutEmpty(granted) }
  const size = packedSize(session)
  return {
    Credentials: mintSession(ctx, session),
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${granted.name}`, Arn: assumedRoleArn(role.arn, granted.name) },
    ...(size !== undefined && { PackedPolicySize: size }),
    ...(granted.sourceIdentity !== undefined && { SourceIdentity: granted.sourceIdentity }),
  }
}

/** Tokens carry only what is there. */
function withoutEmpty({ tags, transitive, ...rest }: Omit<Granted, 'seconds'>): Omit<Granted, 'seconds'> {
  return {
    ...rest,
    ...(tags && Object.keys(tags).length > 0 && { tags }),
    ...(transitive && transitive.length > 0 && { transitive }),
  }
}
