import type { Ctx } from '../kernel/object/operation.ts'
import { parseArn } from '../../aws/arn.ts'
import { AwsError } from '../../aws/errors.ts'

/**
 * The trust policy of a role that a service is to act as; undefined for a role that IAM does not know, which is taken
 * as it is, so that things can be made without making roles first.
 */
export async function trustPolicyOf(ctx: Ctx, roleArn: string, principal: string): Promise<string | undefined> {
  const arn = parseArn(roleArn)
  const RoleName = arn?.resource.split('/').at(-1)
  if (!arn || !RoleName) return undefined
  try {
    const caller = { accountId: ctx.place.account, service: principal }
    // A role that is not there is no refusal: the journal hears nothing of it.
    const to = { place: { account: arn.account }, caller, own: true } as const
    const { Role } = await ctx.call('iam', 'GetRole', { RoleName }, to)
    return decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return undefined
    throw error
  }
}
