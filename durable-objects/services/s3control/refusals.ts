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
