import type { Caller, Ctx, Tx } from '../../../kernel/object/operation.ts'
import { checkTaken } from '../../../kernel/outbox/deliver.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { queueUrlOfArn } from '../../../shared/queue-urls.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidParameter } from '../refusals.ts'
import { controlMessage } from './subscription-payloads.ts'
import { PRINCIPAL } from './subscriptions.ts'

/** A destination that is to be tried: by whom it is put, and in which words it is named. */
export type Trial = { destinationArn: string; roleArn?: string | undefined; sourceArn: string }

/**
 * Tries a destination before a filter is kept, as AWS does.
 * @throws AwsError InvalidParameterException, or the destination's refusal of this account
 */
export async function tryDestination(ctx: Ctx, trial: Trial): Promise<void> {
  const { service, account = '', region = '', resource = '' } = parseArn(trial.destinationArn) ?? {}
  checkTaken(ctx, trial.destinationArn)
  const own = { place: { account, region }, caller: { accountId: account } }
  switch (service) {
    case 'lambda':
      return tryFunction(ctx, trial)
    case 'sqs': {
      const QueueUrl = queueUrlOfArn(trial.destinationArn)
      const asked = ctx.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] }, own)
      await accepted(asked, 'Could not deliver test message to specified SQS queue. Check if the given queue exists.')
      return
    }
    case 'kinesis':
      return tryStream(ctx, trial, 'DescribeStreamSummary', { StreamARN: trial.destinationArn })
    case 'firehose':
      return tryStream(ctx, trial, 'DescribeDeliveryStream', { DeliveryStreamName: resource.split('/').at(-1) ?? '' })
    default:
      return tryLogs(ctx, trial)
  }
}

async function tryFunction(ctx: Ctx, { destinationArn, sourceArn }: Trial): Promise<void> {
  const { account = '', region = '' } = parseArn(destinationArn) ?? {}
  const caller: Caller = { accountId: ctx.place.account, service: PRINCIPAL, sourceArn }
  const asked = { FunctionName: destinationArn, InvocationType: 'DryRun' }
  await accepted(
    ctx.call('lambda', 'Invoke', asked, { place: { account, region }, caller }),
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  )
}

async function tryLogs(ctx: Ctx, { destinationArn }: Trial): Promise<void> {
  const { account = '', region = '' } = parseArn(destinationArn) ?? {}
  const caller = { accountId: ctx.place.account }
  const wrong = 'Could not deliver test message to specified destination. Check if the destination is valid.'
  await ctx
    .call('logs', 'CheckDestination', { destinationArn }, { place: { account, region }, caller })
    .catch(error => {
      throw error instanceof AwsError && error.code === 'ResourceNotFoundException' ? invalidParameter(wrong) : error
    })
}

type Described = {
  StreamDescriptionSummary?: { StreamStatus?: string }
  DeliveryStreamDescription?: { DeliveryStreamStatus?: string }
}

/** A stream must be there and active. */
async function tryStream(ctx: Ctx, trial: Trial, operation: string, input: Record<string, unknown>): Promise<void> {
  const { service = '', account = '', region = '' } = parseArn(trial.destinationArn) ?? {}
  const [name, kind] =
    service === 'kinesis' ? ['Kinesis stream', 'kinesis stream'] : ['Firehose stream', 'Firehose stream']
  const wrong = `Could not deliver test message to specified ${name}. Check if the given ${kind} is in ACTIVE state.`
  // Asked by name, for a service that may not be built: what it is then refused with says nothing of the stream.
  const ask: { call(...call: [string, string, unknown, object]): Promise<unknown> } = ctx as never
  const asked = ask.call(service, operation, input, { place: { account, region }, caller: { accountId: account } })
  const described = (await accepted(asked, wrong)) as Described | undefined // the operation's output
  const { StreamDescriptionSummary: stream, DeliveryStreamDescription: delivery } = described ?? {}
  const status = stream?.StreamStatus ?? delivery?.DeliveryStreamStatus ?? 'ACTIVE'
  if (status !== 'ACTIVE' && status !== 'UPDATING') throw invalidParameter(wrong)
}

/** An answer; undefined where the service that should give it is not built. */
async function accepted<T>(asked: Promise<T>, wrong: string): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotImplemented') return undefined
    throw error instanceof AwsError && error.status < 500 ? invalidParameter(wrong) : error
  }
}

/** Streams get a message to see whether it arrives; functions were asked, and queues take no more than events. */
export function sendControlMessage(ctx: Tx, { destinationArn: to, roleArn: role, sourceArn: from }: Trial): void {
  const service = parseArn(to)?.service
  if (service !== 'kinesis' && service !== 'firehose') return
  ctx.deliver({
    to,
    from,
    principal: PRINCIPAL,
    role,
    payload: controlMessage(service === 'kinesis' ? 'Kinesis' : 'Firehose', ctx.now),
    binary: true,
    event: 'CONTROL_MESSAGE',
    ...(service === 'kinesis' && { input: { PartitionKey: crypto.randomUUID() } }),
  })
}
