import { AwsError } from '../../../aws/errors.ts'

export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)
export const invalidOperation = (message: string) => new AwsError('InvalidOperationException', message)
export const validation = (message: string) => new AwsError('ValidationException', message)
export const conflict = (message: string) => new AwsError('ConflictException', message)
export const alreadyExists = (message: string) => new AwsError('ResourceAlreadyExistsException', message)
export const limitExceeded = () => new AwsError('LimitExceededException', 'Resource limit exceeded.')
/** What is scheduled says it by another name. */
export const invalidScheduledToken = () => validation('The specified nextToken is invalid.')
export const invalidToken = () => invalidParameter('The specified nextToken is invalid.')

/** How the listings page. */
export const paging = ({ nextToken: token, limit, maxResults, ...of }: Paged) => ({
  token,
  size: limit ?? maxResults ?? 50,
  of,
  refusal: invalidToken,
})
type Paged = { nextToken?: string | undefined; limit?: number | undefined; maxResults?: number | undefined }

/** `what` by AWS's word: `log group`, `log stream`, `metric filter`… */
export const notFound = (what: string) =>
  new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`)

/** A member's refusal in the words of AWS's own validation. */
export function constraint(member: string, value: unknown, rule: string): AwsError {
  return invalidParameter(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  )
}
