import { GLOBAL_REGION, type ObjectAddress, type Place, UNCLAIMED } from '../place.ts'

/**
 * The object that serves an operation: the bucket's own, whose name is global in its namespace, or the account's index
 * of buckets.
 */
export function home(_operation: string, input: Record<string, unknown>, place: Place): ObjectAddress {
  const { Bucket } = input
  if (typeof Bucket !== 'string') return { place: { ...place, region: GLOBAL_REGION }, service: 's3' }
  return { place: { ...place, account: UNCLAIMED, region: UNCLAIMED }, service: 's3', resource: Bucket }
}
