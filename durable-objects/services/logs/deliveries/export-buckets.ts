import type { Caller, Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import type { ExportSettings } from './export-tasks.ts'
import { groupArn } from '../groups/find-group.ts'
import { invalidParameter } from '../refusals.ts'

const PRINCIPAL = 'logs.amazonaws.com'

const exporter = (ctx: Ctx): Caller => ({ accountId: ctx.place.account, service: PRINCIPAL })

/** The bucket must be there and let CloudWatch Logs look and write. An object is left behind by the trial, as AWS does. */
export async function checkBucket(ctx: Ctx, settings: ExportSettings): Promise<void> {
  const { destination: Bucket, destinationPrefix, logGroupName } = settings
  const document = await bucketPolicy(ctx, Bucket)
  const key = `${destinationPrefix}/aws-logs-write-test`
  const bucketArn = `arn:aws:s3:::${Bucket}`
  const asked = [
    ['GetBucketAcl', bucketArn],
    ['PutObject', `${bucketArn}/${key}`],
  ] as const
  for (const [operation, resource] of asked) {
    const decision = evaluateResourcePolicy(document, {
      action: `s3:${operation}`,
      resource,
      principal: { service: PRINCIPAL },
      context: {
        'aws:SourceArn': `${groupArn(ctx, logGroupName)}:*`,
        'aws:SourceAccount': ctx.place.account,
        's3:x-amz-acl': 'bucket-owner-full-control',
      },
    })
    if (decision === 'allow') continue
    const advice = 'Please check if CloudWatch Logs has been granted permission to perform this operation.'
    throw invalidParameter(`${operation} call on the given bucket failed. ${advice}`)
  }
  await putObject(ctx, { Bucket, Key: key, Body: new TextEncoder().encode('Permission Check Successful') })
}

async function bucketPolicy(ctx: Ctx, Bucket: string): Promise<string | null> {
  try {
    return (await ctx.call('s3', 'GetBucketPolicy', { Bucket }, { caller: exporter(ctx) })).Policy ?? null
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error
    if (error.code === 'NoSuchBucketPolicy') return null
    throw invalidParameter('The given bucket does not exist. Please provide a valid bucket name.')
  }
}

export async function putObject(ctx: Ctx, object: { Bucket: string; Key: string; Body: Uint8Array }): Promise<void> {
  // Bytes are as good as the stream that a request would bring.
  await ctx.call('s3', 'PutObject', { ...object, ACL: 'bucket-owner-full-control' }, { caller: exporter(ctx) })
}
