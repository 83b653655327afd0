import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { aclOfHeaders, checkAclAllowed } from './acl.ts'
import { type Acl, aclOfDocument, cannedAcl } from './acl-grants.ts'
import { canonicalUserOf } from '../buckets/bucket-owner.ts'
import { notify } from '../notifications/notifications.ts'
import { findObject, type Found } from '../objects/object-finding.ts'
import { shownVersion } from '../objects/object-rows.ts'
import { updateFacts } from '../objects/object-writing.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
export function PutObjectAcl(ctx: Tx, input: In<'PutObjectAcl'>): Out<'PutObjectAcl'> {
  const found = findObject(ctx, input, 'PUT')
  const acl = requestedAcl(input, found)
  checkAclAllowed(ctx, acl)
  const { bucket, row, facts } = found
  updateFacts(ctx, row, { ...facts, grants: acl.Grants })
  const versionId = shownVersion(bucket, row)
  notify(ctx, { name: 's3:ObjectAcl:Put', key: row.key, size: row.size, eTag: row.etag, versionId })
  return {}
}

function requestedAcl(input: In<'PutObjectAcl'>, { bucket, row }: Found): Acl {
  const { AccessControlPolicy } = input
  const inHeaders = aclOfHeaders(input, { owner: row.owner, bucketOwner: bucket.owner })
  if (inHeaders && AccessControlPolicy) {
    throw new AwsError('UnexpectedContent', 'This request does not support content', 400)
  }
  if (inHeaders) return inHeaders
  if (AccessControlPolicy) return aclOfDocument(AccessControlPolicy, row.owner)
  const fields = { MissingHeaderName: 'x-amz-acl' }
  throw new AwsError('MissingSecurityHeader', 'Your request was missing a required header', 400, fields)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export function GetObjectAcl(ctx: Ctx, input: In<'GetObjectAcl'>): Out<'GetObjectAcl'> {
  const { bucket, row, facts } = findObject(ctx, input, 'GET')
  if (facts.grants) return { Owner: { ID: canonicalUserOf(row.owner) }, Grants: facts.grants }
  return cannedAcl('private', { owner: row.owner, bucketOwner: bucket.owner })
}
