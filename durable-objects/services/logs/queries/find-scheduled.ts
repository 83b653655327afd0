import type { In } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { nextTime, readSchedule } from '../../../shared/cron.ts'
import type { ScheduledQueryRow } from '../anomalies/analysis-schema.ts'
import { notFound } from '../refusals.ts'

export type ScheduledSettings = Omit<In<'CreateScheduledQuery'>, 'name' | 'tags'>

/** AWS says "Unix epoch" of these, which some clients write in seconds. */
export const epochMs = (time: number) => (time < 1e11 ? time * 1000 : time)

export function scheduledArn(ctx: Ctx, id: string): string {
  return arnAt(ctx.place, 'logs', `scheduled-query:${id}`)
}

/** By its name or its ARN. @throws AwsError ResourceNotFoundException */
export function findScheduled(ctx: Ctx, identifier: string): ScheduledQueryRow {
  const id = identifier.startsWith('arn:') ? identifier.split(':').at(-1) : undefined
  const row = ctx.sql.first<ScheduledQueryRow>(
    `SELECT * FROM logs_scheduled_queries WHERE ${id === undefined ? 'name' : 'id'} = ?`,
    id ?? identifier,
  )
  if (!row || (id !== undefined && scheduledArn(ctx, row.id) !== identifier)) throw notFound('scheduled query')
  return row
}

export function scheduledSettings({ settings }: ScheduledQueryRow): ScheduledSettings {
  return JSON.parse(settings) as ScheduledSettings // written here
}

/** Sets the timer for the query's next time, if it has one. */
export function schedule(ctx: Tx, row: ScheduledQueryRow): void {
  const { scheduleExpression, timezone, state, scheduleStartTime = 0, scheduleEndTime } = scheduledSettings(row)
  const due = nextTime(readSchedule(scheduleExpression), {
    after: Math.max(ctx.now, epochMs(scheduleStartTime) - 1),
    start: row.createdAt,
    timeZone: timezone,
  })
  const over = due === undefined || (scheduleEndTime !== undefined && due > epochMs(scheduleEndTime))
  if (state === 'DISABLED' || over) ctx.timers.clear('scheduledQuery', row.id)
  else ctx.timers.set('scheduledQuery', row.id, due)
}
