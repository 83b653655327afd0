import type { In, Out, ScheduledQuerySummary } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count } from '../../../kernel/object/rows.ts'
import { InvalidSchedule, readSchedule } from '../../../shared/cron.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { isTimeZone } from '../../../shared/time-zone.ts'
import type { ScheduledQueryRow } from '../anomalies/analysis-schema.ts'
import { findGroupByIdentifier } from '../groups/find-group.ts'
import { logsTags } from '../groups/tags.ts'
import { readQuery } from './insights/commands.ts'
import { conflict, validation, invalidScheduledToken, paging } from '../refusals.ts'
import { lastRun } from './scheduled-runs.ts'
import { scheduledArn, findScheduled, scheduledSettings, schedule, type ScheduledSettings } from './find-scheduled.ts'

const MOST = 1000

function check(ctx: Ctx, settings: ScheduledSettings): void {
  const { queryLanguage, queryString, timezone, scheduleExpression, logGroupIdentifiers } = settings
  if (queryLanguage !== 'CWLI') {
    throw new AwsError('NotImplemented', `logs: scheduled queries in ${queryLanguage} are not implemented`, 501)
  }
  if (settings.destinationConfiguration) {
    throw new AwsError('NotImplemented', 'logs: destinations of scheduled queries are not implemented', 501)
  }
  if (timezone !== undefined && !isTimeZone(timezone)) throw validation(`The timezone ${timezone} is invalid.`)
  if (!scheduleExpression.startsWith('cron(')) throw validation('The scheduleExpression must be a cron expression.')
  try {
    readSchedule(scheduleExpression)
  } catch (error) {
    if (error instanceof InvalidSchedule) throw validation(`The scheduleExpression is invalid: ${error.message}`)
    throw error
  }
  readQuery(queryString, ctx.now)
  for (const identifier of logGroupIdentifiers ?? []) findGroupByIdentifier(ctx, identifier)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateScheduledQuery.html */
export function CreateScheduledQuery(ctx: Tx, input: In<'CreateScheduledQuery'>): Out<'CreateScheduledQuery'> {
  const { name, tags, ...given } = input
  const settings: ScheduledSettings = { state: 'ENABLED', ...given }
  check(ctx, settings)
  if (ctx.sql.first('SELECT 1 FROM logs_scheduled_queries WHERE name = ?', name)) {
    throw conflict(`A scheduled query with the name ${name} already exists.`)
  }
  if (count(ctx.sql, 'logs_scheduled_queries') >= MOST)
    throw new AwsError('ServiceQuotaExceededException', 'Resource limit exceeded.')
  const row = ctx.sql.first<ScheduledQueryRow>(
    `INSERT INTO logs_scheduled_queries (id, name, settings, createdAt, updatedAt) VALUES (?1, ?2, ?3, ?4, ?4)
     RETURNING *`,
    crypto.randomUUID(),
    name,
    JSON.stringify(settings),
    ctx.now,
  )
  if (row) schedule(ctx, row)
  const scheduledQueryArn = scheduledArn(ctx, row?.id ?? '')
  logsTags.set(ctx, scheduledQueryArn, tags)
  return { scheduledQueryArn, ...(settings.state ? { state: settings.state } : {}) }
}

function describe(ctx: Ctx, row: ScheduledQueryRow) {
  const last = lastRun(ctx, row)
  return {
    scheduledQueryArn: scheduledArn(ctx, row.id),
    name: row.name,
    ...scheduledSettings(row),
    scheduleType: 'CUSTOMER_MANAGED' as const,
    creationTime: row.createdAt,
    lastUpdatedTime: row.updatedAt,
    ...(last ? { lastTriggeredTime: last.triggeredTimestamp, lastExecutionStatus: last.executionStatus } : {}),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetScheduledQuery.html */
export function GetScheduledQuery(ctx: Ctx, { identifier }: In<'GetScheduledQuery'>): Out<'GetScheduledQuery'> {
  return describe(ctx, findScheduled(ctx, identifier))
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateScheduledQuery.html */
export function UpdateScheduledQuery(ctx: Tx, input: In<'UpdateScheduledQuery'>): Out<'UpdateScheduledQuery'> {
  const { identifier, ...given } = input
  const existing = findScheduled(ctx, identifier)
  const { state } = scheduledSettings(existing)
  const settings: ScheduledSettings = { ...(state ? { state } : {}), ...given }
  check(ctx, settings)
  ctx.sql.run(
    'UPDATE logs_scheduled_queries SET settings = ?, updatedAt = ? WHERE id = ?',
    JSON.stringify(settings),
    ctx.now,
    existing.id,
  )
  const row = findScheduled(ctx, existing.name)
  schedule(ctx, row)
  return describe(ctx, row)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteScheduledQuery.html */
export function DeleteScheduledQuery(ctx: Tx, { identifier }: In<'DeleteScheduledQuery'>): Out<'DeleteScheduledQuery'> {
  const { id } = findScheduled(ctx, identifier)
  ctx.sql.run('DELETE FROM logs_scheduled_queries WHERE id = ?', id)
  logsTags.drop(ctx, scheduledArn(ctx, id))
  ctx.sql.run('DELETE FROM logs_scheduled_runs WHERE scheduled = ?', id)
  ctx.timers.clear('scheduledQuery', id)
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListScheduledQueries.html */
export function ListScheduledQueries(ctx: Ctx, input: In<'ListScheduledQueries'>): Out<'ListScheduledQueries'> {
  const { rows, next } = listing<ScheduledQueryRow>(
    ctx,
    { ...paging(input), refusal: invalidScheduledToken },
    {
      from: 'logs_scheduled_queries',
      // None is AWS's own.
      where: { "settings ->> 'state' = ?": input.state, "? <> 'AWS_MANAGED'": input.scheduleType },
      key: 'name',
    },
  )
  const scheduledQueries = rows.map((row): ScheduledQuerySummary => {
    const { scheduledQueryArn, name, state: now, scheduleType: type, ...all } = describe(ctx, row)
    const { scheduleExpression, timezone, creationTime, lastUpdatedTime } = all
    return {
      ...{ scheduledQueryArn, name, state: now, scheduleType: type, scheduleExpression, timezone },
      ...{ creationTime, lastUpdatedTime, lastTriggeredTime: all.lastTriggeredTime },
      lastExecutionStatus: all.lastExecutionStatus,
    }
  })
  return { scheduledQueries, nextToken: next }
}
