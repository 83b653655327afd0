import { AwsError } from '../../../aws/errors.ts'

/** A refusal for which the caller is to blame, as nearly all of Lambda's are: they say so in `Type`. */
export function refusal(code: string, message: string): AwsError {
  return new AwsError(code, message, 0, { Type: 'User' })
}

export const invalidParameter = (message: string) => refusal('InvalidParameterValueException', message)

export const notFound = (message: string) => refusal('ResourceNotFoundException', message)

/** How the listings page. */
export const paging = ({ Marker: token, MaxItems = MOST_ITEMS, ...of }: Paged) => ({
  token,
  size: Math.min(MaxItems, MOST_ITEMS),
  of,
  refusal: () => invalidParameter('The provided marker is invalid.'),
})
const MOST_ITEMS = 50
type Paged = { Marker?: string | undefined; MaxItems?: number | undefined }

/** The caller's RevisionId is not the resource's. */
export const staleRevision = () =>
  refusal(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  )

/** One failed constraint, in the words of AWS's own validation, where no model states it. */
export function constraintError(value: string, member: string, constraint: string): AwsError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`
  return new AwsError('ValidationException', message)
}
