import { schedulerAccess } from './access.ts'
import type { Operations } from '../../../aws/models/scheduler.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { due, ended, FireSchedule, retry } from './firings.ts'
import {
  createDefaultGroup,
  CreateScheduleGroup,
  DeleteScheduleGroup,
  endGroup,
  GetScheduleGroup,
  ListScheduleGroups,
} from './groups.ts'
import { ListSchedules } from './listings.ts'
import { CreateSchedule, DeleteSchedule, GetSchedule, UpdateSchedule } from './schedules.ts'
import { migrations } from './schema.ts'
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts'
import * as views from './views.ts'
import type { FireScheduleResponse } from './views.ts'

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
const operations = {
  CreateSchedule,
  CreateScheduleGroup,
  DeleteSchedule,
  DeleteScheduleGroup,
  GetSchedule,
  GetScheduleGroup,
  ListScheduleGroups,
  ListSchedules,
  ListTagsForResource,
  TagResource,
  UntagResource,
  UpdateSchedule,
} satisfies Handlers<Operations>

export const scheduler: ServiceDefinition = {
  operations,
  internal: { FireSchedule } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: { due, retry, group: endGroup },
  ended,
  onCreate: createDefaultGroup,
  access: schedulerAccess,
}
