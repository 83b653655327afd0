import type { Handlers } from '../../kernel/object/operation.ts'
import { eventsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/events.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { posts } from './api-destination-calls.ts'
import { onRetention } from './archived-events.ts'
import { home } from './names.ts'
import { FireRule, onSchedule } from './schedules.ts'
import * as views from './views.ts'
import type { FireRuleRequest, FireRuleResponse } from './views.ts'
import { migrations } from './schema.ts'
import { ended } from './undelivered.ts'
import * as apiDestinations from './api-destinations.ts'
import * as archives from './archives.ts'
import * as connections from './connections.ts'
import * as endpoints from './endpoints.ts'
import * as eventBuses from './event-buses.ts'
import * as eventSources from './event-sources.ts'
import * as partnerEventSources from './partner-event-sources.ts'
import * as patterns from './patterns.ts'
import * as permissions from './permissions.ts'
import * as putEvents from './put-events.ts'
import * as replays from './replays.ts'
import * as ruleListings from './rule-listings.ts'
import * as rules from './rules.ts'
import * as tags from './tags.ts'
import * as targets from './targets.ts'

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
  ForwardEvent: { input: putEvents.Forwarded; output: undefined }
  OfferEventSource: { input: eventSources.Offer; output: undefined }
}

export const events: ServiceDefinition = {
  operations: operationsOf(
    'events',
    apiDestinations,
    archives,
    connections,
    endpoints,
    eventBuses,
    eventSources,
    partnerEventSources,
    patterns,
    permissions,
    putEvents,
    replays,
    ruleListings,
    rules,
    tags,
    targets,
  ),
  internal: {
    ForwardEvent: putEvents.ForwardEvent,
    OfferEventSource: eventSources.OfferEventSource,
    FireRule,
  } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  nearby: { PutEvents: putEvents.putEventsNearby },
  timers: { schedule: onSchedule, retention: onRetention, replay: replays.onReplay },
  onCreate: eventBuses.createDefaultBus,
  ended,
  posts,
  resourcePolicy: permissions.resourcePolicy,
  // `Entries` are the sender's to give.
  target: { operation: 'PutEvents', input: () => ({}) },
  home,
  access: eventsAccess,
}
