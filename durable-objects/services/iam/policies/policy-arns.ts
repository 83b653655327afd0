import type { Ctx } from '../../../kernel/object/operation.ts'
import { entityByArn } from '../entities/entities.ts'
import { managedPolicy } from './managed-policies.ts'
import { invalidInput, noSuchEntity } from '../refusals.ts'

/** `arn:aws:iam::aws:policy/…`: one of AWS's own. */
export function isManagedByAws(arn: string): boolean {
  return /^arn:aws[a-z-]*:iam::aws:policy\//.test(arn)
}

/** Refuses an ARN of no policy that can be attached. */
export function checkAttachable(ctx: Ctx, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/.+/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`)
  const known = isManagedByAws(arn) ? managedPolicy(arn) : entityByArn(ctx, 'policy', arn)
  if (!known) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
}

/** The document in force of a managed policy, the account's own or AWS's; undefined when there is none. */
export function documentOf(ctx: Ctx, arn: string): string | undefined {
  if (isManagedByAws(arn)) return managedPolicy(arn)?.document
  const policy = entityByArn(ctx, 'policy', arn)
  if (!policy) return undefined
  return ctx.sql.first<{ document: string }>(
    'SELECT document FROM iam_policy_versions WHERE policy = ? AND version = ?',
    policy.id,
    policy.details.defaultVersion,
  )?.document
}

export function policyNameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn
}
