import { AwsError } from '../../../aws/errors.ts'

export const invalidValue = (message: string) => new AwsError('InvalidParameterValueException', message)
export const invalidCombination = (message: string) => new AwsError('InvalidParameterCombinationException', message)
export const missingParameter = (message: string) => new AwsError('MissingRequiredParameterException', message)
export const validationError = (message: string) => new AwsError('ValidationError', message)
export const invalidToken = () => new AwsError('InvalidNextToken', 'Request token is invalid')

/** How the listings page. */
export const paging = ({ NextToken: token, MaxRecords, MaxResults, ...of }: Paged) => ({
  token,
  size: MaxRecords ?? MaxResults ?? 100,
  of,
  refusal: invalidToken,
})
type Paged = { NextToken?: string | undefined; MaxRecords?: number | undefined; MaxResults?: number | undefined }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html */
export const QUERY_CODES: Record<string, string> = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
}
