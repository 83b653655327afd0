import type { AttachedPolicy } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { byOwnRoleName } from '../entities/boundaries.ts'
import { byGroupName, byRoleName, byUserName, type Find, type GranteeEntity } from '../entities/entities.ts'
import { type Paged, pageOfAll, type Paging } from '../entities/listings.ts'
import { checkAttachable, policyNameOf } from './policy-arns.ts'
import { invalidInput, missing, mustFirst, quotaExceeded } from '../refusals.ts'
import type { Grantee } from '../schema.ts'

/** The default quotas. */
const QUOTA: Record<Grantee, string> = { user: 'PoliciesPerUser', group: 'PoliciesPerGroup', role: 'PoliciesPerRole' }
const MAX_ATTACHED = 10

/** Attaching again is no error. */
function attach(ctx: Tx, { id, kind }: GranteeEntity, arn: string): void {
  checkAttachable(ctx, arn)
  const attached = attachedArns(ctx, { id })
  if (attached.includes(arn)) return
  if (attached.length >= MAX_ATTACHED) throw quotaExceeded(QUOTA[kind], MAX_ATTACHED)
  insert(ctx.sql, 'iam_attachments', { entity: id, policyArn: arn, kind })
}

function detach(ctx: Tx, { id }: GranteeEntity, arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/.+/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`)
  ctx.sql.run('DELETE FROM iam_attachments WHERE entity = ? AND policyArn = ?', id, arn)
  if (ctx.sql.changes() === 0) throw missing('policy', arn)
}

export function attachedArns(ctx: Ctx, { id }: Pick<GranteeEntity, 'id'>): string[] {
  const rows = ctx.sql.all<{ arn: string }>(
    'SELECT policyArn AS arn FROM iam_attachments WHERE entity = ? ORDER BY policyArn',
    id,
  )
  return rows.map(({ arn }) => arn)
}

export function shownAttached(arn: string): AttachedPolicy {
  return { PolicyName: policyNameOf(arn), PolicyArn: arn }
}

/** Refuses to delete who still has policies. */
export function checkNothingAttached(ctx: Ctx, { id }: GranteeEntity): void {
  if (ctx.sql.first('SELECT 1 FROM iam_attachments WHERE entity = ? LIMIT 1', id))
    throw mustFirst('detach all policies')
  if (ctx.sql.first('SELECT 1 FROM iam_inline_policies WHERE entity = ? LIMIT 1', id))
    throw mustFirst('delete policies')
}

type ListInput = Paging & { PathPrefix?: string | undefined }

function list(ctx: Ctx, { id }: GranteeEntity, input: ListInput): { AttachedPolicies: AttachedPolicy[] } & Paged {
  const { PathPrefix = '/' } = input
  const under = attachedArns(ctx, { id }).filter(arn => arn.slice(arn.indexOf('/')).startsWith(PathPrefix))
  const { rows, end } = pageOfAll(ctx, input, { rows: under, key: arn => arn })
  return { AttachedPolicies: rows.map(shownAttached), ...end }
}

/** @param own who may be changed, where not all that can be found may */
function attachmentsOf<Named>(find: Find<Named>, own = find) {
  return {
    attach: (tx: Tx, input: Named & { PolicyArn: string }) => attach(tx, own(tx, input), input.PolicyArn),
    detach: (tx: Tx, input: Named & { PolicyArn: string }) => detach(tx, own(tx, input), input.PolicyArn),
    list: (ctx: Ctx, input: Named & ListInput) => list(ctx, find(ctx, input), input),
  }
}

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html and API_DetachRolePolicy.html,
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html; so for users and groups
 */
export const {
  attach: AttachRolePolicy,
  detach: DetachRolePolicy,
  list: ListAttachedRolePolicies,
} = attachmentsOf(byRoleName, byOwnRoleName)
export const {
  attach: AttachUserPolicy,
  detach: DetachUserPolicy,
  list: ListAttachedUserPolicies,
} = attachmentsOf(byUserName)
export const {
  attach: AttachGroupPolicy,
  detach: DetachGroupPolicy,
  list: ListAttachedGroupPolicies,
} = attachmentsOf(byGroupName)
