import { AwsError } from '../../../aws/errors.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)
export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message)
export const alreadyExists = (message: string) => new AwsError('ResourceAlreadyExistsException', message)
export const illegalStatus = (message: string) => new AwsError('IllegalStatusException', message)

export function limitExceeded(): AwsError {
  return new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')
}

/** How the listings page. */
export const paging = ({ NextToken: token, Limit: size = 100, ...of }: Paged) => ({
  token,
  size,
  of,
  refusal: () => invalid('Parameter NextToken is not valid.'),
})
type Paged = { NextToken?: string | undefined; Limit?: number | undefined }

export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)
}
