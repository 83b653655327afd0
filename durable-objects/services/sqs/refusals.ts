import { AwsError } from '../../../aws/errors.ts'

/** Errors that SQS has and its model lacks: what JSON calls them, and what Query and the entries of a batch do. */
export const QUERY_CODES: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  IncompleteSignatureException: 'IncompleteSignature',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
}

/** Where JSON finds those: not in SQS's own namespace. */
export const ERROR_NAMESPACES: Record<string, string> = {
  AccessDeniedException: 'com.amazon.coral.service',
  ExpiredTokenException: 'com.amazon.coral.service',
  IncompleteSignatureException: 'com.amazon.coral.service',
  InvalidSignatureException: 'com.amazon.coral.service',
  MissingAuthenticationTokenException: 'com.amazon.coral.service',
  UnrecognizedClientException: 'com.amazon.coral.service',
  InvalidParameterValueException: 'com.amazon.coral.service',
  MissingRequiredParameterException: 'com.amazon.coral.service',
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message)
}

/** @param reason without its full stop */
export function invalidValue(parameter: string, value: unknown, reason: string): AwsError {
  return invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}.`)
}

export function missingParameter(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`)
}

export function unknownAttribute(name: string): AwsError {
  return new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`)
}

/** @param reason without its full stop */
export function invalidAttribute(name: string, reason?: string): AwsError {
  const why = reason === undefined ? '' : ` Reason: ${reason}.`
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${why}`)
}

export function queueDoesNotExist(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')
}

export function resourceNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message)
}

export function invalidReceiptHandle(handle: string): AwsError {
  return new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
}

/** Refuses a request that lacks one of its required parameters. */
export function requireParameters(input: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (input as Record<string, unknown>)[name] // any input is a record of its members
    if (value === undefined || value === null || value === '') throw missingParameter(name)
  }
}
