import { eventsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/events.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { posts } from './api-destination-calls.ts'
import {
  CreateApiDestination,
  DeleteApiDestination,
  DescribeApiDestination,
  ListApiDestinations,
  UpdateApiDestination,
} from './api-destinations.ts'
import { onRetention } from './archived-events.ts'
import { CreateArchive, DeleteArchive, DescribeArchive, ListArchives, UpdateArchive } from './archives.ts'
import {
  CreateConnection,
  DeauthorizeConnection,
  DeleteConnection,
  DescribeConnection,
  ListConnections,
  UpdateConnection,
} from './connections.ts'
import { CreateEndpoint, DeleteEndpoint, DescribeEndpoint, ListEndpoints, UpdateEndpoint } from './endpoints.ts'
import {
  CreateEventBus,
  createDefaultBus,
  DeleteEventBus,
  DescribeEventBus,
  ListEventBuses,
  UpdateEventBus,
} from './event-buses.ts'
import {
  ActivateEventSource,
  DeactivateEventSource,
  DescribeEventSource,
  ListEventSources,
  type Offer,
  OfferEventSource,
} from './event-sources.ts'
import { home } from './names.ts'
import {
  CreatePartnerEventSource,
  DeletePartnerEventSource,
  DescribePartnerEventSource,
  ListPartnerEventSourceAccounts,
  ListPartnerEventSources,
} from './partner-event-sources.ts'
import { TestEventPattern } from './patterns.ts'
import { PutPermission, RemovePermission, resourcePolicy } from './permissions.ts'
import { ForwardEvent, type Forwarded, PutEvents, putEventsNearby, PutPartnerEvents } from './put-events.ts'
import { CancelReplay, DescribeReplay, ListReplays, onReplay, StartReplay } from './replays.ts'
import { ListRuleNamesByTarget, ListRules } from './rule-listings.ts'
import { DeleteRule, DescribeRule, DisableRule, EnableRule, PutRule } from './rules.ts'
import { FireRule, onSchedule } from './schedules.ts'
import { migrations } from './schema.ts'
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts'
import { ListTargetsByRule, PutTargets, RemoveTargets } from './targets.ts'
import { ended } from './undelivered.ts'
import * as views from './views.ts'
import type { FireRuleRequest, FireRuleResponse } from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    events: Operations & InternalOperations
  }
}

/*
 * Known gaps and choices:
 * - Deleting a bus, a rule or a target takes effect at once; so does every change of a rule (AWS: within a minute).
 * - Messages about patterns do not say where in the text the fault is.
 * - KmsKeyIdentifier and a bus's DeadLetterConfig are kept and given back; nothing is encrypted. A bus logs (by
 *   LogConfig) what comes, what matches and how it ended; attempts in between and API destinations it does not log.
 * - A bus of the same account needs neither role nor policy to be a target.
 * - Targets may be queues, topics, functions, log groups, buses, API destinations, streams and state machines; of others
 *   (ECS, Batch, Systems Manager, Redshift, SageMaker, AppSync) the parameters are kept, and their events are refused.
 * - A target's RetryPolicy bounds how often a target that fails is tried again, in real time and 29 times at the most;
 *   its MaximumEventAgeInSeconds holds for API destinations alone, whose retries go by the clock.
 * - A replay runs at once, not in the minutes that AWS takes. A managed rule of an archive has no target to show.
 * - API destinations may be plain HTTP, as endpoints on one's own machine are; private connectivity does not exist.
 *   A connection's secret is kept here, and not in Secrets Manager under the ARN that it shows.
 * - Global endpoints are kept and given back; events that name one are put where they are sent.
 * - Schedules of ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS run as those of ENABLED; there is no CloudTrail.
 */

/** What buses and partners ask of each other's accounts, and the emulator's own endpoints. */
export type InternalOperations = {
  FireRule: { input: FireRuleRequest; output: FireRuleResponse | undefined }
  ForwardEvent: { input: Forwarded; output: undefined }
  OfferEventSource: { input: Offer; output: undefined }
}

const operations = {
  ActivateEventSource,
  CancelReplay,
  CreateApiDestination,
  CreateArchive,
  CreateConnection,
  CreateEndpoint,
  CreateEventBus,
  CreatePartnerEventSource,
  DeactivateEventSource,
  DeauthorizeConnection,
  DeleteApiDestination,
  DeleteArchive,
  DeleteConnection,
  DeleteEndpoint,
  DeleteEventBus,
  DeletePartnerEventSource,
  DeleteRule,
  DescribeApiDestination,
  DescribeArchive,
  DescribeConnection,
  DescribeEndpoint,
  DescribeEventBus,
  DescribeEventSource,
  DescribePartnerEventSource,
  DescribeReplay,
  DescribeRule,
  DisableRule,
  EnableRule,
  ListApiDestinations,
  ListArchives,
  ListConnections,
  ListEndpoints,
  ListEventBuses,
  ListEventSources,
  ListPartnerEventSourceAccounts,
  ListPartnerEventSources,
  ListReplays,
  ListRuleNamesByTarget,
  ListRules,
  ListTagsForResource,
  ListTargetsByRule,
  PutEvents,
  PutPartnerEvents,
  PutPermission,
  PutRule,
  PutTargets,
  RemovePermission,
  RemoveTargets,
  StartReplay,
  TagResource,
  TestEventPattern,
  UntagResource,
  UpdateApiDestination,
  UpdateArchive,
  UpdateConnection,
  UpdateEndpoint,
  UpdateEventBus,
} satisfies Handlers<Operations>

export const events: ServiceDefinition = {
  operations,
  internal: { ForwardEvent, OfferEventSource, FireRule } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  nearby: { PutEvents: putEventsNearby },
  timers: { schedule: onSchedule, retention: onRetention, replay: onReplay },
  onCreate: createDefaultBus,
  ended,
  posts,
  resourcePolicy,
  // `Entries` are the sender's to give.
  target: { operation: 'PutEvents', input: () => ({}) },
  home,
  access: eventsAccess,
}
