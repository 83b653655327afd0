import type { In, Out, PublicAccessBlockConfiguration } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import {
  type Acl,
  aclOfDocument,
  cannedAcl,
  type GrantHeaders,
  grantsOfHeaders,
  grantsOthers,
  hasGrantHeaders,
  isPublicAcl,
} from './acl-grants.ts'
import { findBucket } from '../buckets/bucket.ts'
import { canonicalUserOf } from '../buckets/bucket-owner.ts'
import { invalidRequest } from '../configurations/configuration-handlers.ts'
import { configurationOf, putConfiguration } from '../configurations/configuration.ts'
import { aclWithOwnership, type ObjectOwnership, ownershipOf } from './ownership.ts'

/**
 * The ACL that a request's headers ask for, canned or by grants; undefined when they ask for none.
 * @param owners accounts: the resource's owner, and its bucket's
 */
export function aclOfHeaders(
  input: GrantHeaders & { ACL?: string | undefined },
  owners: { owner: string; bucketOwner: string },
): Acl | undefined {
  if (input.ACL !== undefined) {
    if (hasGrantHeaders(input)) {
      throw invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed')
    }
    return cannedAcl(input.ACL, owners)
  }
  if (!hasGrantHeaders(input)) return undefined
  return { Owner: { ID: canonicalUserOf(owners.owner) }, Grants: grantsOfHeaders(input) }
}

/** The ACL of a bucket to be, against what every new bucket blocks. */
export function aclOfNewBucket(
  input: In<'CreateBucket'>,
  { owner, ownership }: { owner: string; ownership: ObjectOwnership },
): Acl {
  const acl = aclOfHeaders(input, { owner, bucketOwner: owner })
  if (!acl) return cannedAcl('private', { owner, bucketOwner: owner })
  if (ownership === 'BucketOwnerEnforced' && grantsOthers(acl, owner)) throw aclWithOwnership()
  if (isPublicAcl(acl)) {
    const message = 'Bucket cannot have public ACLs set with BlockPublicAccess enabled'
    throw new AwsError('InvalidBucketAclWithBlockPublicAccessError', message, 400)
  }
  return acl
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
export function PutBucketAcl(ctx: Tx, input: In<'PutBucketAcl'>): void {
  const { owner } = findBucket(ctx)
  const acl = requestedAcl(input, owner)
  checkAclAllowed(ctx, acl)
  putConfiguration(ctx, { kind: 'acl' }, acl)
}

function requestedAcl(input: In<'PutBucketAcl'>, owner: string): Acl {
  const { AccessControlPolicy } = input
  const inHeaders = aclOfHeaders(input, { owner, bucketOwner: owner })
  if (inHeaders && AccessControlPolicy) {
    throw new AwsError('UnexpectedContent', 'This request does not support content', 400)
  }
  if (inHeaders) return inHeaders
  if (AccessControlPolicy) return aclOfDocument(AccessControlPolicy, owner)
  const fields = { MissingHeaderName: 'x-amz-acl' }
  throw new AwsError('MissingSecurityHeader', 'Your request was missing a required header', 400, fields)
}

/**
 * Refuses an ACL where the bucket has none, or blocks public ones. An object's request may still say that the bucket's
 * owner has full control, which holds anyway.
 */
export function checkAclAllowed(ctx: Ctx, acl: Acl): void {
  if (ownershipOf(ctx) === 'BucketOwnerEnforced') {
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400)
  }
  if (isPublicAcl(acl) && publicAccessBlockOf(ctx)?.BlockPublicAcls) {
    throw new AwsError('AccessDenied', 'Access Denied', 403)
  }
}

export function publicAccessBlockOf(ctx: Ctx): PublicAccessBlockConfiguration | undefined {
  return configurationOf<PublicAccessBlockConfiguration>(ctx, 'public-access-block')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export function GetBucketAcl(ctx: Ctx, _input: In<'GetBucketAcl'>): Out<'GetBucketAcl'> {
  const { owner } = findBucket(ctx)
  return configurationOf<Acl>(ctx, 'acl') ?? cannedAcl('private', { owner, bucketOwner: owner })
}
