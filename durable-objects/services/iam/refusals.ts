import { AwsError } from '../../../aws/errors.ts'
import type { Kind } from './schema.ts'

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntityException', message)
}

/** IAM words what it cannot find differently for each kind. */
const MISSING: Record<Kind, (name: string) => string> = {
  user: name => `The user with name ${name} cannot be found.`,
  group: name => `The group with name ${name} cannot be found.`,
  role: name => `The role with name ${name} cannot be found.`,
  policy: name => `Policy ${name} was not found.`,
  'instance-profile': name => `Instance Profile ${name} cannot be found.`,
  'server-certificate': name => `The Server Certificate with name ${name} cannot be found.`,
  'saml-provider': arn => `Manifest not found for arn ${arn}`,
  'oidc-provider': arn => `OpenIDConnect Provider not found for arn ${arn}`,
  mfa: serial => `VirtualMFADevice with serial number ${serial} doesn't exist.`,
}

/** @param name the name, or the ARN where IAM speaks of ARNs */
export function missing(kind: Kind, name: string): AwsError {
  return noSuchEntity(MISSING[kind](name))
}

const EXISTING: Record<Kind, (name: string) => string> = {
  user: name => `User with name ${name} already exists.`,
  group: name => `Group with name ${name} already exists.`,
  role: name => `Role with name ${name} already exists.`,
  policy: name => `A policy called ${name} already exists. Duplicate names are not allowed.`,
  'instance-profile': name => `Instance Profile ${name} already exists.`,
  'server-certificate': name => `The Server Certificate with name ${name} already exists.`,
  'saml-provider': name => `SAML provider with name ${name} already exists.`,
  'oidc-provider': name => `Provider with url https://${name} already exists.`,
  mfa: () => 'MFADevice entity at the same path and name already exists.',
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExistsException', message)
}

export function nameTaken(kind: Kind, name: string): AwsError {
  return alreadyExists(EXISTING[kind](name))
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message)
}

/** @param quota AWS's name of the quota: `AccessKeysPerUser` */
export function quotaExceeded(quota: string, limit: number): AwsError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`)
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflictException', message)
}

/** @param first what has to be done first: `detach all policies` */
export function mustFirst(first: string): AwsError {
  return deleteConflict(`Cannot delete entity, must ${first} first.`)
}

export function invalidInput(message: string): AwsError {
  return new AwsError('InvalidInputException', message)
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message)
}

export function protectedRole(name: string): AwsError {
  const message = `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`
  return new AwsError('UnmodifiableEntityException', message)
}
