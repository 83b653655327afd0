import { type Event, PutBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3'
import type { TestClients } from './clients.ts'
import { makeQueue } from './sqs.ts'

export type S3Record = {
  eventName: string
  eventVersion: string
  s3: { object: Record<string, unknown> }
  glacierEventData?: unknown
}

/** Lets a queue hear what happens in a bucket. @returns what it heard since the last time, oldest first */
export async function listen(
  { aws, s3 }: { aws: TestClients; s3: S3Client },
  Bucket: string,
  ...Events: Event[]
): Promise<() => Promise<S3Record[]>> {
  const QueueArn = `arn:aws:sqs:us-east-1:123456789012:${Bucket}-events`
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: QueueArn }
  const queue = await makeQueue(aws, `${Bucket}-events`, {
    Policy: JSON.stringify({ Version: '2012-10-17', Statement }),
  })
  const NotificationConfiguration = { QueueConfigurations: [{ QueueArn, Events }] }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
  return async () => {
    await aws.admin('POST', '/_fakecloud/settle')
    const bodies: string[] = []
    for (let batch = await queue.bodies(); batch.length > 0; batch = await queue.bodies()) {
      bodies.push(...batch.map(body => body ?? ''))
    }
    return bodies.flatMap(body => (JSON.parse(body) as { Records?: S3Record[] }).Records ?? [])
  }
}
