import { AwsError } from '../../../../aws/errors.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function invalidArgument(message: string, name?: string, value?: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName: name, ArgumentValue: value })
}

export function invalidRequest(message: string): AwsError {
  return new AwsError('InvalidRequest', message, 400)
}

export function accessDenied(message = 'Access Denied'): AwsError {
  return new AwsError('AccessDenied', message, 403)
}

export function noSuchKey(Key: string, headers: Record<string, string> = {}): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key, ...headers })
}

export function noSuchVersion(Key: string, VersionId: string): AwsError {
  return new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, { Key, VersionId })
}

/** What a delete marker refuses when it is asked for by its id. */
export function isDeleteMarker(Method: string, headers: Record<string, string>): AwsError {
  const fields = { Method, ResourceType: 'DeleteMarker', allow: 'DELETE', 'x-amz-delete-marker': 'true', ...headers }
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, fields)
}

export function preconditionFailed(Condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold'
  return new AwsError('PreconditionFailed', message, 412, { Condition })
}

export function notImplementedHeader(Header: string): AwsError {
  const message = 'A header you provided implies functionality that is not implemented'
  return new AwsError('NotImplemented', message, 501, { Header })
}

export function malformedXml(): AwsError {
  const message = 'The XML you provided was not well-formed or did not validate against our published schema'
  return new AwsError('MalformedXML', message, 400)
}

export function entityTooLarge(size: number, most = MAX_UPLOAD_BYTES): AwsError {
  const message = 'Your proposed upload exceeds the maximum allowed size'
  return new AwsError('EntityTooLarge', message, 400, { ProposedSize: size, MaxSizeAllowed: most })
}

export function entityTooSmall(size: number, least: number, fields: Record<string, unknown> = {}): AwsError {
  const message = 'Your proposed upload is smaller than the minimum allowed size'
  return new AwsError('EntityTooSmall', message, 400, { ProposedSize: size, MinSizeAllowed: least, ...fields })
}

/** The most that one request may upload: 5 GiB. */
export const MAX_UPLOAD_BYTES = 5_368_709_120
