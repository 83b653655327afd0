import type { In, Out, PolicyVersion } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { encoded } from './documents.ts'
import { findByArn, saveDetails, seconds } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { type ManagedPolicy, managedPolicy } from './managed-policies.ts'
import { checkManagedDocument } from './policies.ts'
import { isManagedByAws } from './policy-arns.ts'
import { deleteConflict, limitExceeded, missing, noSuchEntity } from '../refusals.ts'
import type { Entity, VersionRow } from '../schema.ts'

const MAX_VERSIONS = 5

export function versionsOf(ctx: Ctx, { id }: Pick<Entity<'policy'>, 'id'>): VersionRow[] {
  return ctx.sql.all<VersionRow>('SELECT * FROM iam_policy_versions WHERE policy = ? ORDER BY version DESC', id)
}

export function shownVersion({ details }: Entity<'policy'>, { version, createdAt }: VersionRow): PolicyVersion {
  return {
    VersionId: `v${version}`,
    IsDefaultVersion: version === details.defaultVersion,
    CreateDate: new Date(createdAt),
  }
}

function findVersion(ctx: Ctx, policy: Entity<'policy'>, { PolicyArn, VersionId }: In<'GetPolicyVersion'>): VersionRow {
  const found = versionsOf(ctx, policy).find(({ version }) => `v${version}` === VersionId)
  if (!found) throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`)
  return found
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export function CreatePolicyVersion(ctx: Tx, input: In<'CreatePolicyVersion'>): Out<'CreatePolicyVersion'> {
  const policy = findByArn(ctx, 'policy', input.PolicyArn)
  checkManagedDocument(input.PolicyDocument)
  if (versionsOf(ctx, policy).length >= MAX_VERSIONS) {
    const advice = 'Before you create a new version, you must delete an existing version.'
    throw limitExceeded(`A managed policy can have up to ${MAX_VERSIONS} versions. ${advice}`)
  }
  const version = policy.details.lastVersion + 1
  const row = { policy: policy.id, version, document: input.PolicyDocument, createdAt: seconds(ctx) }
  insert(ctx.sql, 'iam_policy_versions', {
    policy: row.policy,
    version,
    document: row.document,
    createdAt: row.createdAt,
  })
  const defaultVersion = input.SetAsDefault ? version : policy.details.defaultVersion
  const details = { ...policy.details, defaultVersion, lastVersion: version, updatedAt: row.createdAt }
  saveDetails(ctx, policy, details)
  return { PolicyVersion: shownVersion({ ...policy, details }, row) }
}

function managedVersion(policy: ManagedPolicy): PolicyVersion {
  return { VersionId: policy.version, IsDefaultVersion: true, CreateDate: policy.updated }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export function GetPolicyVersion(ctx: Ctx, input: In<'GetPolicyVersion'>): Out<'GetPolicyVersion'> {
  if (isManagedByAws(input.PolicyArn)) {
    const managed = managedPolicy(input.PolicyArn)
    if (!managed) throw missing('policy', input.PolicyArn)
    if (managed.version !== input.VersionId) {
      const what = `Policy ${input.PolicyArn} version ${input.VersionId}`
      throw noSuchEntity(`${what} does not exist or is not attachable.`)
    }
    return { PolicyVersion: { ...managedVersion(managed), Document: encoded(managed.document) } }
  }
  const policy = findByArn(ctx, 'policy', input.PolicyArn)
  const row = findVersion(ctx, policy, input)
  return { PolicyVersion: { ...shownVersion(policy, row), Document: encoded(row.document) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html */
export function DeletePolicyVersion(ctx: Tx, input: In<'DeletePolicyVersion'>): void {
  const policy = findByArn(ctx, 'policy', input.PolicyArn)
  const { version } = findVersion(ctx, policy, input)
  if (version === policy.details.defaultVersion) {
    throw deleteConflict('Cannot delete the default version of a policy.')
  }
  ctx.sql.run('DELETE FROM iam_policy_versions WHERE policy = ? AND version = ?', policy.id, version)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html */
export function SetDefaultPolicyVersion(ctx: Tx, input: In<'SetDefaultPolicyVersion'>): void {
  const policy = findByArn(ctx, 'policy', input.PolicyArn)
  const { version } = findVersion(ctx, policy, input)
  saveDetails(ctx, policy, { ...policy.details, defaultVersion: version, updatedAt: seconds(ctx) })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
export function ListPolicyVersions(ctx: Ctx, input: In<'ListPolicyVersions'>): Out<'ListPolicyVersions'> {
  if (isManagedByAws(input.PolicyArn)) {
    const managed = managedPolicy(input.PolicyArn)
    if (!managed) throw missing('policy', input.PolicyArn)
    return { Versions: [managedVersion(managed)], IsTruncated: false }
  }
  const policy = findByArn(ctx, 'policy', input.PolicyArn)
  // The newest comes first.
  const { rows, end } = pageOfAll(ctx, input, { rows: versionsOf(ctx, policy), key: ({ version }) => -version })
  return { Versions: rows.map(row => shownVersion(policy, row)), ...end }
}
