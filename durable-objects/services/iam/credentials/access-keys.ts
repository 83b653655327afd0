import type { AccessKeyMetadata, In, Out } from '../../../../aws/models/iam.types.ts'
import { rootArn } from '../../../../aws/arn.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { newAccessKeyId, newSecretAccessKey } from '../../../kernel/namespace/credentials.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { callingUser, userOrCaller } from '../callers.ts'
import { arnOfEntity, entityById, seconds } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { noSuchEntity, quotaExceeded } from '../refusals.ts'
import type { AccessKeyRow, Entity } from '../schema.ts'

const MAX_KEYS = 2

export function keysOf(ctx: Ctx, { id }: Pick<Entity<'user'>, 'id'>): AccessKeyRow[] {
  return ctx.sql.all<AccessKeyRow>('SELECT * FROM iam_access_keys WHERE user = ? ORDER BY createdAt, id', id)
}

/** Gives a user a new, active key. */
export function addAccessKey(ctx: Tx, user: Entity<'user'>): AccessKeyRow {
  const key: AccessKeyRow = {
    id: newAccessKeyId('AKIA', ctx.place.account),
    user: user.id,
    secret: newSecretAccessKey(),
    status: 'Active',
    createdAt: seconds(ctx),
    usedAt: null,
    usedService: null,
    usedRegion: null,
  }
  insert(ctx.sql, 'iam_access_keys', key)
  return key
}

function shownKey(user: Entity<'user'>, { id, status, createdAt }: AccessKeyRow) {
  return { UserName: user.name, AccessKeyId: id, Status: status, CreateDate: new Date(createdAt) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export function CreateAccessKey(ctx: Tx, input: In<'CreateAccessKey'>): Out<'CreateAccessKey'> {
  const user = userOrCaller(ctx, input.UserName)
  if (keysOf(ctx, user).length >= MAX_KEYS) throw quotaExceeded('AccessKeysPerUser', MAX_KEYS)
  const key = addAccessKey(ctx, user)
  return { AccessKey: { ...shownKey(user, key), SecretAccessKey: key.secret } }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export function ListAccessKeys(ctx: Ctx, input: In<'ListAccessKeys'>): Out<'ListAccessKeys'> {
  const user = userOrCaller(ctx, input.UserName)
  const rows: AccessKeyMetadata[] = keysOf(ctx, user)
    .map(key => shownKey(user, key))
    .sort((a, b) => (a.AccessKeyId < b.AccessKeyId ? -1 : 1))
  const page = pageOfAll(ctx, input, { rows, key: ({ AccessKeyId = '' }) => AccessKeyId })
  return { AccessKeyMetadata: page.rows, ...page.end }
}

function findKey(ctx: Ctx, user: Entity<'user'>, id: string): AccessKeyRow {
  const key = keysOf(ctx, user).find(each => each.id === id)
  if (!key) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`)
  return key
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export function UpdateAccessKey(ctx: Tx, input: In<'UpdateAccessKey'>): void {
  const key = findKey(ctx, ownerOf(ctx, input), input.AccessKeyId)
  ctx.sql.run('UPDATE iam_access_keys SET status = ? WHERE id = ?', input.Status, key.id)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export function DeleteAccessKey(ctx: Tx, input: In<'DeleteAccessKey'>): void {
  const key = findKey(ctx, ownerOf(ctx, input), input.AccessKeyId)
  ctx.sql.run('DELETE FROM iam_access_keys WHERE id = ?', key.id)
}

function ownerOf(ctx: Ctx, input: { UserName?: string | undefined }): Entity<'user'> {
  return userOrCaller(ctx, input.UserName)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html */
export function GetAccessKeyLastUsed(
  ctx: Ctx,
  { AccessKeyId }: In<'GetAccessKeyLastUsed'>,
): Out<'GetAccessKeyLastUsed'> {
  const key = ctx.sql.first<AccessKeyRow>('SELECT * FROM iam_access_keys WHERE id = ?', AccessKeyId)
  const user = key && entityById<'user'>(ctx, key.user)
  if (!key || !user) {
    const calling = callingUser(ctx)
    const who = calling ? arnOfEntity(ctx, calling) : rootArn(ctx.place.account)
    const what = `iam:GetAccessKeyLastUsed on resource: access key ${AccessKeyId}`
    throw new AwsError('AccessDenied', `User: ${who} is not authorized to perform: ${what}`, 403)
  }
  const { usedAt, usedService, usedRegion } = key
  return {
    UserName: user.name,
    AccessKeyLastUsed: {
      ...(usedAt !== null && { LastUsedDate: new Date(usedAt) }),
      ServiceName: usedService ?? 'N/A',
      Region: usedRegion ?? 'N/A',
    },
  }
}
