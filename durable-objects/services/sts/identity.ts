import type { In, Out } from '../../../aws/models/sts.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { accountOfAccessKey } from '../../kernel/namespace/credentials.ts'
import { AwsError } from '../../../aws/errors.ts'
import { callerOf } from './callers.ts'

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function GetCallerIdentity(ctx: Ctx): Promise<Out<'GetCallerIdentity'>> {
  const { userId, account, arn } = await callerOf(ctx)
  return { UserId: userId, Account: account, Arn: arn }
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
export function GetAccessKeyInfo(ctx: Ctx, { AccessKeyId }: In<'GetAccessKeyInfo'>): Out<'GetAccessKeyInfo'> {
  const account = accountOfAccessKey(AccessKeyId)
  if (account !== undefined) return { Account: account }
  if (AccessKeyId === ctx.caller.accessKeyId) return { Account: ctx.place.account }
  throw new AwsError('ValidationError', `Invalid Access Key ID: ${AccessKeyId}`)
}

/**
 * No service here gives an encoded message, so none is valid.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
export function DecodeAuthorizationMessage(): Out<'DecodeAuthorizationMessage'> {
  throw new AwsError('InvalidAuthorizationMessageException', 'The specified authorization message is invalid.')
}
