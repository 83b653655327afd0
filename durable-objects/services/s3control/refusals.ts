import { AwsError } from '../../../aws/errors.ts'

export const noSuchAccessPoint = () =>
  new AwsError('NoSuchAccessPoint', 'The specified accesspoint does not exist', 404)
export const noSuchPolicy = () =>
  new AwsError('NoSuchAccessPointPolicy', 'The specified accesspoint policy does not exist', 404)
export const invalidRequest = (message: string) => new AwsError('InvalidRequest', message, 400)
export const accessDenied = () => new AwsError('AccessDenied', 'Access Denied', 403)
export const alreadyOwned = () =>
  new AwsError(
    'AccessPointAlreadyOwnedByYou',
    'Your previous request to create the named accesspoint succeeded and you already own it.',
    409,
  )
export const invalidToken = () =>
  new AwsError('InvalidToken', 'The provided token is malformed or otherwise invalid.', 400)

/** How the listings page. */
export const paging = ({ NextToken: token, MaxResults, ...of }: Paged) => ({
  token,
  size: Math.min(MaxResults || MOST_LISTED, MOST_LISTED),
  of,
  refusal: () => invalidRequest('The continuation token provided is incorrect'),
})
const MOST_LISTED = 1000
type Paged = { NextToken?: string | undefined; MaxResults?: number | undefined }
