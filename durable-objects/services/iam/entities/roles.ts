import type { In, Out, Role } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { checkNothingAttached } from '../policies/attachments.ts'
import { checkBoundary, ownRole, shownBoundary } from './boundaries.ts'
import { encoded, sizeOf } from '../policies/documents.ts'
import {
  arnOfEntity,
  byRoleName,
  checkNew,
  deleteEntity,
  entityByArn,
  findRole,
  insertEntity,
  saveDetails,
} from './entities.ts'
import { listEntities } from './listings.ts'
import { mustFirst, quotaExceeded } from '../refusals.ts'
import type { Details, Entity } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from './tags.ts'
import { checkTrustPolicy, invalidPrincipal } from '../policies/trust-grammar.ts'

const TRUST_SIZE = 2048
const HOUR = 3600

/** What every listing shows of a role. */
export function shownRole(ctx: Ctx, role: Entity<'role'>): Role {
  const { trust, description, maxSession } = role.details
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: arnOfEntity(ctx, role),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encoded(trust),
    ...(description !== undefined && { Description: description }),
    MaxSessionDuration: maxSession,
  }
}

export function shownLastUse({ usedAt, usedRegion }: Details['role']): Pick<Role, 'RoleLastUsed'> {
  if (usedAt === undefined) return { RoleLastUsed: {} }
  return { RoleLastUsed: { LastUsedDate: new Date(usedAt), ...(usedRegion && { Region: usedRegion }) } }
}

/** Refuses a trust policy that AWS would; users and roles of this account that it names must exist. */
export function checkTrust(ctx: Ctx, document: string): void {
  for (const arn of checkTrustPolicy(document)) {
    if (parseArn(arn)?.account !== ctx.place.account) continue
    if (!entityByArn(ctx, arn.includes(':role/') ? 'role' : 'user', arn)) throw invalidPrincipal('AWS', arn)
  }
  if (sizeOf(document) > TRUST_SIZE) throw quotaExceeded('ACLSizePerRole', TRUST_SIZE)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export function CreateRole(ctx: Tx, input: In<'CreateRole'>): Out<'CreateRole'> {
  const { RoleName, Path, Description, PermissionsBoundary, Tags, AssumeRolePolicyDocument: trust } = input
  checkTags(Tags)
  checkNew(ctx, 'role', RoleName)
  checkTrust(ctx, trust)
  checkBoundary(ctx, PermissionsBoundary)
  const details = {
    trust,
    ...(Description !== undefined && { description: Description }),
    maxSession: input.MaxSessionDuration ?? HOUR,
  }
  const role = insertEntity(ctx, { kind: 'role', name: RoleName, path: Path, boundary: PermissionsBoundary, details })
  setTags(ctx, role, Tags)
  return { Role: { ...shownRole(ctx, role), ...shownBoundary(role), ...shownTags(ctx, role) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export function GetRole(ctx: Ctx, input: In<'GetRole'>): Out<'GetRole'> {
  const role = findRole(ctx, input.RoleName)
  return {
    Role: {
      ...shownRole(ctx, role),
      ...shownBoundary(role),
      ...shownTags(ctx, role),
      ...shownLastUse(role.details),
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export function ListRoles(ctx: Ctx, input: In<'ListRoles'>): Out<'ListRoles'> {
  const { rows, end } = listEntities(ctx, 'role', input)
  return { Roles: rows.map(role => shownRole(ctx, role)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export function DeleteRole(ctx: Tx, input: In<'DeleteRole'>): void {
  const role = ownRole(ctx, input.RoleName)
  if (ctx.sql.first('SELECT 1 FROM iam_profile_roles WHERE role = ?', role.id)) {
    throw mustFirst('remove roles from instance profile')
  }
  checkNothingAttached(ctx, role)
  deleteEntity(ctx, role)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
export function UpdateRole(ctx: Tx, input: In<'UpdateRole'>): Out<'UpdateRole'> {
  const role = ownRole(ctx, input.RoleName)
  saveDetails(ctx, role, {
    ...role.details,
    ...(input.Description !== undefined && { description: input.Description }),
    maxSession: input.MaxSessionDuration ?? role.details.maxSession,
  })
  return {}
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html */
export function UpdateRoleDescription(ctx: Tx, input: In<'UpdateRoleDescription'>): Out<'UpdateRoleDescription'> {
  const role = findRole(ctx, input.RoleName)
  const details = { ...role.details, description: input.Description }
  saveDetails(ctx, role, details)
  return { Role: shownRole(ctx, { ...role, details }) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export function UpdateAssumeRolePolicy(ctx: Tx, input: In<'UpdateAssumeRolePolicy'>): void {
  const role = ownRole(ctx, input.RoleName)
  checkTrust(ctx, input.PolicyDocument)
  saveDetails(ctx, role, { ...role.details, trust: input.PolicyDocument })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html */
export const { tag: TagRole, untag: UntagRole, list: ListRoleTags } = taggingOf(byRoleName)
