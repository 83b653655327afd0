import type { Ctx } from '../../../kernel/object/operation.ts'
import type { ContextValues } from '../../../shared/policy-statement.ts'
import { type Input, present, tagsIn, textOf } from '../../../shared/policy-access.ts'

/**
 * S3's own condition keys.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
export function s3Keys(ctx: Ctx, input: Input): ContextValues {
  const { CreateBucketConfiguration } = input
  const location = (CreateBucketConfiguration as { LocationConstraint?: unknown } | undefined)?.LocationConstraint
  return present({
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': input.MaxKeys,
    's3:VersionId': input.VersionId,
    's3:LocationConstraint': location,
    's3:x-amz-acl': input.ACL,
    's3:x-amz-copy-source': input.CopySource,
    's3:x-amz-metadata-directive': input.MetadataDirective,
    's3:x-amz-storage-class': input.StorageClass,
    's3:x-amz-server-side-encryption': input.ServerSideEncryption,
    's3:x-amz-server-side-encryption-aws-kms-key-id': input.SSEKMSKeyId,
    's3:x-amz-server-side-encryption-customer-algorithm': input.SSECustomerAlgorithm,
    's3:x-amz-website-redirect-location': input.WebsiteRedirectLocation,
    's3:x-amz-object-ownership': input.ObjectOwnership,
    's3:x-amz-grant-full-control': input.GrantFullControl,
    's3:x-amz-grant-read': input.GrantRead,
    's3:x-amz-grant-read-acp': input.GrantReadACP,
    's3:x-amz-grant-write': input.GrantWrite,
    's3:x-amz-grant-write-acp': input.GrantWriteACP,
    's3:object-lock-mode': input.ObjectLockMode,
    's3:object-lock-legal-hold': input.ObjectLockLegalHoldStatus,
    's3:if-none-match': input.IfNoneMatch,
    's3:if-match': input.IfMatch,
    's3:ResourceAccount': ctx.place.account,
    ...objectTags(ctx, input),
  })
}

/** Tags that an object is being given: those of a bucket are for aws:RequestTag. */
function objectTags({ operation }: Ctx, input: Input): Record<string, unknown> {
  const tags = /Object|Upload/.test(operation) ? tagsIn(input) : undefined
  if (!tags) return {}
  const each = Object.entries(tags).map(([key, value]) => [`s3:RequestObjectTag/${key}`, textOf(value)])
  return { 's3:RequestObjectTagKeys': Object.keys(tags), ...Object.fromEntries(each) }
}
