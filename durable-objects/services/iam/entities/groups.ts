import type { Group, In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { checkNothingAttached } from '../policies/attachments.ts'
import {
  arnOfEntity,
  checkNew,
  deleteEntity,
  entityOf,
  findGroup,
  findUser,
  insertEntity,
  renameEntity,
} from './entities.ts'
import { listEntities, pageOf, pageOfAll } from './listings.ts'
import { mustFirst, quotaExceeded } from '../refusals.ts'
import type { Entity, EntityRow } from '../schema.ts'
import { shownUser } from './users.ts'

const MAX_GROUPS = 10

export function shownGroup(ctx: Ctx, group: Entity<'group'>): Group {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: arnOfEntity(ctx, group),
    CreateDate: new Date(group.createdAt),
  }
}

/** The groups of a user, in the order of their names. */
export function groupsOf(ctx: Ctx, { id }: Pick<Entity<'user'>, 'id'>): Entity<'group'>[] {
  const rows = ctx.sql.all<EntityRow>(
    'SELECT e.* FROM iam_memberships m JOIN iam_entities e ON e.id = m.grp WHERE m.user = ? ORDER BY e.name',
    id,
  )
  return rows.map(row => entityOf<'group'>(row))
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export function CreateGroup(ctx: Tx, input: In<'CreateGroup'>): Out<'CreateGroup'> {
  checkNew(ctx, 'group', input.GroupName)
  const group = insertEntity(ctx, { kind: 'group', name: input.GroupName, path: input.Path, details: {} })
  return { Group: shownGroup(ctx, group) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
export function GetGroup(ctx: Ctx, input: In<'GetGroup'>): Out<'GetGroup'> {
  const group = findGroup(ctx, input.GroupName)
  const { rows, end } = pageOf<EntityRow>(ctx, input, {
    select: 'e.*',
    from: 'iam_memberships m JOIN iam_entities e ON e.id = m.user',
    where: { 'm.grp = ?': group.id },
    key: 'e.name',
  })
  return { Group: shownGroup(ctx, group), Users: rows.map(row => shownUser(ctx, entityOf<'user'>(row))), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
export function ListGroups(ctx: Ctx, input: In<'ListGroups'>): Out<'ListGroups'> {
  const { rows, end } = listEntities(ctx, 'group', input)
  return { Groups: rows.map(group => shownGroup(ctx, group)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html */
export function UpdateGroup(ctx: Tx, input: In<'UpdateGroup'>): void {
  renameEntity(ctx, findGroup(ctx, input.GroupName), { name: input.NewGroupName, path: input.NewPath })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export function DeleteGroup(ctx: Tx, input: In<'DeleteGroup'>): void {
  const group = findGroup(ctx, input.GroupName)
  if (ctx.sql.first('SELECT 1 FROM iam_memberships WHERE grp = ? LIMIT 1', group.id)) {
    throw mustFirst('remove users from group')
  }
  checkNothingAttached(ctx, group)
  deleteEntity(ctx, group)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html */
export function AddUserToGroup(ctx: Tx, input: In<'AddUserToGroup'>): void {
  const group = findGroup(ctx, input.GroupName)
  const user = findUser(ctx, input.UserName)
  const groups = groupsOf(ctx, user)
  if (groups.some(({ id }) => id === group.id)) return
  if (groups.length >= MAX_GROUPS) throw quotaExceeded('GroupsPerUser', MAX_GROUPS)
  insert(ctx.sql, 'iam_memberships', { user: user.id, grp: group.id })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html */
export function RemoveUserFromGroup(ctx: Tx, input: In<'RemoveUserFromGroup'>): void {
  const group = findGroup(ctx, input.GroupName)
  const user = findUser(ctx, input.UserName)
  ctx.sql.run('DELETE FROM iam_memberships WHERE user = ? AND grp = ?', user.id, group.id)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export function ListGroupsForUser(ctx: Ctx, input: In<'ListGroupsForUser'>): Out<'ListGroupsForUser'> {
  const groups = groupsOf(ctx, findUser(ctx, input.UserName))
  const { rows, end } = pageOfAll(ctx, input, { rows: groups, key: ({ name }) => name.toLowerCase() })
  return { Groups: rows.map(group => shownGroup(ctx, group)), ...end }
}
