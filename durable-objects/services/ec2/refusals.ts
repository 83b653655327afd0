import { AwsError } from '../../../aws/errors.ts'
import { KINDS, type Kind } from './schema.ts'

export const invalid = (message: string) => new AwsError('InvalidParameterValue', message)

export const missing = (parameter: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`)

export const combined = (message: string) => new AwsError('InvalidParameterCombination', message)

export const notFound = (kind: Kind, id: string) => {
  const { code, noun, missing: words = `The ${noun} ID '?' does not exist` } = KINDS[kind]
  return new AwsError(
    code,
    words.replace('?', () => id),
  )
}

export const malformed = (kind: Kind, id: string) => {
  const { code, prefix } = KINDS[kind]
  const named = kind === 'security-group' ? 'InvalidGroupId' : code.replace(/\.?NotFound$/, '')
  return new AwsError(`${named}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`)
}

export const inUse = (kind: Kind, id: string) =>
  new AwsError('DependencyViolation', `The ${KINDS[kind].noun} '${id}' has dependencies and cannot be deleted.`)

export const dependent = (message: string) => new AwsError('DependencyViolation', message)

export const limited = (name: string, what: string) =>
  new AwsError(`${name}LimitExceeded`, `The maximum number of ${what} has been reached.`)
