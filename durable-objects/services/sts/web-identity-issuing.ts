import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { callerOf } from './callers.ts'
import { sessionTags } from './session-tags.ts'

const FIVE_MINUTES = 300

/**
 * A token by which services outside know an AWS principal.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export async function GetWebIdentityToken(
  ctx: Ctx,
  input: In<'GetWebIdentityToken'>,
): Promise<Out<'GetWebIdentityToken'>> {
  const { Audience, DurationSeconds = FIVE_MINUTES, SigningAlgorithm } = input
  if (SigningAlgorithm !== 'RS256' && SigningAlgorithm !== 'ES384') {
    throw new AwsError('ValidationError', 'SigningAlgorithm must be one of RS256 or ES384')
  }
  const caller = await callerOf(ctx)
  const { session, account, identity } = caller
  const requested = sessionTags({ Tags: input.Tags }, undefined).tags
  const issued = Math.floor(ctx.now / 1000)
  const expires = issued + DurationSeconds
  if (session && expires * 1000 > session.expires) {
    const message = 'The requested token duration would extend the session beyond its original expiration time.'
    throw new AwsError('SessionDurationEscalationException', message, 403)
  }
  const own = {
    aws_account: account,
    source_region: ctx.http?.region ?? ctx.place.region,
    principal_id: identity.arn,
    ...(Object.keys(caller.tags).length > 0 && { principal_tags: caller.tags }),
    ...(Object.keys(requested).length > 0 && { request_tags: requested }),
    ...(session && { original_session_exp: new Date(session.expires).toISOString() }),
  }
  const times = { iat: issued, exp: expires, jti: crypto.randomUUID() }
  const aud = Audience.length === 1 ? Audience[0] : Audience
  const claims = { aud, sub: identity.arn, ...times, 'https://sts.amazonaws.com/': own }
  // The account's keys are with IAM.
  const asked = { place: { account }, caller: { accountId: account, service: 'sts.amazonaws.com' }, own: true } as const
  const { token } = await ctx.call('iam', 'SignToken', { algorithm: SigningAlgorithm, claims }, asked)
  if (token === null) {
    const message = 'Outbound web identity federation is not enabled for this account.'
    throw new AwsError('OutboundWebIdentityFederationDisabledException', message, 403)
  }
  return { WebIdentityToken: token, Expiration: new Date(expires * 1000) }
}
