import type { Ctx } from '../../kernel/object/operation.ts'
import { GLOBAL_REGION } from '../../../aws/place.ts'
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
  const parameters = { userId: caller.identity.id, serialNumber, tokenCode }
  const answer = await ctx.view('iam', 'multiFactor', parameters, { account: caller.account, region: GLOBAL_REGION })
  const { valid } = answer as { valid: boolean } // the view's own shape
  if (!valid) throw failed('with invalid MFA one time pass code.')
  return true
}

const failed = (why: string) => new AwsError('AccessDenied', `MultiFactorAuthentication failed ${why}`, 403)
