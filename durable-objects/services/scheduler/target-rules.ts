import type { Target } from '../../../aws/models/scheduler.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { checkTaken } from '../../kernel/outbox/deliver.ts'
import { sdkAction, sdkModel, sdkOperation } from '../../kernel/outbox/sdk-targets.ts'
import { parseArn } from '../../../aws/arn.ts'
import { isJson } from '../../../aws/json.ts'
import { invalid } from './refusals.ts'
import type { KeptTarget } from './schema.ts'

/** Services whose resources can be targets, and the parameters that theirs need. */
const TEMPLATED: Readonly<Record<string, keyof Target | undefined>> = {
  codebuild: undefined,
  codepipeline: undefined,
  ecs: 'EcsParameters',
  events: 'EventBridgeParameters',
  firehose: undefined,
  inspector: undefined,
  kinesis: 'KinesisParameters',
  lambda: undefined,
  sagemaker: 'SageMakerPipelineParameters',
  sns: undefined,
  sqs: 'SqsParameters',
  states: undefined,
}

const PARAMETERS = [
  'EcsParameters',
  'EventBridgeParameters',
  'EventBridgePutEventsV2Parameters',
  'EventBridgePutRawEventsParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
] as const

/** Input of these must be JSON; other targets take any text. */
const JSON_INPUT = ['events', 'lambda', 'states']

export const MOST_INPUT_BYTES = 262_144

/** A target as it is kept, if there can be such a one. */
export function keptTarget(ctx: Ctx, target: Target): KeptTarget {
  if (new TextEncoder().encode(target.Input ?? '').length > MOST_INPUT_BYTES) {
    const rule = `Member must have length less than or equal to ${MOST_INPUT_BYTES}`
    throw invalid(`1 validation error detected: Value at 'target.input' failed to satisfy constraint: ${rule}`)
  }
  if (sdkAction(target.Arn)) checkUniversal(target)
  else checkTemplated(ctx, target)
  checkTaken(ctx, target.Arn)
  const { MaximumEventAgeInSeconds = 86_400, MaximumRetryAttempts = 185 } = target.RetryPolicy ?? {}
  return { ...target, RetryPolicy: { MaximumEventAgeInSeconds, MaximumRetryAttempts } }
}

/** Actions that only read are no targets. */
const READING =
  /^(?:get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|invokeModel)(?![a-z])/

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html */
function checkUniversal(target: Target): void {
  const { service = '', action = '' } = sdkAction(target.Arn) ?? {}
  if (!sdkModel(service)) throw unsupported(service)
  if (READING.test(action) || !sdkOperation(target.Arn)) throw invalid(`${action} API is not supported.`)
  for (const name of PARAMETERS) if (target[name]) throw notFor(name)
  if (target.Input === undefined) {
    throw invalid('You must provide an input to set this target for your schedule.')
  }
  if (!isJson(target.Input)) throw badJson()
}

function checkTemplated(ctx: Ctx, target: Target): void {
  const arn = parseArn(target.Arn)
  if (!arn?.resource) throw invalid('Provided Arn is not in correct format.')
  const { service, region, resource } = arn
  if (!Object.hasOwn(TEMPLATED, service)) throw unsupported(service)
  if (region !== ctx.place.region) {
    throw invalid(`The target ARN provided does not match the current region ${ctx.place.region}.`)
  }
  for (const name of PARAMETERS) if (target[name] && TEMPLATED[service] !== name) throw notFor(name)
  checkParameters(target, { service, fifo: resource.endsWith('.fifo') })
  if (target.Input !== undefined && JSON_INPUT.includes(service) && !isJson(target.Input)) throw badJson()
}

function checkParameters(target: Target, { service, fifo }: { service: string; fifo: boolean }): void {
  const wanted = TEMPLATED[service]
  if (service === 'sqs') {
    const group = target.SqsParameters?.MessageGroupId
    if (fifo && group === undefined) throw missing('SqsParameters')
    if (!fifo && group !== undefined) throw invalid('Parameters MessageGroupId not valid for the target.')
  } else if (wanted && service !== 'sagemaker' && !target[wanted]) throw missing(wanted)
  if (target.EcsParameters?.LaunchType === 'FARGATE' && !target.EcsParameters.NetworkConfiguration) {
    const when = 'for the target when launch type is FARGATE'
    throw invalid(`Parameter NetworkConfiguration must be specified ${when}.`)
  }
}

const unsupported = (service: string) => invalid(`${service} is not a supported service for a target.`)
const notFor = (name: string) => invalid(`Parameters ${name} not supported for the target.`)
const missing = (name: string) => invalid(`Parameters ${name} must be specified.`)
const badJson = () => invalid('JSON syntax error in input for the target.')
