import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect } from 'vitest'
import type { TestClients } from './clients.ts'
import type { Key, Reply } from './signing.ts'

/** Stands in all that a victim has and nobody else may read. */
export const SECRET = 'nobody-else-may-read-this'
export const ACCOUNT = '123456789012'
export const ARN = `arn:aws:sqs:us-east-1:${ACCOUNT}:kept`
/** What a request names that breaks out to do something, rather than to read. */
export const BROKEN = 'broken-out'

/** How many objects it has is left out: a refused request may wake one that holds nothing. */
type Told = { createdAt: number; expiresAt: number | null; settings: unknown }

/** A namespace with a queue, a bucket, a topic and a user, which nobody but itself may change or read. */
export type Victim = {
  namespace: string
  url: string
  /** All that is to be seen of it, by its own key. */
  digest(): Promise<string>
}

type Home = Pick<TestClients, 'namespace' | 'url' | 'client'> & { describe(): Promise<Told> }

export async function victimOf(home: Home): Promise<Victim> {
  const { client } = home
  const [sqs, s3, iam] = [client(SQSClient), client(S3Client), client(IAMClient)]
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'kept' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: SECRET }))
  await sqs.send(new CreateQueueCommand({ QueueName: SECRET }))
  await s3.send(new CreateBucketCommand({ Bucket: 'vault' }))
  await s3.send(new PutObjectCommand({ Bucket: 'vault', Key: 'kept', Body: SECRET }))
  await client(SNSClient).send(new CreateTopicCommand({ Name: SECRET }))
  await iam.send(new CreateUserCommand({ UserName: SECRET }))
  const digest = async () => {
    const [queues, attributes, buckets, keys, object, users, topics, functions] = await Promise.all([
      sqs.send(new ListQueuesCommand({})),
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
      s3.send(new ListBucketsCommand({})),
      s3.send(new ListObjectsV2Command({ Bucket: 'vault' })),
      s3.send(new GetObjectCommand({ Bucket: 'vault', Key: 'kept' })).then(got => got.Body?.transformToString()),
      iam.send(new ListUsersCommand({})),
      client(SNSClient).send(new ListTopicsCommand({})),
      client(LambdaClient).send(new ListFunctionsCommand({})),
    ])
    const lists = [queues, attributes, buckets, keys, users, topics, functions].map(list => ({
      ...list,
      $metadata: undefined,
    }))
    const { createdAt, expiresAt, settings } = await home.describe()
    return JSON.stringify([lists, object, { createdAt, expiresAt, settings }], null, 1)
  }
  // What looking at it makes is there from then on.
  await digest()
  return { namespace: home.namespace, url: home.url, digest }
}

/** An answer as attempts are judged by it: of a client's request, of an SDK's call, of what a function says it got. */
export type Answer = { status: number; body: string }

/** A refusal in any form, and nothing that is the victim's. */
export function expectRefused(answer: Answer, shown: unknown = ''): void {
  const seen = `${JSON.stringify(shown)} ${answer.status} ${answer.body.slice(0, 500)}`
  expect(answer.status, seen).toBeGreaterThanOrEqual(300)
  expectHarmless(answer, shown)
}

/** It may have been answered where its sender is at home, or where nobody is. */
export function expectHarmless({ status, body }: Answer, shown: unknown = ''): void {
  const seen = `${JSON.stringify(shown)} ${status} ${body.slice(0, 500)}`
  // 501 says that there is no such operation.
  expect(status < 500 || status === 501, seen).toBe(true)
  expect(body, seen).not.toContain(SECRET)
}

/** What became of an SDK's call. */
export async function outcome(call: Promise<{ $metadata: { httpStatusCode?: number } }>): Promise<Answer> {
  try {
    const answer = await call
    return { status: answer.$metadata.httpStatusCode ?? 0, body: JSON.stringify(answer) }
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
    return { status: $metadata?.httpStatusCode ?? 0, body: `${name}: ${message}` }
  }
}

export const answerOf = ({ status, body }: Reply): Answer => ({ status, body })

export const bearer = ({ accessKeyId, secretAccessKey }: Key) => ({
  authorization: `Bearer ${accessKeyId}:${secretAccessKey}`,
})

/** Every endpoint of ours by its method, as somebody would ask it of a namespace that is not theirs. */
export const ADMIN: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['POST', '/_reset'],
  ['POST', '/_fakecloud/reset/sqs'],
  ['POST', `/_fakecloud/reset/s3/${ACCOUNT}`],
  ['POST', '/_fakecloud/settle'],
  ['GET', '/_fakecloud/clock'],
  ['POST', '/_fakecloud/clock/freeze'],
  ['POST', '/_fakecloud/clock/advance', { seconds: 3600 }],
  ['POST', '/_fakecloud/clock/resume'],
  ['GET', '/_fakecloud/journal'],
  ['GET', '/_fakecloud/journal/why'],
  ['GET', '/_fakecloud/journal/traces/1-00000000-000000000000000000000000'],
  ['GET', '/_fakecloud/iam/explain'],
  ['POST', '/_fakecloud/iam/explain', {}],
  ['POST', '/_fakecloud/iam/create-admin', { accountId: ACCOUNT, userName: BROKEN }],
  ['GET', '/_fakecloud/credentials'],
  ['GET', '/_fakecloud/sqs/messages'],
  ['POST', '/_fakecloud/sqs/kept/force-dlq'],
  ['POST', '/_fakecloud/sqs/expiration-processor/tick'],
  ['GET', '/_fakecloud/sns/messages'],
  ['GET', '/_fakecloud/sns/sms'],
  ['GET', '/_fakecloud/sns/pending-confirmations'],
  ['POST', '/_fakecloud/sns/opt-out', { phoneNumber: '+15550100' }],
  ['POST', '/_fakecloud/sns/confirm-subscription', { subscriptionArn: ARN }],
  ['GET', '/_fakecloud/s3/notifications'],
  ['GET', '/_fakecloud/s3/access-points'],
  ['GET', '/_fakecloud/s3/object-lambda-responses'],
  ['POST', '/_fakecloud/s3/lifecycle-processor/tick'],
  ['GET', '/_fakecloud/lambda/invocations'],
  ['GET', '/_fakecloud/lambda/warm-containers'],
  ['POST', '/_fakecloud/lambda/kept/evict-container'],
  ['GET', `/_fakecloud/lambda/function-code/${ACCOUNT}/kept/$LATEST.zip`],
  ['GET', `/_fakecloud/lambda/layer-content/${ACCOUNT}/kept/1.zip`],
  ['GET', `/_fakecloud/lambda/_internal/code/${ACCOUNT}/us-east-1/kept.zip`],
  ['GET', '/_fakecloud/events/history'],
  ['POST', '/_fakecloud/events/fire-rule', { ruleName: 'kept' }],
  ['GET', '/_fakecloud/scheduler/schedules'],
  ['POST', '/_fakecloud/scheduler/fire/default/kept'],
  ['GET', '/_fakecloud/logs/delivery-config'],
  ['GET', '/_fakecloud/logs/field-indexes/kept'],
  ['POST', '/_fakecloud/logs/anomalies/inject', {}],
  ['POST', '/_fakecloud/logs/vend', {}],
  ['GET', '/_fakecloud/cloudwatch/alarms'],
  ['GET', '/_fakecloud/cloudwatch/metrics'],
]
