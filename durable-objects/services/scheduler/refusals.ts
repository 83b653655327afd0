import { AwsError } from '../../../aws/errors.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)
export const noGroup = (name: string) =>
  new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`)
export const noSchedule = (name: string) =>
  new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`)

/** How the listings page. */
export const paging = ({ NextToken: token, MaxResults: size = 100, ...of }: Paged) => ({
  token,
  size,
  of,
  refusal: () => invalid('Invalid NextToken.'),
})
type Paged = { NextToken?: string | undefined; MaxResults?: number | undefined }

export const conflict = (message: string) => new AwsError('ConflictException', message)
export const quotaExceeded = (message: string) => new AwsError('ServiceQuotaExceededException', message)
