import type { Ctx } from '../../kernel/object/operation.ts'
import { accessPointArn, objectLambdaArn } from './names.ts'
import { placeOfToken } from '../../shared/output-tokens.ts'
import { type Access, type Input, textOf } from '../../shared/policy-access.ts'

/** Reads through Object Lambda, which are S3's own operations, by the action that they ask for. */
const READS: Readonly<Record<string, string>> = {
  GetObject: 'GetObject',
  HeadObject: 'GetObject',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3objectlambda.html and, for the access
 * points themselves, list_amazons3.html
 */
export function s3controlAccess(ctx: Ctx, input: Input): Access[] {
  const { operation, place } = ctx
  if (operation === 'WriteGetObjectResponse') {
    const at = placeOfToken(textOf(input.RequestToken))
    const resource = at ? objectLambdaArn(at, at.point) : '*'
    return [{ action: 's3-object-lambda:WriteGetObjectResponse', resource }]
  }
  const read = READS[operation]
  if (read) return [{ action: `s3-object-lambda:${read}`, resource: textOf(input.Bucket) }]
  const name = textOf(input.Name)
  if (!/AccessPoint/.test(operation) || name === '' || name.startsWith('arn:')) {
    return [{ action: `s3:${operation}`, resource: name || '*' }]
  }
  const pointArn = operation.endsWith('ForObjectLambda') ? objectLambdaArn : accessPointArn
  return [{ action: `s3:${operation}`, resource: pointArn(place, name) }]
}
