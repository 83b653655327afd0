import type { Handlers } from '../../kernel/object/operation.ts'
import { AfterReset, type ResetOperations } from './mappings/sqs-source.ts'
import { lambdaAccess } from './access.ts'
import type { Operations } from '../../../aws/models/lambda.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { dropArchive } from './code/archives.ts'
import { resumeEvents, retryEvent, watchEvents } from './invocations/events.ts'
import { type DownloadOperations, DownloadArchive } from './code/downloads.ts'
import { endSandboxes, EvictContainer } from './invocations/sandboxes.ts'
import { home } from './functions/names.ts'
import { noteUndelivered } from './metrics.ts'
import { migrations } from './schema.ts'
import { urlAccess, urlPolicy } from './urls/url-access.ts'
import * as account from './settings/account.ts'
import * as aliases from './functions/aliases.ts'
import * as codeSigning from './settings/code-signing.ts'
import * as concurrency from './settings/concurrency.ts'
import * as eventInvokeConfigs from './invocations/event-invoke-configs.ts'
import * as eventSourceMappings from './mappings/event-source-mappings.ts'
import * as functionUpdates from './functions/function-updates.ts'
import * as functionUrls from './urls/function-urls.ts'
import * as functions from './functions/functions.ts'
import * as invoke from './invocations/invoke.ts'
import * as layerPermissions from './layers/layer-permissions.ts'
import * as layers from './layers/layers.ts'
import * as mappings from './mappings/mappings.ts'
import * as permissions from './settings/permissions.ts'
import * as provisioned from './settings/provisioned-concurrency.ts'
import * as resourcePolicies from './settings/resource-policies.ts'
import * as runtimeManagement from './settings/runtime-management.ts'
import * as tags from './settings/tags.ts'
import * as urlRequests from './urls/url-requests.ts'
import * as versions from './functions/versions.ts'
import * as views from './views.ts'
import type { EvictContainerResponse } from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    lambda: Operations & urlRequests.UrlOperations & InternalOperations
  }
}

/** What sources of mappings ask, and the emulator's own doors and endpoints. */
type InternalOperations = mappings.MappingOperations &
  ResetOperations &
  DownloadOperations & { EvictContainer: { input: { functionName: string }; output: EvictContainerResponse } }

/**
 * Lambda. Functions of Node.js runtimes run in isolates; the rest waits for a runner.
 *
 * Known gaps: event source mappings read queues alone; other sources are refused, and errors do not slow one down.
 * Capacity providers and the scaling configurations that go with them (functions on instances of one's own) and durable
 * executions (a function's progress kept between its runs) need runtimes that there are not, and answer 501. A function
 * is active, a mapping enabled, as soon as its request is answered, unless the namespace wants it pending: events come
 * to it even then. VPC, file system, SnapStart, signing and provisioned concurrency settings are kept and shown, and
 * change nothing in how a function runs. At most 100 asynchronous invocations of a place run at once, and 100 of a
 * mapping; the others wait for those. Records of more than 1.9 MB reach no destination. Whether the role may write to a destination that is a
 * bucket or a bus shows when the first record comes.
 */
export const lambda: ServiceDefinition = {
  operations: operationsOf(
    'lambda',
    account,
    aliases,
    codeSigning,
    concurrency,
    eventInvokeConfigs,
    eventSourceMappings,
    functionUpdates,
    functionUrls,
    functions,
    invoke,
    layerPermissions,
    layers,
    mappings,
    permissions,
    provisioned,
    resourcePolicies,
    runtimeManagement,
    tags,
    urlRequests,
    versions,
  ),
  internal: {
    AfterReset,
    DownloadArchive,
    EvictContainer,
    PollEventSource: mappings.PollEventSource,
  } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: { event: retryEvent, events: watchEvents, archive: dropArchive, mapping: mappings.resumeMapping },
  nearby: { Invoke: invoke.invokeNearby },
  ended: noteUndelivered,
  onWake: resumeEvents,
  onErase: endSandboxes,
  resourcePolicy: (ctx, operation, input) =>
    operation === 'InvokeFunctionUrl' ? urlPolicy(ctx, input) : permissions.invokePolicy(ctx, operation, input),
  doorAccess: urlAccess,
  resourceTags: tags.resourceTags,
  target: {
    operation: 'Invoke',
    input: (arn, _resource, { text: Payload }) => ({ FunctionName: arn, InvocationType: 'Event', Payload }),
  },
  home,
  access: lambdaAccess,
  dialect: 'rest-json',
  wire: {
    tooLarge: 'RequestEntityTooLargeException',
    validation: { code: 'ValidationException', itemsNotNull: true },
  },
}
