import { AwsError } from '../../../aws/errors.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)
export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message)
export const alreadyExists = (message: string) => new AwsError('ResourceAlreadyExistsException', message)
export const illegalStatus = (message: string) => new AwsError('IllegalStatusException', message)

export function limitExceeded(): AwsError {
  return new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')
}

export function invalidToken(): AwsError {
  return invalid('Parameter NextToken is not valid.')
}

export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)
}
