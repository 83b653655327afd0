import type { In, NotificationConfiguration } from '../../../../aws/models/s3.types.ts'
import { queueUrlOfArn } from '../../../shared/queue-urls.ts'
import { hostId } from '../../../../aws/wire/encode.ts'
import type { Caller, Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import { type Bucket, bucketArn, findBucket } from '../buckets/bucket.ts'
import { missingBody } from '../configurations/configuration-handlers.ts'
import { configurationOf, putConfiguration, removeConfiguration } from '../configurations/configuration.ts'
import { testMessage } from './notification-record.ts'
import { checkNotifications, settledNotifications } from './notification-rules.ts'
import { listenersOf } from './notifications.ts'

/**
 * The destinations must be there and let the bucket in; queues and topics get a test event.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export async function PutBucketNotificationConfiguration(
  ctx: Ctx,
  input: In<'PutBucketNotificationConfiguration'>,
): Promise<void> {
  const bucket = findBucket(ctx)
  if (!input.NotificationConfiguration) throw missingBody()
  checkNotifications(input.NotificationConfiguration, bucket.region)
  const document = settledNotifications(input.NotificationConfiguration)
  const arns = [...new Set(listenersOf(document).map(({ arn }) => arn))]
  if (!input.SkipDestinationValidation) await checkDestinations(ctx, bucket, arns)
  return ctx.change(tx => {
    findBucket(tx)
    if (Object.keys(document).length === 0) removeConfiguration(tx, 'notification')
    else putConfiguration(tx, { kind: 'notification' }, document)
    if (!input.SkipDestinationValidation) for (const arn of arns) sendTest(tx, bucket, arn)
  })
}

function sendTest(ctx: Tx, bucket: Bucket, arn: string): void {
  const service = parseArn(arn)?.service
  if (service !== 'sqs' && service !== 'sns') return
  const { requestId } = ctx
  ctx.deliver({
    to: arn,
    from: bucketArn(bucket.name),
    principal: 's3.amazonaws.com',
    payload: testMessage(bucket.name, { at: ctx.now, requestId, hostId: hostId(requestId) }),
    event: 's3:TestEvent',
    ...(service === 'sns' && { input: { Subject: 'Amazon S3 Notification' } }),
  })
}

async function checkDestinations(ctx: Ctx, bucket: Bucket, arns: readonly string[]): Promise<void> {
  const found = await Promise.all(arns.map(async arn => ({ arn, wrong: await wrongWith(ctx, bucket, arn) })))
  const wrong = found.filter(each => each.wrong !== undefined)
  if (wrong.length === 0) return
  const fields = wrong.flatMap((each, at) => [
    [`ArgumentName${at + 1}`, `${each.arn}, null`],
    [`ArgumentValue${at + 1}`, each.wrong],
  ])
  const message = 'Unable to validate the following destination configurations'
  throw new AwsError('InvalidArgument', message, 400, Object.fromEntries(fields))
}

/** Why a destination cannot take the bucket's events; undefined when it can. */
async function wrongWith(ctx: Ctx, bucket: Bucket, arn: string): Promise<string | undefined> {
  switch (parseArn(arn)?.service) {
    case 'sqs':
      return wrongWithQueue(ctx, bucket, arn)
    case 'sns':
      return wrongWithTopic(ctx, bucket, arn)
    case 'lambda':
      return wrongWithFunction(ctx, bucket, arn)
    default:
      return undefined
  }
}

async function wrongWithQueue(ctx: Ctx, bucket: Bucket, arn: string): Promise<string | undefined> {
  const { account = '', region = '', resource = '' } = parseArn(arn) ?? {}
  if (resource.endsWith('.fifo')) return 'FIFO SQS queues are not supported.'
  const asked = { QueueUrl: queueUrlOfArn(arn), AttributeNames: ['Policy'] }
  const queue = { place: { account, region }, caller: { accountId: account } }
  const answer = await unlessRefused(ctx.call('sqs', 'GetQueueAttributes', asked, queue))
  if (!answer) return 'The destination queue does not exist'
  return isOpen(bucket, { policy: answer.Attributes?.Policy, action: 'sqs:SendMessage', arn })
    ? undefined
    : 'Permissions on the destination queue do not allow S3 to publish notifications from this bucket'
}

async function wrongWithTopic(ctx: Ctx, bucket: Bucket, arn: string): Promise<string | undefined> {
  const { account = '', region = '', resource = '' } = parseArn(arn) ?? {}
  if (resource.endsWith('.fifo')) return 'FIFO SNS topics are not supported.'
  const topic = { place: { account, region }, caller: { accountId: account } }
  const answer = await unlessRefused(ctx.call('sns', 'GetTopicAttributes', { TopicArn: arn }, topic))
  if (!answer) return 'The destination topic does not exist'
  return isOpen(bucket, { policy: answer.Attributes?.Policy, action: 'sns:Publish', arn })
    ? undefined
    : 'Permissions on the destination topic do not allow S3 to publish notifications from this bucket'
}

type Asked = { policy: string | undefined; action: string; arn: string }

/** Whether a destination's policy lets the bucket in. */
function isOpen(bucket: Bucket, { policy = '', action, arn }: Asked): boolean {
  const decision = evaluateResourcePolicy(policy || null, {
    action,
    resource: arn,
    principal: { service: 's3.amazonaws.com' },
    context: { 'aws:SourceArn': bucketArn(bucket.name), 'aws:SourceAccount': bucket.owner },
  })
  return decision === 'allow'
}

/** A dry run asks both whether the function is there and whether its policy lets the bucket in. */
async function wrongWithFunction(ctx: Ctx, bucket: Bucket, arn: string): Promise<string | undefined> {
  const { account = '', region = '' } = parseArn(arn) ?? {}
  const caller: Caller = {
    accountId: bucket.owner,
    service: 's3.amazonaws.com',
    sourceArn: bucketArn(bucket.name),
  }
  const asked = { FunctionName: arn, InvocationType: 'DryRun' }
  try {
    await ctx.call('lambda', 'Invoke', asked, { place: { account, region }, caller })
    return undefined
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error
    if (error.code === 'ResourceNotFoundException') return 'The destination Lambda does not exist'
    return `Not authorized to invoke function [${arn}]`
  }
}

/** An answer, or undefined for a refusal that is not a failure. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AwsError && error.status < 500) return undefined
    throw error
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export function GetBucketNotificationConfiguration(ctx: Ctx): NotificationConfiguration {
  findBucket(ctx)
  return configurationOf<NotificationConfiguration>(ctx, 'notification') ?? {}
}
