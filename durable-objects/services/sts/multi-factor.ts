import type { Ctx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { CallerIdentity } from './callers.ts'

type Asked = { SerialNumber?: string | undefined; TokenCode?: string | undefined }

/**
 * Whether a request brings a second factor, and it is right.
 * @throws AccessDenied when it is wrong
 */
export async function checkMultiFactor(ctx: Ctx, caller: CallerIdentity, asked: Asked): Promise<boolean> {
  const { SerialNumber: serialNumber, TokenCode: tokenCode } = asked
  if (serialNumber === undefined && tokenCode === undefined) return false
  if (serialNumber === undefined || tokenCode === undefined)
    throw failed('must provide both MFA serial number and one time pass code.')
  const { account, identity } = caller
  const by = { place: { account }, caller: { accountId: account, service: 'sts.amazonaws.com' }, own: true } as const
  const { valid } = await ctx.call('iam', 'CheckMultiFactor', { userId: identity.id, serialNumber, tokenCode }, by)
  if (!valid) throw failed('with invalid MFA one time pass code.')
  return true
}

const failed = (why: string) => new AwsError('AccessDenied', `MultiFactorAuthentication failed ${why}`, 403)
