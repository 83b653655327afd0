import type { In, Out, TriggerHistoryRecord } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { AwsError, reasonOf } from '../../../../aws/errors.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import type { ScheduledQueryRow, ScheduledRunRow } from '../anomalies/analysis-schema.ts'
import { StartQuery } from './queries.ts'
import { invalidScheduledToken, paging } from '../refusals.ts'
import { epochMs, findScheduled, schedule, scheduledArn, scheduledSettings } from './find-scheduled.ts'
import type { QueryRow } from '../schema.ts'

const KEPT = 1000

/** The timer: a scheduled query's time has come. Its results are read by the query's id, which the history tells. */
export function onScheduledQuery(ctx: Tx, id: string): void {
  const row = ctx.sql.first<ScheduledQueryRow>('SELECT * FROM logs_scheduled_queries WHERE id = ?', id)
  if (!row) return
  const { query, error } = start(ctx, row)
  replace(ctx.sql, 'logs_scheduled_runs', { scheduled: id, triggeredAt: ctx.now, query, error })
  ctx.sql.run(
    `DELETE FROM logs_scheduled_runs WHERE scheduled = ?1 AND triggeredAt <=
     (SELECT triggeredAt FROM logs_scheduled_runs WHERE scheduled = ?1 ORDER BY triggeredAt DESC LIMIT 1 OFFSET ?2)`,
    id,
    KEPT,
  )
  schedule(ctx, row)
}

function start(ctx: Tx, row: ScheduledQueryRow): { query?: string | undefined; error?: string } {
  const { queryString, logGroupIdentifiers, startTimeOffset = 0, endTimeOffset = 0 } = scheduledSettings(row)
  const now = Math.floor(ctx.now / 1000)
  const [startTime, endTime] = [now - startTimeOffset, now - endTimeOffset]
  try {
    return { query: StartQuery(ctx, { queryString, logGroupIdentifiers, startTime, endTime }).queryId }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { error: reasonOf(error) }
  }
}

function described(ctx: Ctx, { triggeredAt, query, error }: ScheduledRunRow): TriggerHistoryRecord {
  const found = query === null ? undefined : ctx.sql.first<QueryRow>('SELECT * FROM logs_queries WHERE id = ?', query)
  const ended = found?.status === 'Cancelled' ? 'Failed' : (found?.status ?? 'Complete')
  return {
    ...(query === null ? {} : { queryId: query }),
    executionStatus: error === null ? ended : 'Failed',
    triggeredTimestamp: triggeredAt,
    ...(error === null ? {} : { errorMessage: error }),
  }
}

export function lastRun(ctx: Ctx, { id }: ScheduledQueryRow): TriggerHistoryRecord | undefined {
  const newest = 'SELECT * FROM logs_scheduled_runs WHERE scheduled = ? ORDER BY triggeredAt DESC LIMIT 1'
  const run = ctx.sql.first<ScheduledRunRow>(newest, id)
  return run && described(ctx, run)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetScheduledQueryHistory.html */
export function GetScheduledQueryHistory(
  ctx: Ctx,
  input: In<'GetScheduledQueryHistory'>,
): Out<'GetScheduledQueryHistory'> {
  const { identifier, startTime, endTime, executionStatuses } = input
  const { id, name } = findScheduled(ctx, identifier)
  const { rows, next } = listing<ScheduledRunRow>(
    ctx,
    { ...paging(input), refusal: invalidScheduledToken },
    {
      from: 'logs_scheduled_runs',
      where: { 'scheduled = ?': id, 'triggeredAt BETWEEN ? AND ?': [epochMs(startTime), epochMs(endTime)] },
      key: 'triggeredAt',
      order: 'DESC',
      keep: row => executionStatuses?.includes(described(ctx, row).executionStatus ?? '') ?? true,
    },
  )
  const triggerHistory = rows.map(row => described(ctx, row))
  return { name, scheduledQueryArn: scheduledArn(ctx, id), triggerHistory, nextToken: next }
}
