import { AfterReset, type ResetOperations } from './mappings/sqs-source.ts'
import { lambdaAccess } from './access.ts'
import type { Operations } from '../../../aws/models/lambda.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { GetAccountSettings } from './settings/account.ts'
import { CreateAlias, DeleteAlias, GetAlias, ListAliases, UpdateAlias } from './functions/aliases.ts'
import { dropArchive } from './code/archives.ts'
import * as codeSigning from './settings/code-signing.ts'
import * as concurrency from './settings/concurrency.ts'
import * as eventSourceMappings from './mappings/event-source-mappings.ts'
import * as eventInvokeConfigs from './invocations/event-invoke-configs.ts'
import { resumeEvents, retryEvent, watchEvents } from './invocations/events.ts'
import { UpdateFunctionCode, UpdateFunctionConfiguration } from './functions/function-updates.ts'
import * as functionUrls from './urls/function-urls.ts'
import {
  CreateFunction,
  DeleteFunction,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
} from './functions/functions.ts'
import { type DownloadOperations, DownloadArchive } from './code/downloads.ts'
import { Invoke, InvokeAsync, invokeNearby, InvokeWithResponseStream } from './invocations/invoke.ts'
import {
  AddLayerVersionPermission,
  GetLayerVersionPolicy,
  RemoveLayerVersionPermission,
} from './layers/layer-permissions.ts'
import * as layers from './layers/layers.ts'
import { endSandboxes, EvictContainer } from './invocations/sandboxes.ts'
import { type MappingOperations, PollEventSource, resumeMapping } from './mappings/mappings.ts'
import { home } from './functions/names.ts'
import { noteUndelivered } from './metrics.ts'
import { AddPermission, GetPolicy, invokePolicy, RemovePermission } from './settings/permissions.ts'
import * as provisioned from './settings/provisioned-concurrency.ts'
import { DeleteResourcePolicy, GetResourcePolicy, PutResourcePolicy } from './settings/resource-policies.ts'
import * as runtimeManagement from './settings/runtime-management.ts'
import { migrations } from './schema.ts'
import { urlAccess, urlPolicy } from './urls/url-access.ts'
import { InvokeFunctionUrl } from './urls/url-requests.ts'
import { ListTags, resourceTags, TagResource, UntagResource } from './settings/tags.ts'
import { ListVersionsByFunction, PublishVersion } from './functions/versions.ts'
import * as views from './views.ts'
import type { EvictContainerResponse } from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    lambda: Operations & InternalOperations
  }
}

