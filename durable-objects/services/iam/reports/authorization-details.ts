import type { In, ManagedPolicyDetail, Out, PolicyDetail } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { attachedArns, shownAttached } from '../policies/attachments.ts'
import { shownBoundary } from '../entities/boundaries.ts'
import { encoded } from '../policies/documents.ts'
import { entityById, type GranteeEntity } from '../entities/entities.ts'
import { groupsOf, shownGroup } from '../entities/groups.ts'
import { inlinePoliciesOf } from '../policies/inline-policies.ts'
import { profilesOf, shownProfile } from '../entities/instance-profiles.ts'
import { pageOfAll } from '../entities/listings.ts'
import { managedPolicy, shownManagedPolicy } from '../policies/managed-policies.ts'
import { shownPolicy, usageOf } from '../policies/policies.ts'
import { shownVersion, versionsOf } from '../policies/policy-versions.ts'
import { shownLastUse, shownRole } from '../entities/roles.ts'
import type { Entity, Kind } from '../schema.ts'
import { tagsOf } from '../entities/tags.ts'
import { shownUser } from '../entities/users.ts'

/** One thing to be told of: an entity's id, or an ARN of a policy of AWS's. */
type Item = { key: string; kind: Kind | 'aws'; id: string }

const ORDER: readonly (readonly [string, Kind | 'aws'])[] = [
  ['User', 'user'],
  ['Group', 'group'],
  ['Role', 'role'],
  ['LocalManagedPolicy', 'policy'],
  ['AWSManagedPolicy', 'aws'],
]

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export function GetAccountAuthorizationDetails(
  ctx: Ctx,
  input: In<'GetAccountAuthorizationDetails'>,
): Out<'GetAccountAuthorizationDetails'> {
  const filter = input.Filter ?? []
  const kinds = ORDER.filter(([name]) => filter.length === 0 || filter.includes(name))
  const rows = kinds.flatMap(([, kind]) => itemsOf(ctx, kind))
  const page = pageOfAll(ctx, input, { rows, key: ({ key }) => key })
  const ids = (kind: Kind | 'aws') => page.rows.filter(item => item.kind === kind).map(({ id }) => id)
  const entities = <K extends Kind>(kind: K) => ids(kind).flatMap(id => entityById<K>(ctx, id) ?? [])
  return {
    UserDetailList: entities('user').map(user => userDetail(ctx, user)),
    GroupDetailList: entities('group').map(group => groupDetail(ctx, group)),
    RoleDetailList: entities('role').map(role => roleDetail(ctx, role)),
    Policies: [
      ...entities('policy').map(policy => policyDetail(ctx, policy)),
      ...ids('aws').flatMap(arn => managedDetail(ctx, arn)),
    ],
    ...page.end,
  }
}

/** All of a kind, light, in the order of their keys; of AWS's policies, those in use. */
function itemsOf(ctx: Ctx, kind: Kind | 'aws'): Item[] {
  const at = ORDER.findIndex(([, each]) => each === kind)
  const rows =
    kind === 'aws'
      ? ctx.sql.all<{ id: string; name: string }>(
          `SELECT DISTINCT policyArn AS id, policyArn AS name FROM iam_attachments
           WHERE policyArn LIKE 'arn:aws%:iam::aws:policy/%' ORDER BY policyArn`,
        )
      : ctx.sql.all<{ id: string; name: string }>(
          'SELECT id, name FROM iam_entities WHERE kind = ? ORDER BY name',
          kind,
        )
  const items = rows.map(({ id, name }) => ({ key: `${at}${name.toLowerCase()}`, kind, id }))
  return items.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function inlineDetails(ctx: Ctx, entity: GranteeEntity): PolicyDetail[] {
  return inlinePoliciesOf(ctx, entity).map(({ name, document }) => ({
    PolicyName: name,
    PolicyDocument: encoded(document),
  }))
}

const attachedDetails = (ctx: Ctx, entity: GranteeEntity) => attachedArns(ctx, entity).map(shownAttached)

function userDetail(ctx: Ctx, user: Entity<'user'>) {
  const { PasswordLastUsed: _used, ...shown } = shownUser(ctx, user)
  return {
    ...shown,
    UserPolicyList: inlineDetails(ctx, user),
    GroupList: groupsOf(ctx, user).map(({ name }) => name),
    AttachedManagedPolicies: attachedDetails(ctx, user),
    ...shownBoundary(user),
    Tags: tagsOf(ctx, user),
  }
}

function groupDetail(ctx: Ctx, group: Entity<'group'>) {
  return {
    ...shownGroup(ctx, group),
    GroupPolicyList: inlineDetails(ctx, group),
    AttachedManagedPolicies: attachedDetails(ctx, group),
  }
}

function roleDetail(ctx: Ctx, role: Entity<'role'>) {
  const { Description: _description, MaxSessionDuration: _duration, ...shown } = shownRole(ctx, role)
  return {
    ...shown,
    InstanceProfileList: profilesOf(ctx, role).map(profile => shownProfile(ctx, profile)),
    RolePolicyList: inlineDetails(ctx, role),
    AttachedManagedPolicies: attachedDetails(ctx, role),
    ...shownBoundary(role),
    Tags: tagsOf(ctx, role),
    ...shownLastUse(role.details),
  }
}

function policyDetail(ctx: Ctx, policy: Entity<'policy'>): ManagedPolicyDetail {
  const PolicyVersionList = versionsOf(ctx, policy).map(row => ({
    Document: encoded(row.document),
    ...shownVersion(policy, row),
  }))
  const { description } = policy.details
  return {
    ...shownPolicy(ctx, policy),
    ...(description !== undefined && { Description: description }),
    PolicyVersionList,
  }
}

function managedDetail(ctx: Ctx, arn: string): ManagedPolicyDetail[] {
  const policy = managedPolicy(arn)
  if (!policy) return []
  const { version, updated, document } = policy
  const only = { Document: encoded(document), VersionId: version, IsDefaultVersion: true, CreateDate: updated }
  return [{ ...shownManagedPolicy(policy, usageOf(ctx, arn)), PolicyVersionList: [only] }]
}
