import type { Handlers } from '../../kernel/object/operation.ts'
import { schedulerAccess } from './access.ts'
import type { Operations } from '../../../aws/models/scheduler.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { due, ended, FireSchedule, retry } from './firings.ts'
import * as views from './views.ts'
import type { FireScheduleResponse } from './views.ts'
import { migrations } from './schema.ts'
import * as groups from './groups.ts'
import * as listings from './listings.ts'
import * as schedules from './schedules.ts'
import * as tags from './tags.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    scheduler: Operations & InternalOperations
  }
}

/** What the emulator's own endpoints ask. */
type InternalOperations = {
  FireSchedule: { input: { group: string; name: string }; output: FireScheduleResponse | undefined }
}

/*
 * EventBridge Scheduler.
 *
 * Known gaps and choices:
 * - A schedule fires at the very second it is for (AWS: within that minute), and within a flexible window at a second
 *   that is the same each time it runs. What was missed while the emulator was off is made up for once.
 * - A one-time schedule whose time is past fires at once.
 * - Retries go by the namespace's clock: 1 s, 2 s, 4 s … 8 minutes; AWS names no times.
 * - Invocations that are under way outlive a change or deletion of their schedule.
 * - Universal targets are operations of the services that have a model here; those that are not built fail with
 *   NotImplemented and become dead letters, as targets of CodeBuild, CodePipeline, Inspector and SageMaker do.
 * - KmsKeyArn is kept and shown; nothing is encrypted. EventBridge's newer PutEventsV2 and PutRawEvents are refused.
 * - Request rates are not limited.
 */
export const scheduler: ServiceDefinition = {
  operations: operationsOf('scheduler', groups, listings, schedules, tags),
  migrations,
  timers: { due, retry, group: groups.endGroup },
  internal: { FireSchedule } satisfies Handlers<InternalOperations>,
  views,
  ended,
  onCreate: groups.createDefaultGroup,
  access: schedulerAccess,
}
