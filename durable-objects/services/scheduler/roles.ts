import type { Ctx } from '../../kernel/object/operation.ts'
import { evaluateResourcePolicy } from '../../shared/policy.ts'
import { trustPolicyOf } from '../../authorization/role-trust.ts'
import { groupArn } from './names.ts'
import { invalid } from './refusals.ts'

export const PRINCIPAL = 'scheduler.amazonaws.com'

/** Conditions of the trust policy see the schedule's group as their source, not the schedule. */
export async function checkRole(ctx: Ctx, roleArn: string, group: string): Promise<void> {
  const trust = await trustPolicyOf(ctx, roleArn, PRINCIPAL)
  if (trust === undefined) return
  const decision = evaluateResourcePolicy(trust, {
    action: 'sts:AssumeRole',
    resource: '',
    principal: { service: PRINCIPAL },
    context: { 'aws:SourceArn': groupArn(ctx.place, group), 'aws:SourceAccount': ctx.place.account },
  })
  if (decision === 'allow') return
  throw invalid('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.')
}
