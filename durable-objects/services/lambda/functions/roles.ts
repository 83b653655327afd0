import type { Ctx } from '../../../kernel/object/operation.ts'
import { trusts } from '../../../shared/policy.ts'
import { trustPolicyOf } from '../../../authorization/role-trust.ts'
import { invalidParameter } from '../errors.ts'

const PRINCIPAL = 'lambda.amazonaws.com'

/** Lambda takes a role only when the role's trust policy lets `lambda.amazonaws.com` assume it. */
export async function checkRole(ctx: Ctx, roleArn: string): Promise<void> {
  const trust = await trustPolicyOf(ctx, roleArn, PRINCIPAL)
  if (trust === undefined || trusts(trust, PRINCIPAL)) return
  throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
}
