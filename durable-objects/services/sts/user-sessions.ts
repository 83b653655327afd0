import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { mintSession } from '../../kernel/namespace/credentials.ts'
import { AwsError } from '../../../aws/errors.ts'
import { type CallerIdentity, callerOf } from './callers.ts'
import { checkMultiFactor } from './multi-factor.ts'
import { packedSize, sessionPolicies } from './session-policies.ts'
import { sessionTags } from './session-tags.ts'

const HOUR = 3600
const HALF_A_DAY = 12 * HOUR

/** Sessions are for who has long-term credentials. */
async function longTermCaller(ctx: Ctx, operation: string): Promise<CallerIdentity & { kind: 'user' | 'root' }> {
  const caller = await callerOf(ctx)
  const { kind } = caller
  if (caller.session || (kind !== 'user' && kind !== 'root')) {
    throw new AwsError('AccessDenied', `Cannot call ${operation} with session credentials`, 403)
  }
  return { ...caller, kind }
}

/** Root's sessions last an hour at most. */
function secondsOf({ kind }: CallerIdentity, asked: number | undefined): number {
  const wanted = asked ?? HALF_A_DAY
  return kind === 'root' ? Math.min(wanted, HOUR) : wanted
}

const expiryOf = (ctx: Ctx, seconds: number) => Math.floor(ctx.now / 1000 + seconds) * 1000

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
export async function GetSessionToken(ctx: Ctx, input: In<'GetSessionToken'>): Promise<Out<'GetSessionToken'>> {
  const caller = await longTermCaller(ctx, 'GetSessionToken')
  const multiFactor = await checkMultiFactor(ctx, caller, input)
  const session: Session = {
    accountId: caller.account,
    roleArn: caller.identity.arn,
    roleId: caller.identity.id,
    name: '',
    kind: caller.kind,
    expires: expiryOf(ctx, secondsOf(caller, input.DurationSeconds)),
    ...(multiFactor && { context: { 'aws:MultiFactorAuthPresent': 'true' } }),
  }
  return { Credentials: mintSession(ctx, session) }
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
export async function GetFederationToken(
  ctx: Ctx,
  input: In<'GetFederationToken'>,
): Promise<Out<'GetFederationToken'>> {
  const caller = await longTermCaller(ctx, 'GetFederationToken')
  const { tags } = sessionTags({ Tags: input.Tags }, undefined)
  const policies = await sessionPolicies(ctx, input, caller.account)
  const session: Session = {
    accountId: caller.account,
    roleArn: caller.identity.arn,
    roleId: caller.identity.id,
    name: input.Name,
    kind: 'federated',
    expires: expiryOf(ctx, secondsOf(caller, input.DurationSeconds)),
    ...policies,
    ...(Object.keys(tags).length > 0 && { tags }),
  }
  const size = packedSize(session)
  return {
    Credentials: mintSession(ctx, session),
    FederatedUser: {
      FederatedUserId: `${caller.account}:${input.Name}`,
      Arn: `arn:aws:sts::${caller.account}:federated-user/${input.Name}`,
    },
    ...(size !== undefined && { PackedPolicySize: size }),
  }
}
