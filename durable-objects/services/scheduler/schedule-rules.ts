import type { CreateScheduleInput } from '../../../aws/models/scheduler.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { InvalidSchedule } from '../../shared/cron.ts'
import { isTimeZone } from '../../shared/time-zone.ts'
import { invalid } from './refusals.ts'
import type { Settings } from './schema.ts'
import { keptTarget } from './target-rules.ts'
import { timetableOf } from './timing.ts'

/** A start may lie so far back. */
const START_GRACE_MS = 300_000

/** What a request sets, checked and with the defaults of what it leaves out. */
export function settingsOf(ctx: Ctx, input: CreateScheduleInput): Settings {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'UTC', FlexibleTimeWindow } = input
  checkExpression(ScheduleExpression)
  if (/^[+-]/.test(ScheduleExpressionTimezone) || !isTimeZone(ScheduleExpressionTimezone)) {
    throw invalid(`Invalid ScheduleExpressionTimezone ${ScheduleExpressionTimezone}.`)
  }
  checkWindow(FlexibleTimeWindow)
  const dates = checkDates(ctx, input)
  return {
    ScheduleExpression,
    ScheduleExpressionTimezone,
    ...dates,
    Description: input.Description,
    KmsKeyArn: input.KmsKeyArn,
    Target: keptTarget(ctx, input.Target),
    FlexibleTimeWindow,
    ActionAfterCompletion: input.ActionAfterCompletion ?? 'NONE',
  }
}

function checkExpression(expression: string): void {
  try {
    timetableOf(expression)
  } catch (error) {
    if (error instanceof InvalidSchedule) throw invalid(`Invalid Schedule Expression ${expression}.`)
    throw error
  }
}

function checkWindow({ Mode, MaximumWindowInMinutes: window }: CreateScheduleInput['FlexibleTimeWindow']): void {
  const must = (not: string) =>
    invalid(`MaximumWindowInMinutes must ${not}be provided when FlexibleTimeWindowMode is set to ${Mode}.`)
  if (Mode === 'OFF' && window !== undefined) throw must('not ')
  if (Mode === 'FLEXIBLE' && window === undefined) throw must('')
}

/** One-time schedules have no use for dates, and keep them. */
function checkDates(ctx: Ctx, { ScheduleExpression, StartDate, EndDate }: CreateScheduleInput) {
  const [start, end] = [StartDate?.getTime(), EndDate?.getTime()]
  if (start !== undefined && end !== undefined && start >= end) {
    throw invalid('The StartDate you specify must come before the EndDate.')
  }
  if (!ScheduleExpression.startsWith('at(') && start !== undefined && start < ctx.now - START_GRACE_MS) {
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.')
  }
  return { StartDate: start, EndDate: end }
}
