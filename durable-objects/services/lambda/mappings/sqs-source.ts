import type { Out } from '../../../../aws/models/sqs.types.ts'
import { queueUrlOfArn } from '../../../shared/queue-urls.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidParameter } from '../errors.ts'
import { type Mapping, mappingArn, mappingCaller, roleCaller } from './mapping-rows.ts'
import type { MappingRow } from '../schema.ts'

/**
 * SQS -> Lambda: what a mapping asks of its queue, as the function's role, and what its records look like.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */

type Message = NonNullable<Out<'ReceiveMessage'>['Messages']>[number] & { TraceId?: string }
type Attribute = NonNullable<Message['MessageAttributes']>[string]

/** A message on its way to a function. */
export type Item = {
  id: string
  receipt: string
  record: SqsRecord
  /** In bytes of JSON. */
  size: number
  /** The chain that its sending belonged to. */
  traceId: string | undefined
  trace: string | undefined
}

export type SqsRecord = ReturnType<typeof sqsRecord>

/** A record as functions get it. */
export function sqsRecord(message: Message, source: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {})
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes.map(([name, attribute]) => [name, attributeOf(attribute)])),
    md5OfBody: message.MD5OfBody ?? '',
    ...(message.MD5OfMessageAttributes ? { md5OfMessageAttributes: message.MD5OfMessageAttributes } : {}),
    eventSource: 'aws:sqs',
    eventSourceARN: source,
    awsRegion: parseArn(source)?.region ?? '',
  }
}

function attributeOf({ StringValue, BinaryValue, DataType }: Attribute) {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType ?? '',
  }
}

function itemOf(message: Message, source: string): Item {
  const record = sqsRecord(message, source)
  return {
    id: record.messageId,
    receipt: record.receiptHandle,
    record,
    size: new TextEncoder().encode(JSON.stringify(record)).byteLength + 1,
    traceId: message.TraceId,
    trace: message.Attributes?.AWSTraceHeader,
  }
}

/** Takes up to ten messages. None when as many are in flight as may be. */
export async function receiveItems(ctx: Ctx, { source, name }: Mapping, most: number): Promise<Item[]> {
  const input = {
    QueueUrl: queueUrlOfArn(source),
    MaxNumberOfMessages: Math.min(most, 10),
    WaitTimeSeconds: 0,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  }
  try {
    const options = { caller: mappingCaller(ctx, name), own: true as const }
    const { Messages = [] } = await ctx.call('sqs', 'ReceiveMessage', input, options)
    return Messages.map(message => itemOf(message, source))
  } catch (error) {
    if (error instanceof AwsError && error.code === 'OverLimit') return []
    throw error
  }
}

/** Deletes messages that are done with, ten at a time. */
export async function deleteItems(ctx: Ctx, { source, name }: Mapping, items: readonly Item[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / 10) }, (_, n) => items.slice(n * 10, n * 10 + 10))
  const options = { caller: mappingCaller(ctx, name), own: true as const }
  await Promise.all(
    batches.map(batch => {
      const Entries = batch.map(({ receipt }, n) => ({ Id: String(n), ReceiptHandle: receipt }))
      return ctx.call('sqs', 'DeleteMessageBatch', { QueueUrl: queueUrlOfArn(source), Entries }, options)
    }),
  )
}

/** For how long the queue hides what is received, in milliseconds. */
export async function visibilityMs(ctx: Ctx, { source, name }: Mapping): Promise<number> {
  const input = { QueueUrl: queueUrlOfArn(source), AttributeNames: ['VisibilityTimeout'] }
  const { Attributes } = await ctx.call('sqs', 'GetQueueAttributes', input, {
    caller: mappingCaller(ctx, name),
    own: true,
  })
  return Number(Attributes?.VisibilityTimeout ?? 0) * 1000
}

/** The queue's own object is told; these are no operations of AWS's, and no role is asked. */
const placeOf = (source: string) => {
  const { region = '', account = '' } = parseArn(source) ?? {}
  return { place: { region, account }, own: true as const }
}

/** `Missing`: the queue is not there, and may be made again. */
export async function watchQueue(ctx: Ctx, { uuid, source }: MappingRow, Missing = false): Promise<void> {
  const input = { QueueUrl: queueUrlOfArn(source), Mapping: mappingArn(ctx, uuid), Missing }
  const caller = { accountId: ctx.place.account, service: 'lambda.amazonaws.com' }
  await ctx.call('sqs', 'WatchQueue', input, { ...placeOf(source), caller })
}

/** What was asked of services that have been reset is asked again. */
export type ResetOperations = { AfterReset: { input: { services: readonly string[] }; output: undefined } }

/** SQS has forgotten who reads its queues: the mappings say it again. */
export async function AfterReset(ctx: Ctx, { services }: ResetOperations['AfterReset']['input']): Promise<undefined> {
  if (!services.includes('sqs')) return
  const rows = ctx.sql.all<MappingRow>('SELECT * FROM lambda_mappings WHERE enabled = 1')
  for (const row of rows) await watchQueue(ctx, row, true)
}

export async function unwatchQueue(ctx: Ctx, { uuid, source }: MappingRow): Promise<void> {
  const input = { QueueName: parseArn(source)?.resource ?? '', Mapping: mappingArn(ctx, uuid) }
  const caller = { accountId: ctx.place.account, service: 'lambda.amazonaws.com' }
  await ctx.call('sqs', 'UnwatchQueue', input, { ...placeOf(source), caller })
}

type Reader = { source: string; name: string; role: string; timeout: number }

/** The queue must be there, readable by the function's role, and hide messages for as long as the function may run. */
export async function checkQueue(ctx: Ctx, { source, name, role, timeout }: Reader): Promise<void> {
  const QueueUrl = queueUrlOfArn(source)
  const options = { caller: roleCaller(role, name), own: true as const }
  // Refused for what they ask, before they take or delete anything, but only after the role's policies had their say.
  await probe('ReceiveMessage', ctx.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 0 }, options))
  await probe('DeleteMessage', ctx.call('sqs', 'DeleteMessageBatch', { QueueUrl, Entries: [] }, options))
  const input = { QueueUrl, AttributeNames: ['VisibilityTimeout'] }
  const { Attributes } = await ctx.call('sqs', 'GetQueueAttributes', input, options).catch((error: unknown) => {
    throw isDenied(error) ? notPermitted('GetQueueAttributes') : error
  })
  const visibility = Number(Attributes?.VisibilityTimeout ?? 0)
  if (visibility >= timeout) return
  throw invalidParameter(
    `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeout} seconds`,
  )
}

async function probe(operation: string, call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (isDenied(error)) throw notPermitted(operation)
  if (!(error instanceof AwsError) || error.code !== 'QueueDoesNotExist') return
  throw invalidParameter(
    `Error occurred while ${operation}. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: ${error.message}`,
  )
}

const isDenied = (error: unknown) => error instanceof AwsError && error.code.startsWith('AccessDenied')

const notPermitted = (operation: string) =>
  invalidParameter(`The provided execution role does not have permissions to call ${operation} on SQS`)
