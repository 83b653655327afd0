import type { In, Out, Policy } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count, insert } from '../../../kernel/object/rows.ts'
import { sizeOf } from './documents.ts'
import { arnOfEntity, checkNew, deleteEntity, findByArn, insertEntity, seconds } from '../entities/entities.ts'
import { listEntities, pageOfAll } from '../entities/listings.ts'
import { managedPolicies, managedPolicy, shownManagedPolicy } from './managed-policies.ts'
import { isManagedByAws } from './policy-arns.ts'
import { checkIdentityPolicy } from '../../../shared/policy-grammar.ts'
import { deleteConflict, missing, quotaExceeded } from '../refusals.ts'
import type { Entity } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from '../entities/tags.ts'

type Usage = { AttachmentCount: number; PermissionsBoundaryUsageCount: number }

const MAX_SIZE = 6144

/** How many use a policy, either way. */
export function usageOf(ctx: Ctx, arn: string): Usage {
  return {
    AttachmentCount: count(ctx.sql, 'iam_attachments WHERE policyArn = ?', arn),
    PermissionsBoundaryUsageCount: count(ctx.sql, 'iam_entities WHERE boundary = ?', arn),
  }
}

export function checkManagedDocument(document: string): void {
  checkIdentityPolicy(document, { managed: true })
  if (sizeOf(document) > MAX_SIZE) throw quotaExceeded('PolicySize', MAX_SIZE)
}

/** What every listing shows of a policy. */
export function shownPolicy(ctx: Ctx, policy: Entity<'policy'>): Policy {
  const Arn = arnOfEntity(ctx, policy)
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn,
    Path: policy.path,
    DefaultVersionId: `v${policy.details.defaultVersion}`,
    ...usageOf(ctx, Arn),
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.details.updatedAt),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export function CreatePolicy(ctx: Tx, input: In<'CreatePolicy'>): Out<'CreatePolicy'> {
  const { PolicyName, Path, PolicyDocument: document, Description, Tags } = input
  checkTags(Tags)
  checkManagedDocument(document)
  checkNew(ctx, 'policy', PolicyName)
  const details = {
    ...(Description !== undefined && { description: Description }),
    defaultVersion: 1,
    lastVersion: 1,
    updatedAt: seconds(ctx),
  }
  const policy = insertEntity(ctx, { kind: 'policy', name: PolicyName, path: Path, details })
  insert(ctx.sql, 'iam_policy_versions', { policy: policy.id, version: 1, document, createdAt: policy.createdAt })
  setTags(ctx, policy, Tags)
  return { Policy: { ...shownPolicy(ctx, policy), ...shownTags(ctx, policy) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export function GetPolicy(ctx: Ctx, { PolicyArn }: In<'GetPolicy'>): Out<'GetPolicy'> {
  if (isManagedByAws(PolicyArn)) {
    const managed = managedPolicy(PolicyArn)
    if (!managed) throw missing('policy', PolicyArn)
    return { Policy: shownManagedPolicy(managed, usageOf(ctx, managed.arn)) }
  }
  const policy = findByArn(ctx, 'policy', PolicyArn)
  const { description } = policy.details
  return {
    Policy: {
      ...shownPolicy(ctx, policy),
      ...(description !== undefined && { Description: description }),
      ...shownTags(ctx, policy),
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export function DeletePolicy(ctx: Tx, { PolicyArn }: In<'DeletePolicy'>): void {
  const policy = findByArn(ctx, 'policy', PolicyArn)
  const { AttachmentCount, PermissionsBoundaryUsageCount } = usageOf(ctx, arnOfEntity(ctx, policy))
  if (AttachmentCount + PermissionsBoundaryUsageCount > 0) {
    throw deleteConflict('Cannot delete a policy attached to entities.')
  }
  if (ctx.sql.all('SELECT 1 FROM iam_policy_versions WHERE policy = ? LIMIT 2', policy.id).length > 1) {
    const advice = "Before you delete a policy, you must delete the policy's versions."
    throw deleteConflict(
      `This policy has more than one version. ${advice} The default version is deleted with the policy.`,
    )
  }
  ctx.sql.run('DELETE FROM iam_policy_versions WHERE policy = ?', policy.id)
  deleteEntity(ctx, policy)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export function ListPolicies(ctx: Ctx, input: In<'ListPolicies'>): Out<'ListPolicies'> {
  const { Scope = 'All', OnlyAttached = false, PathPrefix = '/', PolicyUsageFilter } = input
  // A page of the account's own policies is read as such; the rest is filtered by what is counted.
  if (Scope === 'Local' && !OnlyAttached && PolicyUsageFilter === undefined) {
    const { rows, end } = listEntities(ctx, 'policy', input)
    return { Policies: rows.map(policy => shownPolicy(ctx, policy)), ...end }
  }
  const used = ({ AttachmentCount = 0, PermissionsBoundaryUsageCount = 0 }: Policy) => {
    if (PolicyUsageFilter === 'PermissionsPolicy' && AttachmentCount === 0) return false
    if (PolicyUsageFilter === 'PermissionsBoundary' && PermissionsBoundaryUsageCount === 0) return false
    return !OnlyAttached || AttachmentCount + PermissionsBoundaryUsageCount > 0
  }
  const key = ({ Arn = '' }: Policy) => `${Arn.includes('::aws:') ? 'b' : 'a'}${Arn}`
  const rows = [...ownPolicies(ctx, Scope, PathPrefix), ...awsPolicies(ctx, Scope, PathPrefix)]
    .filter(used)
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
  const page = pageOfAll(ctx, input, { rows, key })
  return { Policies: page.rows, ...page.end }
}

function ownPolicies(ctx: Ctx, scope: string, prefix: string): Policy[] {
  if (scope === 'AWS') return []
  const { rows } = listEntities(ctx, 'policy', { PathPrefix: prefix, MaxItems: Number.MAX_SAFE_INTEGER - 1 })
  return rows.map(policy => shownPolicy(ctx, policy))
}

function awsPolicies(ctx: Ctx, scope: string, prefix: string): Policy[] {
  if (scope === 'Local') return []
  return managedPolicies(prefix).map(policy => shownManagedPolicy(policy, usageOf(ctx, policy.arn)))
}

const tagging = taggingOf((ctx, { PolicyArn }: { PolicyArn: string }) => findByArn(ctx, 'policy', PolicyArn))

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html */
export const { tag: TagPolicy, untag: UntagPolicy } = tagging

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
export function ListPolicyTags(ctx: Ctx, input: In<'ListPolicyTags'>): Out<'ListPolicyTags'> {
  if (isManagedByAws(input.PolicyArn) && managedPolicy(input.PolicyArn)) return { Tags: [], IsTruncated: false }
  return tagging.list(ctx, input)
}
