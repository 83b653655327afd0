import type { Ctx } from '../operation.ts'
import { parseArn } from '../shared/arn.ts'
import { AwsError } from '../shared/errors.ts'
import { trusts } from '../shared/policy.ts'
import { invalidParameter } from './errors.ts'

/**
 * Lambda takes a role only when the role's trust policy lets `lambda.amazonaws.com` assume it. A role that IAM does
 * not know is taken as it is, so that functions can be made without making roles first.
 */
export async function checkRole(ctx: Ctx, roleArn: string): Promise<void> {
  const trust = await trustPolicy(ctx, roleArn)
  if (trust === undefined) return
  if (trusts(trust, 'lambda.amazonaws.com')) return
  throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
}

async function trustPolicy(ctx: Ctx, roleArn: string): Promise<string | undefined> {
  const arn = parseArn(roleArn)
  const RoleName = arn?.resource.split('/').at(-1)
  if (!arn || !RoleName) return undefined
  try {
    const caller = { accountId: ctx.place.account, service: 'lambda.amazonaws.com' }
    const { Role } = await ctx.call('iam', 'GetRole', { RoleName }, { place: { account: arn.account }, caller })
    return decodeURIComponent(Role.AssumeRolePolicyDocument ?? '')
  } catch (error) {
    if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return undefined
    throw error
  }
}
