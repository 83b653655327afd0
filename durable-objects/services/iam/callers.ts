import type { Ctx } from '../../kernel/object/operation.ts'
import { entityByArn, entityById, findUser } from './entities/entities.ts'
import { validationError } from './refusals.ts'
import type { AccessKeyRow, Entity } from './schema.ts'

/** The user whose key, or session, the caller has; undefined for root and for roles. */
export function callingUser(ctx: Ctx): Entity<'user'> | undefined {
  const { session, accessKeyId = '' } = ctx.caller
  if (session) return entityByArn(ctx, 'user', session.roleArn)
  const key = ctx.sql.first<AccessKeyRow>('SELECT * FROM iam_access_keys WHERE id = ?', accessKeyId)
  return key && entityById<'user'>(ctx, key.user)
}

/** The user named, or the one who calls. */
export function userOrCaller(ctx: Ctx, name: string | undefined): Entity<'user'> {
  if (name !== undefined) return findUser(ctx, name)
  const user = callingUser(ctx)
  if (!user) throw validationError('Must specify userName when calling with non-User credentials')
  return user
}
