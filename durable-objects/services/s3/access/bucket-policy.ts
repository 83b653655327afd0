import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { publicAccessBlockOf } from './acl.ts'
import { bucketRow, findBucket } from '../buckets/bucket.ts'
import { missingBody, notConfigured } from '../configurations/configuration-handlers.ts'
import { configurationOf, putConfiguration, removeConfiguration } from '../configurations/configuration.ts'
import { checkPolicy } from './policy-grammar.ts'
import { isPublicPolicy } from './policy-status.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export function PutBucketPolicy(ctx: Tx, input: In<'PutBucketPolicy'>): void {
  const bucket = findBucket(ctx)
  if (!input.Policy) throw missingBody()
  const policy = checkPolicy(input.Policy, bucket.name)
  if (publicAccessBlockOf(ctx)?.BlockPublicPolicy && isPublicPolicy(policy)) {
    throw new AwsError('AccessDenied', 'Access Denied', 403)
  }
  putConfiguration(ctx, { kind: 'policy' }, input.Policy)
}

/** The policy's text, as it was put. */
export function policyOf(ctx: Ctx): string | undefined {
  return configurationOf<string>(ctx, 'policy')
}

function findPolicy(ctx: Ctx): string {
  const bucket = findBucket(ctx)
  const policy = policyOf(ctx)
  if (policy !== undefined) return policy
  throw notConfigured({ code: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' }, bucket.name)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export function GetBucketPolicy(ctx: Ctx, _input: In<'GetBucketPolicy'>): Out<'GetBucketPolicy'> {
  return { Policy: findPolicy(ctx) }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
export function DeleteBucketPolicy(ctx: Tx, _input: In<'DeleteBucketPolicy'>): void {
  findBucket(ctx)
  removeConfiguration(ctx, 'policy')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export function GetBucketPolicyStatus(ctx: Ctx, _input: In<'GetBucketPolicyStatus'>): Out<'GetBucketPolicyStatus'> {
  const policy = checkPolicy(findPolicy(ctx), ctx.resource ?? '')
  return { PolicyStatus: { IsPublic: isPublicPolicy(policy) } }
}

/** What IAM's enforcement asks of a bucket, where there is one. */
export function policyForCredentials(ctx: Ctx): string | undefined {
  const row = ctx.resource === undefined ? undefined : bucketRow(ctx)
  return row?.state === 'ready' ? policyOf(ctx) : undefined
}
