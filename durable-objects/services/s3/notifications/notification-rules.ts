import type { NotificationConfiguration, NotificationConfigurationFilter } from '../../../../aws/models/s3.types.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { invalidArgument } from '../configurations/configuration-handlers.ts'
import { keyFilterOf, overlap } from './notification-filters.ts'

const EVENTS = new Set([
  's3:ReducedRedundancyLostObject',
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
  's3:ObjectRestore:*',
  's3:ObjectRestore:Post',
  's3:ObjectRestore:Completed',
  's3:ObjectRestore:Delete',
  's3:Replication:*',
  's3:Replication:OperationFailedReplication',
  's3:Replication:OperationNotTracked',
  's3:Replication:OperationMissedThreshold',
  's3:Replication:OperationReplicatedAfterThreshold',
  's3:LifecycleTransition',
  's3:IntelligentTiering',
  's3:ObjectAcl:Put',
  's3:LifecycleExpiration:*',
  's3:LifecycleExpiration:Delete',
  's3:LifecycleExpiration:DeleteMarkerCreated',
  's3:ObjectTagging:*',
  's3:ObjectTagging:Put',
  's3:ObjectTagging:Delete',
])

const LONGEST_VALUE = 1024

/** A destination as the rules see it; `element` is its name in XML. */
type Destination = {
  element: 'Queue' | 'CloudFunction' | 'Topic'
  service: string
  arn: string
  Id?: string | undefined
  Events: string[]
  Filter?: NotificationConfigurationFilter | undefined
}

function destinationsOf(document: NotificationConfiguration): Destination[] {
  const { QueueConfigurations = [], LambdaFunctionConfigurations = [], TopicConfigurations = [] } = document
  return [
    ...QueueConfigurations.map(each => ({ ...each, element: 'Queue' as const, service: 'sqs', arn: each.QueueArn })),
    ...LambdaFunctionConfigurations.map(each => ({
      ...each,
      element: 'CloudFunction' as const,
      service: 'lambda',
      arn: each.LambdaFunctionArn,
    })),
    ...TopicConfigurations.map(each => ({ ...each, element: 'Topic' as const, service: 'sns', arn: each.TopicArn })),
  ]
}

/**
 * What can be said of a configuration without asking its destinations.
 * @throws AwsError InvalidArgument
 */
export function checkNotifications(document: NotificationConfiguration, region: string): void {
  const destinations = destinationsOf(document)
  for (const destination of destinations) checkDestination(destination, region)
  const ids = destinations.flatMap(({ Id }) => (Id ? [Id] : []))
  if (new Set(ids).size < ids.length) {
    throw invalidArgument('Same ID used for multiple configurations. IDs must be unique')
  }
  const listening = destinations.map(({ Events, Filter }) => ({ events: Events, filter: keyFilterOf(Filter) }))
  listening.forEach((one, at) => {
    if (listening.slice(at + 1).some(other => overlap(one, other))) {
      throw invalidArgument(
        'Configurations overlap. Configurations on the same bucket cannot share a common event type.',
      )
    }
  })
}

function checkDestination({ element, service, arn, Events, Filter }: Destination, region: string): void {
  const parsed = parseArn(arn)
  if (parsed?.service !== service || parsed.resource === '') {
    throw invalidArgument('The ARN could not be parsed', element, arn)
  }
  const unknown = Events.find(event => !EVENTS.has(event))
  if (unknown !== undefined) throw invalidArgument('The event is not supported for notifications', 'Event', unknown)
  if (parsed.region !== region) {
    const message = 'The notification destination service region is not valid for the bucket location constraint'
    throw invalidArgument(message, element, arn)
  }
  checkFilter(Filter)
}

function checkFilter(filter: NotificationConfigurationFilter | undefined): void {
  const rules = filter?.Key?.FilterRules ?? []
  const names = rules.map(({ Name = '' }) => Name.toLowerCase())
  const unknown = rules.find(({ Name = '' }) => !['prefix', 'suffix'].includes(Name.toLowerCase()))
  if (unknown) {
    throw invalidArgument('filter rule name must be either prefix or suffix', 'FilterRule.Name', unknown.Name ?? '')
  }
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined) {
    throw invalidArgument(`Cannot specify more than one ${twice} rule in a filter.`, 'FilterRule.Name', twice)
  }
  for (const { Value = '' } of rules) {
    if (new TextEncoder().encode(Value).length > LONGEST_VALUE) {
      throw invalidArgument(
        `Size of filter rule value cannot exceed ${LONGEST_VALUE} bytes in UTF-8 representation`,
        'FilterRule.Value',
        Value,
      )
    }
  }
}

/** A configuration as it is kept: with ids, filters' names in AWS's case, no empty filters. */
export function settledNotifications(document: NotificationConfiguration): NotificationConfiguration {
  const { QueueConfigurations, LambdaFunctionConfigurations, TopicConfigurations, EventBridgeConfiguration } = document
  return {
    ...(TopicConfigurations && { TopicConfigurations: TopicConfigurations.map(settled) }),
    ...(QueueConfigurations && { QueueConfigurations: QueueConfigurations.map(settled) }),
    ...(LambdaFunctionConfigurations && { LambdaFunctionConfigurations: LambdaFunctionConfigurations.map(settled) }),
    ...(EventBridgeConfiguration && { EventBridgeConfiguration }),
  }
}

type Listed = { Id?: string | undefined; Filter?: NotificationConfigurationFilter | undefined }

function settled<Each extends Listed>({ Filter, ...configuration }: Each) {
  const rules = (Filter?.Key?.FilterRules ?? []).map(({ Name = '', Value = '' }) => ({
    Name: Name.toLowerCase() === 'prefix' ? ('Prefix' as const) : ('Suffix' as const),
    Value,
  }))
  return {
    ...configuration,
    Id: configuration.Id || randomId(),
    ...(rules.length > 0 && { Filter: { Key: { FilterRules: rules } } }),
  }
}

/** An id for a configuration that came without. */
function randomId(): string {
  return btoa(crypto.randomUUID())
}
