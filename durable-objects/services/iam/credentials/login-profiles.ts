import { createHash } from 'node:crypto'
import type { In, LoginProfile, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { callingUser, userOrCaller } from '../callers.ts'
import { saveDetails, seconds } from '../entities/entities.ts'
import { checkPassword } from './password-policy.ts'
import { alreadyExists, noSuchEntity } from '../refusals.ts'
import type { Entity, LoginPassword } from '../schema.ts'

function digestOf({ id }: Entity<'user'>, password: string): string {
  return createHash('sha256').update(`${id}/${password}`).digest('hex')
}

function findPassword({ name, details }: Entity<'user'>): LoginPassword {
  if (!details.password) throw noSuchEntity(`Login Profile for User ${name} cannot be found.`)
  return details.password
}

function shown({ name }: Entity<'user'>, { createdAt, resetRequired }: LoginPassword): LoginProfile {
  return { UserName: name, CreateDate: new Date(createdAt), PasswordResetRequired: resetRequired }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html */
export function CreateLoginProfile(ctx: Tx, input: In<'CreateLoginProfile'>): Out<'CreateLoginProfile'> {
  const user = userOrCaller(ctx, input.UserName)
  if (user.details.password) throw alreadyExists(`Login Profile for user ${user.name} already exists.`)
  const given = input.Password ?? ''
  checkPassword(ctx, given)
  const password = {
    digest: digestOf(user, given),
    createdAt: seconds(ctx),
    resetRequired: input.PasswordResetRequired ?? false,
  }
  saveDetails(ctx, user, { ...user.details, password })
  return { LoginProfile: shown(user, password) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html */
export function GetLoginProfile(ctx: Ctx, input: In<'GetLoginProfile'>): Out<'GetLoginProfile'> {
  const user = userOrCaller(ctx, input.UserName)
  return { LoginProfile: shown(user, findPassword(user)) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html */
export function UpdateLoginProfile(ctx: Tx, input: In<'UpdateLoginProfile'>): void {
  const user = userOrCaller(ctx, input.UserName)
  const password = findPassword(user)
  if (input.Password !== undefined) checkPassword(ctx, input.Password)
  const changed = {
    ...password,
    ...(input.Password !== undefined && { digest: digestOf(user, input.Password), createdAt: seconds(ctx) }),
    resetRequired: input.PasswordResetRequired ?? password.resetRequired,
  }
  saveDetails(ctx, user, { ...user.details, password: changed })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html */
export function DeleteLoginProfile(ctx: Tx, input: In<'DeleteLoginProfile'>): void {
  const user = userOrCaller(ctx, input.UserName)
  findPassword(user)
  const { password: _password, ...details } = user.details
  saveDetails(ctx, user, details)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html */
export function ChangePassword(ctx: Tx, input: In<'ChangePassword'>): void {
  const user = callingUser(ctx)
  if (!user) {
    const message = 'Only IAM Users can change their own password'
    throw new AwsError('InvalidUserTypeException', message)
  }
  const password = findPassword(user)
  if (password.digest !== digestOf(user, input.OldPassword)) {
    throw new AwsError('AccessDenied', 'The old password was incorrect.', 403)
  }
  checkPassword(ctx, input.NewPassword)
  const changed = { digest: digestOf(user, input.NewPassword), createdAt: seconds(ctx), resetRequired: false }
  saveDetails(ctx, user, { ...user.details, password: changed })
}
