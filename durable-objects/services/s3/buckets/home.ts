import { parseArn } from '../../../../aws/arn.ts'
import { placeOfToken } from '../../../shared/output-tokens.ts'
import { GLOBAL_REGION, type ObjectAddress, type Place, UNCLAIMED } from '../../../../aws/place.ts'

/**
 * The object that serves an operation: the bucket's own, whose name is global in its namespace, or the account's index
 * of buckets.
 */
export function home(operation: string, input: Record<string, unknown>, place: Place): ObjectAddress {
  const { Bucket } = input
  const elsewhere = operation === 'WriteGetObjectResponse' ? waitingPlace(input) : objectLambdaPlace(Bucket)
  if (elsewhere) return { place: { ...place, ...elsewhere }, service: 's3control' }
  if (typeof Bucket !== 'string') return { place: { ...place, region: GLOBAL_REGION }, service: 's3' }
  return { place: { ...place, account: UNCLAIMED, region: UNCLAIMED }, service: 's3', resource: Bucket }
}

type Where = Pick<Place, 'account' | 'region'>

/** Object Lambda access points answer for themselves. */
function objectLambdaPlace(bucket: unknown): Where | undefined {
  const arn = typeof bucket === 'string' && bucket.startsWith('arn:') ? parseArn(bucket) : undefined
  return arn?.service === 's3-object-lambda' ? { account: arn.account, region: arn.region } : undefined
}

/** A function's answer goes to where its caller waits. */
function waitingPlace({ RequestToken }: Record<string, unknown>): Where | undefined {
  const found = typeof RequestToken === 'string' ? placeOfToken(RequestToken) : undefined
  return found && { account: found.account, region: found.region }
}
