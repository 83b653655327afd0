import type { ObjectAddress, Place } from '../../../aws/place.ts'
import { parseArn } from '../../../aws/arn.ts'

/** Members of an input that name a topic or what is of one. */
const ARNS = ['TopicArn', 'TargetArn', 'SubscriptionArn', 'ResourceArn', 'PlatformApplicationArn', 'EndpointArn']

/** The object of the account and region that the input's ARN names, else of the caller's. */
export function home(_operation: string, input: Record<string, unknown>, place: Place): ObjectAddress {
  const stated = ARNS.map(name => input[name]).find(value => typeof value === 'string')
  const arn = typeof stated === 'string' ? parseArn(stated) : undefined
  const valid = arn?.service === 'sns' && /^\d{12}$/.test(arn.account) && /^[a-z0-9-]{1,32}$/.test(arn.region)
  const named = valid && arn ? { account: arn.account, region: arn.region } : {}
  return { place: { ...place, ...named }, service: 'sns' }
}
