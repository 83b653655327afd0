import type { In } from '../../../../aws/models/lambda.types.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { InvalidPattern, readPattern } from '../../../shared/pattern.ts'
import { present } from '../functions/configuration.ts'
import { constraintError, invalidParameter } from '../errors.ts'

type Given = Omit<In<'UpdateEventSourceMapping'>, 'UUID' | 'FunctionName' | 'Enabled'>

/** What is kept of a mapping's settings, by AWS's names. */
export type MappingSettings = Pick<
  Given,
  'FilterCriteria' | 'KMSKeyArn' | 'MetricsConfig' | 'ScalingConfig' | 'ProvisionedPollerConfig'
> & { BatchSize: number; MaximumBatchingWindowInSeconds: number; FunctionResponseTypes: string[] }

/** Services that AWS reads events from, and what each lacks here. */
const NOT_YET: Record<string, string> = {
  kinesis: 'Kinesis streams',
  dynamodb: 'DynamoDB streams',
  kafka: 'Amazon MSK',
  mq: 'Amazon MQ',
  rds: 'Amazon DocumentDB',
}

/** The event source must be a queue: of others AWS knows more. @throws InvalidParameterValueException */
export function checkSource(input: In<'CreateEventSourceMapping'>): string {
  const { EventSourceArn } = input
  if (input.SelfManagedEventSource) throw notYet('Self-managed Apache Kafka')
  const service = EventSourceArn === undefined ? undefined : parseArn(EventSourceArn)?.service
  if (EventSourceArn === undefined || service === undefined) throw invalidParameter('Unrecognized event source.')
  if (service === 'sqs') return EventSourceArn
  const known = Object.hasOwn(NOT_YET, service) ? NOT_YET[service] : undefined
  throw known ? notYet(known) : invalidParameter('Unrecognized event source.')
}

const notYet = (source: string) =>
  invalidParameter(`${source} are no event source of this emulator yet: Amazon SQS is the one that there is.`)

/** What only other sources take. */
const FOREIGN = [
  'ParallelizationFactor',
  'DestinationConfig',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'TumblingWindowInSeconds',
  'SourceAccessConfigurations',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'LoggingConfig',
] as const

const FOREIGN_AT_FIRST = ['Topics', 'Queues'] as const

export function newSettings(input: In<'CreateEventSourceMapping'>, source: string): MappingSettings {
  if (input.StartingPosition !== undefined || input.StartingPositionTimestamp !== undefined) {
    throw invalidParameter('StartingPosition is not valid for SQS event sources.')
  }
  for (const name of FOREIGN_AT_FIRST) if (input[name] !== undefined) throw foreign(name)
  const base = { BatchSize: 10, MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] }
  return changedSettings(base, input, source)
}

const foreign = (name: string) => invalidParameter(`Unsupported ${name} parameter for given event source mapping type.`)

/** The settings with what an input changes; an empty object takes a setting back. */
export function changedSettings(old: MappingSettings, input: Given, source: string): MappingSettings {
  for (const name of FOREIGN) if (input[name] !== undefined) throw foreign(name)
  const { BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes, KMSKeyArn } = input
  const settings: MappingSettings = {
    ...old,
    ...present({ BatchSize, MaximumBatchingWindowInSeconds, FunctionResponseTypes, KMSKeyArn }),
    ...replaced('FilterCriteria', input, ({ Filters }) => Boolean(Filters?.length)),
    ...replaced('ScalingConfig', input, config => config.MaximumConcurrency !== undefined),
    ...replaced('MetricsConfig', input, config => Boolean(config.Metrics?.length)),
    ...replaced('ProvisionedPollerConfig', input, config => Object.keys(config).length > 0),
  }
  checkSettings(settings, source.endsWith('.fifo'))
  return settings
}

type Replaceable = 'FilterCriteria' | 'ScalingConfig' | 'MetricsConfig' | 'ProvisionedPollerConfig'

function replaced<N extends Replaceable>(name: N, input: Given, isSet: (config: NonNullable<Given[N]>) => boolean) {
  const config = input[name]
  if (config === undefined) return {}
  return { [name]: isSet(config as NonNullable<Given[N]>) ? config : undefined } // undefined was left above
}

function checkSettings(settings: MappingSettings, fifo: boolean): void {
  const { BatchSize, MaximumBatchingWindowInSeconds: window, FunctionResponseTypes, FilterCriteria } = settings
  const unknown = FunctionResponseTypes.find(type => type !== 'ReportBatchItemFailures')
  if (unknown !== undefined) {
    throw constraintError(
      `[${FunctionResponseTypes.join(', ')}]`,
      'functionResponseTypes',
      'Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures], Member must not be null]',
    )
  }
  if (fifo && window > 0) throw invalidParameter('Batching window is not supported for FIFO queues')
  if (fifo && BatchSize > 10) throw invalidParameter('Batch size must not exceed 10 for FIFO queues')
  if (BatchSize > 10 && window === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    )
  }
  checkPollers(settings)
  for (const { Pattern } of FilterCriteria?.Filters ?? []) checkPattern(Pattern)
}

function checkPollers({ ScalingConfig, ProvisionedPollerConfig }: MappingSettings): void {
  if (!ProvisionedPollerConfig) return
  const { MinimumPollers = 2, MaximumPollers = 200 } = ProvisionedPollerConfig
  if (MinimumPollers < 2 || MinimumPollers > 200 || MaximumPollers < MinimumPollers || MaximumPollers > 2000) {
    throw invalidParameter(
      'MinimumPollers should be between [2, 200] and MaximumPollers should be between [MinimumPollers, 2000]',
    )
  }
  if (!ScalingConfig) return
  throw invalidParameter(
    'Provisioned mode for SQS ESM does not support maximum concurrency feature. Use MaximumPollers as the control mechanism and remove maximum concurrency.',
  )
}

/** @throws InvalidParameterValueException */
function checkPattern(pattern: string | undefined): void {
  try {
    readPattern(pattern ?? '')
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error
    throw invalidParameter('Invalid filter pattern definition.')
  }
}
