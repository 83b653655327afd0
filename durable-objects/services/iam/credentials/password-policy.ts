import type { In, Out, PasswordPolicy } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { accountValue, clearAccountValue, setAccountValue } from '../reports/account-values.ts'
import { noSuchEntity } from '../refusals.ts'

const KEY = 'passwordPolicy'

function findPolicy(ctx: Ctx): PasswordPolicy {
  const policy = accountValue<PasswordPolicy>(ctx, KEY)
  if (!policy) throw noSuchEntity(`The Password Policy with domain name ${ctx.place.account} cannot be found.`)
  return policy
}

/**
 * What is not named goes back to its default.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
 */
export function UpdateAccountPasswordPolicy(ctx: Tx, input: In<'UpdateAccountPasswordPolicy'>): void {
  const { MaxPasswordAge, PasswordReusePrevention, HardExpiry } = input
  setAccountValue(ctx, KEY, {
    MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
    RequireSymbols: input.RequireSymbols ?? false,
    RequireNumbers: input.RequireNumbers ?? false,
    RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
    RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
    AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
    ExpirePasswords: (MaxPasswordAge ?? 0) > 0,
    ...(MaxPasswordAge && { MaxPasswordAge }),
    ...(PasswordReusePrevention && { PasswordReusePrevention }),
    ...(HardExpiry !== undefined && { HardExpiry }),
  } satisfies PasswordPolicy)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html */
export function GetAccountPasswordPolicy(ctx: Ctx): Out<'GetAccountPasswordPolicy'> {
  return { PasswordPolicy: findPolicy(ctx) }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountPasswordPolicy.html */
export function DeleteAccountPasswordPolicy(ctx: Tx): void {
  findPolicy(ctx)
  clearAccountValue(ctx, KEY)
}

/** Days until a password expires; undefined when it does not. */
export function passwordAge(ctx: Ctx): number | undefined {
  return accountValue<PasswordPolicy>(ctx, KEY)?.MaxPasswordAge
}

const violation = (message: string) => new AwsError('PasswordPolicyViolationException', message)

/** Refuses a password that the account's policy, or AWS's default one, does not take. */
export function checkPassword(ctx: Ctx, password: string): void {
  const policy = accountValue<PasswordPolicy>(ctx, KEY)
  const kinds = { uppercase: /[A-Z]/, lowercase: /[a-z]/, number: /\d/, symbol: /[^A-Za-z0-9]/ }
  const least = policy?.MinimumPasswordLength ?? 8
  if (password.length < least) throw violation(`Password should have a minimum length of ${least}`)
  if (!policy) {
    if (Object.values(kinds).filter(kind => kind.test(password)).length >= 3) return
    throw violation('Password does not conform to the account password policy.')
  }
  const lacks = (required: boolean | undefined, kind: RegExp) => required && !kind.test(password)
  if (lacks(policy.RequireUppercaseCharacters, kinds.uppercase)) {
    throw violation('Password should have at least one uppercase letter')
  }
  if (lacks(policy.RequireLowercaseCharacters, kinds.lowercase)) {
    throw violation('Password should have at least one lowercase letter')
  }
  if (lacks(policy.RequireNumbers, kinds.number)) throw violation('Password should have at least one number')
  if (lacks(policy.RequireSymbols, kinds.symbol)) throw violation('Password should have at least one symbol')
}