/** What sources of mappings ask, and the emulator's own doors and endpoints. */
type InternalOperations = MappingOperations &
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
const operations = {
  CreateFunction,
  GetFunction,
  GetFunctionConfiguration,
  ListFunctions,
  DeleteFunction,
  UpdateFunctionCode,
  UpdateFunctionConfiguration,
  PublishVersion,
  ListVersionsByFunction,
  CreateAlias,
  GetAlias,
  UpdateAlias,
  DeleteAlias,
  ListAliases,
  Invoke,
  InvokeAsync,
  InvokeWithResponseStream,
  AddPermission,
  RemovePermission,
  GetPolicy,
  PutResourcePolicy,
  GetResourcePolicy,
  DeleteResourcePolicy,
  PublishLayerVersion: layers.PublishLayerVersion,
  GetLayerVersion: layers.GetLayerVersion,
  GetLayerVersionByArn: layers.GetLayerVersionByArn,
  DeleteLayerVersion: layers.DeleteLayerVersion,
  ListLayers: layers.ListLayers,
  ListLayerVersions: layers.ListLayerVersions,
  AddLayerVersionPermission,
  RemoveLayerVersionPermission,
  GetLayerVersionPolicy,
  TagResource,
  UntagResource,
  ListTags,
  GetAccountSettings,
  PutFunctionConcurrency: concurrency.PutFunctionConcurrency,
  GetFunctionConcurrency: concurrency.GetFunctionConcurrency,
  DeleteFunctionConcurrency: concurrency.DeleteFunctionConcurrency,
  PutProvisionedConcurrencyConfig: provisioned.PutProvisionedConcurrencyConfig,
  GetProvisionedConcurrencyConfig: provisioned.GetProvisionedConcurrencyConfig,
  DeleteProvisionedConcurrencyConfig: provisioned.DeleteProvisionedConcurrencyConfig,
  ListProvisionedConcurrencyConfigs: provisioned.ListProvisionedConcurrencyConfigs,
  PutFunctionEventInvokeConfig: eventInvokeConfigs.PutFunctionEventInvokeConfig,
  UpdateFunctionEventInvokeConfig: eventInvokeConfigs.UpdateFunctionEventInvokeConfig,
  GetFunctionEventInvokeConfig: eventInvokeConfigs.GetFunctionEventInvokeConfig,
  DeleteFunctionEventInvokeConfig: eventInvokeConfigs.DeleteFunctionEventInvokeConfig,
  ListFunctionEventInvokeConfigs: eventInvokeConfigs.ListFunctionEventInvokeConfigs,
  CreateEventSourceMapping: eventSourceMappings.CreateEventSourceMapping,
  GetEventSourceMapping: eventSourceMappings.GetEventSourceMapping,
  ListEventSourceMappings: eventSourceMappings.ListEventSourceMappings,
  UpdateEventSourceMapping: eventSourceMappings.UpdateEventSourceMapping,
  DeleteEventSourceMapping: eventSourceMappings.DeleteEventSourceMapping,
  CreateFunctionUrlConfig: functionUrls.CreateFunctionUrlConfig,
  GetFunctionUrlConfig: functionUrls.GetFunctionUrlConfig,
  UpdateFunctionUrlConfig: functionUrls.UpdateFunctionUrlConfig,
  DeleteFunctionUrlConfig: functionUrls.DeleteFunctionUrlConfig,
  ListFunctionUrlConfigs: functionUrls.ListFunctionUrlConfigs,
  CreateCodeSigningConfig: codeSigning.CreateCodeSigningConfig,
  UpdateCodeSigningConfig: codeSigning.UpdateCodeSigningConfig,
  GetCodeSigningConfig: codeSigning.GetCodeSigningConfig,
  DeleteCodeSigningConfig: codeSigning.DeleteCodeSigningConfig,
  ListCodeSigningConfigs: codeSigning.ListCodeSigningConfigs,
  ListFunctionsByCodeSigningConfig: codeSigning.ListFunctionsByCodeSigningConfig,
  PutFunctionCodeSigningConfig: codeSigning.PutFunctionCodeSigningConfig,
  GetFunctionCodeSigningConfig: codeSigning.GetFunctionCodeSigningConfig,
  DeleteFunctionCodeSigningConfig: codeSigning.DeleteFunctionCodeSigningConfig,
  PutRuntimeManagementConfig: runtimeManagement.PutRuntimeManagementConfig,
  GetRuntimeManagementConfig: runtimeManagement.GetRuntimeManagementConfig,
  PutFunctionRecursionConfig: runtimeManagement.PutFunctionRecursionConfig,
  GetFunctionRecursionConfig: runtimeManagement.GetFunctionRecursionConfig,
} satisfies Handlers<Operations>

export const lambda: ServiceDefinition = {
  operations: { ...operations, InvokeFunctionUrl },
  internal: { AfterReset, DownloadArchive, EvictContainer, PollEventSource } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: { event: retryEvent, events: watchEvents, archive: dropArchive, mapping: resumeMapping },
  nearby: { Invoke: invokeNearby },
  ended: noteUndelivered,
  onWake: resumeEvents,
  onErase: endSandboxes,
  resourcePolicy: (ctx, operation, input) =>
    operation === 'InvokeFunctionUrl' ? urlPolicy(ctx, input) : invokePolicy(ctx, operation, input),
  doorAccess: urlAccess,
  resourceTags,
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
