import { decodeBase64 } from '../../../aws/wire/base64.ts'
import { sdkInput, sdkOperation } from './sdk-targets.ts'
import type { Ctx, ServiceDefinition } from '../object/operation.ts'
import { type Arn, parseArn } from '../../../aws/arn.ts'
import { serviceOfArn } from '../../../aws/service-names.ts'
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

/** What is delivered, as a service may want it. */
export type Content = { text: string; bytes: () => Uint8Array }

/** What an ARN of a service takes: the operation by which a delivery is made, and its input. */
export type Taking = {
  operation: string
  input: (arn: string, resource: string, content: Content) => Record<string, unknown>
}

function contentOf({ payload: text = '', binary }: Delivery): Content {
  return { text, bytes: () => (binary && decodeBase64(text)) || new TextEncoder().encode(text) }
}

/** Services by their names. */
export type DefinitionOf = (service: string) => ServiceDefinition

type Taker = { service: string; target: Taking }

/** The service that takes what is delivered to an ARN; undefined when none does. */
function takerOf(arn: Arn | undefined, definitionOf: DefinitionOf): Taker | undefined {
  const service = arn && serviceOfArn(arn.service)
  const target = service === undefined ? undefined : definitionOf(service).target
  return service !== undefined && target ? { service, target } : undefined
}

/**
 * That something here takes what is delivered to an ARN, or to an operation: asked when it is named as a target.
 * @throws AwsError NotImplemented
 */
export function checkTaken({ definitionOf, service }: Pick<Ctx, 'definitionOf' | 'service'>, to: string): void {
  const sdk = sdkOperation(to)
  const taken = sdk
    ? Object.hasOwn(definitionOf(sdk.service).operations, sdk.operation.name)
    : takerOf(parseArn(to), definitionOf) !== undefined
  if (!taken) throw new AwsError('NotImplemented', `${service}: no target such as ${to} is implemented`, 501)
}

/** Which operation a delivery becomes; an AwsError when nothing can take it. */
export function targetOf(definitionOf: DefinitionOf, delivery: Delivery): Target {
  const sdk = sdkOperation(delivery.to)
  if (sdk) {
    const { service, operation } = sdk
    const input = sdkInput(sdk, delivery.payload ?? '', definitionOf(service).wire ?? {})
    return { service, account: '', region: '', operation: operation.name, input }
  }
  const arn = parseArn(delivery.to)
  const taker = takerOf(arn, definitionOf)
  if (!arn || !taker) throw new AwsError('InvalidTarget', `${delivery.to} is not a target that takes events`)
  const { service, target } = taker
  return {
    service,
    account: arn.account,
    region: arn.region,
    operation: delivery.operation ?? target.operation,
    input: { ...target.input(delivery.to, arn.resource, contentOf(delivery)), ...delivery.input },
  }
}
