import { AwsError } from '../../../aws/errors.ts'

/** @param what `TopicArn`, or `Attributes Reason: …` */
export const invalidParameter = (what: string) =>
  new AwsError('InvalidParameterException', `Invalid parameter: ${what}`)

/** How the listings page. */
export const paging = ({ NextToken: token, ...of }: { NextToken?: string | undefined }) => ({
  token,
  size: 100,
  of,
  refusal: () => invalidParameter('NextToken'),
})

/** Of message attributes, which have a code of their own. */
export const invalidValue = (message: string) => new AwsError('InvalidParameterValueException', message)

export const noTopic = () => new AwsError('NotFoundException', 'Topic does not exist')

export const noSubscription = () => new AwsError('NotFoundException', 'Subscription does not exist')
