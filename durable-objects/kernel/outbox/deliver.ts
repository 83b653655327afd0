import { decodeBase64 } from '../../../aws/wire/base64.ts'
import { sdkInput, sdkOperation } from './sdk-targets.ts'
import { definitionOf } from '../../services/index.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError, type ErrorData } from '../../../aws/errors.ts'

/**
 * Something for another service to do after this operation was answered. At the target it becomes an ordinary
 * operation: the one that goes with the target's ARN, or the one named.
 */
export type Delivery = {
  /** ARN of the target. */
  to: string
  /** ARN of the source, which the target's policy sees as `aws:SourceArn`. */
  from: string
  /** The service principal that calls (`s3.amazonaws.com`). */
  principal: string
  /** ARN of the role as which the service calls: the role's policies decide then, not the target's. */
  role?: string | undefined
  /** The message body, event or record, as text. */
  payload?: string | undefined
  /** The payload is base64, and a target that takes bytes gets what it stands for. */
  binary?: true | undefined
  /** Further members of the operation's input (`MessageGroupId`, `Subject`, `PartitionKey`…). */
  input?: Record<string, unknown> | undefined
  /** Another operation than the target's usual one. */
  operation?: string | undefined
  /** What travels, for the journal: `s3:ObjectCreated:Put uploads/hello.txt`. */
  event?: string | undefined
  /** The chain it belongs to, where that is not the operation's at hand. */
  traceId?: string | undefined
  /** The X-Amzn-Trace-Id to go with it. */
  trace?: string | undefined
  /** Error codes that mean the target already is as wanted. */
  tolerate?: readonly string[] | undefined
  /** ARN that a refused event goes to as it is. A dead letter of another form is made in the service's `ended`. */
  deadLetter?: string | undefined
  /** How often a target that fails for a while is tried again, where the source has a say in it. */
  retries?: number | undefined
  /** What the source's `ended` needs to know: plain JSON. */
  about?: Record<string, unknown> | undefined
}

/** Why a delivery was given up, and after how many tries. */
export type Undelivered = { error: ErrorData; attempts: number }

/** An operation addressed to an object. */
export type Target = {
  service: string
  account: string
  region: string
  operation: string
  input: Record<string, unknown>
}

type Content = { text: string; bytes: () => Uint8Array }
type Usual = { operation: string; input: (arn: string, resource: string, content: Content) => Record<string, unknown> }

/** The operation by which each kind of target takes an event. */
const USUAL: Record<string, Usual> = {
  sqs: {
    operation: 'SendMessage',
    input: (arn, _resource, { text: MessageBody }) => ({ QueueUrl: queueUrlOfArn(arn), MessageBody }),
  },
  lambda: {
    operation: 'Invoke',
    input: (arn, _resource, { text: Payload }) => ({ FunctionName: arn, InvocationType: 'Event', Payload }),
  },
  s3: { operation: 'PutObject', input: (_arn, Bucket, { bytes }) => ({ Bucket, Body: bytes() }) },
  sns: { operation: 'Publish', input: (TopicArn, _resource, { text: Message }) => ({ TopicArn, Message }) },
  states: {
    operation: 'StartExecution',
    input: (stateMachineArn, _resource, { text: input }) => ({ stateMachineArn, input }),
  },
  kinesis: { operation: 'PutRecord', input: (StreamARN, _resource, { bytes }) => ({ StreamARN, Data: bytes() }) },
  firehose: {
    operation: 'PutRecord',
    input: (_arn, resource, { bytes }) => ({ DeliveryStreamName: nameOf(resource), Record: { Data: bytes() } }),
  },
  /** `Entries` are the sender's to give. */
  events: { operation: 'PutEvents', input: () => ({}) },
  cloudwatch: { operation: 'PutMetricData', input: (_arn, _resource, { text }) => metricsOf(text) },
  ecs: { operation: 'RunTask', input: cluster => ({ cluster }) },
  logs: { operation: 'PutLogEvents', input: (_arn, resource) => ({ logGroupName: logGroupOf(resource) }) },
}

function queueUrlOfArn(arn: string): string {
  const parts = parseArn(arn)
  return `https://sqs.${parts?.region}.amazonaws.com/${parts?.account}/${parts?.resource}`
}

function contentOf({ payload: text = '', binary }: Delivery): Content {
  return { text, bytes: () => (binary && decodeBase64(text)) || new TextEncoder().encode(text) }
}

/** PutMetricData's input as JSON, where times are text. */
function metricsOf(text: string): Record<string, unknown> {
  const revive = (key: string, value: unknown) => (key === 'Timestamp' ? new Date(String(value)) : value)
  return text === '' ? {} : (JSON.parse(text, revive) as Record<string, unknown>) // written by the source
}

/** What follows the kind in `deliverystream/NAME`. */
const nameOf = (resource: string) => resource.split('/').at(-1) ?? ''

/** `log-group:NAME` or `log-group:NAME:*` */
function logGroupOf(resource: string): string {
  return resource.split(':')[1] ?? ''
}

/** Which operation a delivery becomes; an AwsError when nothing can take it. */
export function targetOf(delivery: Delivery): Target {
  const sdk = sdkOperation(delivery.to)
  if (sdk) {
    const { service, operation } = sdk
    const input = sdkInput(sdk, delivery.payload ?? '', definitionOf(service).wire ?? {})
    return { service, account: '', region: '', operation: operation.name, input }
  }
  const arn = parseArn(delivery.to)
  const usual = arn && USUAL[arn.service]
  if (!arn || !usual) throw new AwsError('InvalidTarget', `${delivery.to} is not a target that takes events`)
  return {
    service: arn.service,
    account: arn.account,
    region: arn.region,
    operation: delivery.operation ?? usual.operation,
    input: { ...usual.input(delivery.to, arn.resource, contentOf(delivery)), ...delivery.input },
  }
}
