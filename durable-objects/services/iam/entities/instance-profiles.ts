import type { In, InstanceProfile, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { ownRole } from './boundaries.ts'
import {
  arnOfEntity,
  checkNew,
  deleteEntity,
  entityById,
  entityOf,
  findEntity,
  findRole,
  insertEntity,
} from './entities.ts'
import { listEntities, pageOfAll } from './listings.ts'
import { missing, mustFirst, quotaExceeded } from '../refusals.ts'
import { shownRole } from './roles.ts'
import type { Entity, EntityRow } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from './tags.ts'

const findProfile = (ctx: Ctx, name: string) => findEntity(ctx, 'instance-profile', name)

/** The role of a profile: one at most. */
function roleOf(ctx: Ctx, { id }: Entity<'instance-profile'>): Entity<'role'> | undefined {
  const row = ctx.sql.first<{ role: string }>('SELECT role FROM iam_profile_roles WHERE profile = ?', id)
  return row && entityById<'role'>(ctx, row.role)
}

export function shownProfile(ctx: Ctx, profile: Entity<'instance-profile'>): InstanceProfile {
  const role = roleOf(ctx, profile)
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: arnOfEntity(ctx, profile),
    CreateDate: new Date(profile.createdAt),
    Roles: role ? [shownRole(ctx, role)] : [],
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export function CreateInstanceProfile(ctx: Tx, input: In<'CreateInstanceProfile'>): Out<'CreateInstanceProfile'> {
  const { InstanceProfileName: name, Path, Tags } = input
  checkTags(Tags)
  checkNew(ctx, 'instance-profile', name)
  const profile = insertEntity(ctx, { kind: 'instance-profile', name, path: Path, details: {} })
  setTags(ctx, profile, Tags)
  return { InstanceProfile: { ...shownProfile(ctx, profile), ...shownTags(ctx, profile) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
export function GetInstanceProfile(ctx: Ctx, input: In<'GetInstanceProfile'>): Out<'GetInstanceProfile'> {
  const profile = findProfile(ctx, input.InstanceProfileName)
  return { InstanceProfile: { ...shownProfile(ctx, profile), ...shownTags(ctx, profile) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export function ListInstanceProfiles(ctx: Ctx, input: In<'ListInstanceProfiles'>): Out<'ListInstanceProfiles'> {
  const { rows, end } = listEntities(ctx, 'instance-profile', input)
  return { InstanceProfiles: rows.map(profile => shownProfile(ctx, profile)), ...end }
}

/** The profiles of a role, in the order of their names. */
export function profilesOf(ctx: Ctx, { id }: Entity<'role'>): Entity<'instance-profile'>[] {
  const rows = ctx.sql.all<EntityRow>(
    'SELECT e.* FROM iam_profile_roles p JOIN iam_entities e ON e.id = p.profile WHERE p.role = ? ORDER BY e.name',
    id,
  )
  return rows.map(row => entityOf<'instance-profile'>(row))
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export function ListInstanceProfilesForRole(
  ctx: Ctx,
  input: In<'ListInstanceProfilesForRole'>,
): Out<'ListInstanceProfilesForRole'> {
  const profiles = profilesOf(ctx, findRole(ctx, input.RoleName))
  const { rows, end } = pageOfAll(ctx, input, { rows: profiles, key: ({ name }) => name.toLowerCase() })
  return { InstanceProfiles: rows.map(profile => shownProfile(ctx, profile)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html */
export function DeleteInstanceProfile(ctx: Tx, input: In<'DeleteInstanceProfile'>): void {
  const profile = findProfile(ctx, input.InstanceProfileName)
  if (roleOf(ctx, profile)) throw mustFirst('remove roles from instance profile')
  deleteEntity(ctx, profile)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html */
export function AddRoleToInstanceProfile(ctx: Tx, input: In<'AddRoleToInstanceProfile'>): void {
  const profile = findProfile(ctx, input.InstanceProfileName)
  const role = ownRole(ctx, input.RoleName)
  if (roleOf(ctx, profile)) throw quotaExceeded('InstanceSessionsPerInstanceProfile', 1)
  insert(ctx.sql, 'iam_profile_roles', { profile: profile.id, role: role.id })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html */
export function RemoveRoleFromInstanceProfile(ctx: Tx, input: In<'RemoveRoleFromInstanceProfile'>): void {
  const profile = findProfile(ctx, input.InstanceProfileName)
  const role = ownRole(ctx, input.RoleName)
  if (roleOf(ctx, profile)?.id !== role.id) throw missing('role', input.RoleName)
  ctx.sql.run('DELETE FROM iam_profile_roles WHERE profile = ?', profile.id)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html */
export const {
  tag: TagInstanceProfile,
  untag: UntagInstanceProfile,
  list: ListInstanceProfileTags,
} = taggingOf((ctx, { InstanceProfileName }: { InstanceProfileName: string }) => findProfile(ctx, InstanceProfileName))
