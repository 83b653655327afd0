import { createHash, randomBytes } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { counted, drain } from './draining.ts'
import type { Endpoint } from './endpoint.ts'
import { FUNCTION_ARN, hasRun } from './functions.ts'
import { acknowledged, type Findings, insist, type Part, sleep } from './part.ts'

const UPLOADERS = 3
const Bucket = 'uploads'
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:events'
const SIZES = [10, 1000, 30_000, 300_000, 1_500_000]
const PART = 5 * 2 ** 20
/** Where uploads go, and who is told of them. */
const PREFIXES = ['queue/', 'function/'] as const

type Uploads = {
  endpoint: Endpoint
  s3: S3Client
  /** Digest of the content by key: of every upload that was begun, and of those that were acknowledged. */
  begun: Map<string, string>
  done: Set<string>
}

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QUEUE_ARN },
  ],
})

/**
 * Uploads with notifications: an acknowledged object is there whole, one that was not is there whole or not at all, and
 * whatever is there was told of.
 */
export async function objects(endpoint: Endpoint, withFunction: boolean): Promise<Part> {
  const s3 = endpoint.client<S3Client>(S3Client as new (config: S3ClientConfig) => S3Client) // its config is a union
  const sqs = endpoint.client(SQSClient)
  const { QueueUrl = '' } = await insist(() => sqs.send(new CreateQueueCommand({ QueueName: 'events' })))
  await insist(() => sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: POLICY } })))
  await s3.send(new CreateBucketCommand({ Bucket }))
  const rule = (Value: string) => ({
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value }] } },
  })
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: {
        QueueConfigurations: [{ ...rule(PREFIXES[0]), QueueArn: QUEUE_ARN }],
        ...(withFunction && {
          LambdaFunctionConfigurations: [{ ...rule(PREFIXES[1]), LambdaFunctionArn: FUNCTION_ARN }],
        }),
      },
    }),
  )
  const uploads: Uploads = { endpoint, s3, begun: new Map(), done: new Set() }
  return {
    name: withFunction ? 'S3 → SQS, S3 → Lambda' : 'S3 → SQS',
    work: async isOver => {
      await Promise.all(Array.from({ length: UPLOADERS }, (_, i) => upload(uploads, i, isOver)))
    },
    async verify() {
      const found = await checkObjects(uploads)
      const told = keysOf((await drain(sqs, QueueUrl)).map(({ Body = '' }) => Body))
      checkTold(found, { there: found.there, prefix: PREFIXES[0], told, what: 'no message' })
      if (withFunction) {
        const ran = keysOf(await hasRun(endpoint, 's3'))
        checkTold(found, { there: found.there, prefix: PREFIXES[1], told: ran, what: 'no invocation' })
      }
      return found
    },
  }
}

async function upload({ s3, begun, done }: Uploads, uploader: number, isOver: () => boolean): Promise<void> {
  for (let n = 0; !isOver(); n++) {
    const Key = `${PREFIXES[n % 2]}${uploader}-${n}`
    const Body = randomBytes(n % 40 === 7 ? PART + 1000 : (SIZES[n % SIZES.length] ?? 0))
    begun.set(Key, digestOf(Body))
    const put = () =>
      Body.length > PART ? uploadInParts(s3, Key, Body) : s3.send(new PutObjectCommand({ Bucket, Key, Body }))
    if (await acknowledged(put)) done.add(Key)
    await sleep(5)
  }
}

async function uploadInParts(s3: S3Client, Key: string, body: Buffer): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  const Parts = []
  for (const [i, Body] of [body.subarray(0, PART), body.subarray(PART)].entries()) {
    const PartNumber = i + 1
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))
    Parts.push({ PartNumber, ETag })
  }
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
}

const digestOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

async function checkObjects({ s3, begun, done }: Uploads): Promise<Findings & { there: Set<string> }> {
  const there = new Set<string>()
  const findings = { figure: `${done.size} objects`, lost: [] as string[], wrong: [] as string[], repeated: 0, there }
  for (const [Key, digest] of begun) {
    const body = await s3.send(new GetObjectCommand({ Bucket, Key })).then(
      ({ Body }) => Body?.transformToByteArray(),
      error => (error.name === 'NoSuchKey' ? undefined : Promise.reject(error)),
    )
    if (body === undefined) {
      if (done.has(Key)) findings.lost.push(Key)
      continue
    }
    there.add(Key)
    if (digestOf(body) !== digest) findings.wrong.push(`${Key} has another content`)
  }
  return findings
}

type Told = { there: Set<string>; prefix: string; told: readonly string[]; what: string }

/** The notification is in the same transaction as the object: one is there when the other is. */
function checkTold(findings: Findings, { there, prefix, told, what }: Told): void {
  const counts = counted(told.filter(key => key.startsWith(prefix)))
  const own = [...there].filter(key => key.startsWith(prefix))
  findings.lost.push(...own.filter(key => !counts.has(key)).map(key => `${key}: ${what}`))
  findings.wrong.push(
    ...[...counts.keys()].filter(key => !there.has(key)).map(key => `${key} was told of and is not there`),
  )
  findings.repeated += [...counts.values()].filter(count => count > 1).length
  findings.figure += `, ${own.length} notifications under ${prefix}`
}

/** Keys in S3's events; the test event has none. */
function keysOf(bodies: readonly string[]): string[] {
  return bodies.flatMap(body => {
    const { Records = [] } = JSON.parse(body) as { Records?: { s3: { object: { key: string } } }[] } // S3's event
    return Records.map(record => decodeURIComponent(record.s3.object.key.replaceAll('+', ' ')))
  })
}
