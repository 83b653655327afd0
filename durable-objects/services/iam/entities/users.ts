import type { In, Out, User } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { rootArn } from '../../../../aws/arn.ts'
import { checkNothingAttached } from '../policies/attachments.ts'
import { checkBoundary, shownBoundary } from './boundaries.ts'
import { callingUser } from '../callers.ts'
import { arnOfEntity, byUserName, checkNew, deleteEntity, findUser, insertEntity, renameEntity } from './entities.ts'
import { listEntities } from './listings.ts'
import { mustFirst } from '../refusals.ts'
import type { Entity } from '../schema.ts'
import { checkTags, setTags, shownTags, taggingOf } from './tags.ts'

/** What every listing shows of a user. */
export function shownUser(ctx: Ctx, user: Entity<'user'>): User {
  const { passwordUsedAt } = user.details
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: arnOfEntity(ctx, user),
    CreateDate: new Date(user.createdAt),
    ...(passwordUsedAt !== undefined && { PasswordLastUsed: new Date(passwordUsedAt) }),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export function CreateUser(ctx: Tx, input: In<'CreateUser'>): Out<'CreateUser'> {
  const { UserName, Path, PermissionsBoundary, Tags } = input
  checkTags(Tags)
  checkNew(ctx, 'user', UserName)
  checkBoundary(ctx, PermissionsBoundary)
  const user = insertEntity(ctx, {
    kind: 'user',
    name: UserName,
    path: Path,
    boundary: PermissionsBoundary,
    details: {},
  })
  setTags(ctx, user, Tags)
  return { User: { ...shownUser(ctx, user), ...shownBoundary(user), ...shownTags(ctx, user) } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export function GetUser(ctx: Ctx, input: In<'GetUser'>): Out<'GetUser'> {
  const user = input.UserName === undefined ? callingUser(ctx) : findUser(ctx, input.UserName)
  if (!user) return { User: rootUser(ctx) }
  return { User: { ...shownUser(ctx, user), ...shownBoundary(user), ...shownTags(ctx, user) } }
}

/** The root user, as GetUser shows it to itself. */
function rootUser({ place: { account } }: Ctx): User {
  return {
    Path: '/',
    UserName: 'root',
    UserId: account,
    Arn: rootArn(account),
    CreateDate: new Date(Date.UTC(2020, 0, 1)),
  }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
export function ListUsers(ctx: Ctx, input: In<'ListUsers'>): Out<'ListUsers'> {
  const { rows, end } = listEntities(ctx, 'user', input)
  return { Users: rows.map(user => shownUser(ctx, user)), ...end }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
export function UpdateUser(ctx: Tx, input: In<'UpdateUser'>): void {
  renameEntity(ctx, findUser(ctx, input.UserName), { name: input.NewUserName, path: input.NewPath })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export function DeleteUser(ctx: Tx, input: In<'DeleteUser'>): void {
  const user = findUser(ctx, input.UserName)
  checkNothingAttached(ctx, user)
  const has = (query: string) => ctx.sql.first(`${query} LIMIT 1`, user.id) !== undefined
  if (has('SELECT 1 FROM iam_memberships WHERE user = ?')) throw mustFirst('remove users from group')
  if (has('SELECT 1 FROM iam_access_keys WHERE user = ?')) throw mustFirst('delete access keys')
  if (has('SELECT 1 FROM iam_mfa_users WHERE user = ?')) throw mustFirst('delete MFA device')
  if (user.details.password) throw mustFirst('delete login profile')
  if (has("SELECT 1 FROM iam_credentials WHERE kind = 'signing' AND user = ?"))
    throw mustFirst('delete signing certificates')
  if (has("SELECT 1 FROM iam_credentials WHERE kind = 'ssh' AND user = ?")) throw mustFirst('delete SSH public keys')
  if (has("SELECT 1 FROM iam_credentials WHERE kind = 'service' AND user = ?")) {
    throw mustFirst('delete service specific credentials')
  }
  deleteEntity(ctx, user)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html */
export const { tag: TagUser, untag: UntagUser, list: ListUserTags } = taggingOf(byUserName)
