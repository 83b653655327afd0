import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { type After, nextTime, readSchedule } from '../../../shared/cron.ts'
import { allResources, type Resource } from '../resources.ts'

/** A mute rule as it is kept: dates in milliseconds. */
export type MuteRule = Pick<In<'PutAlarmMuteRule'>, 'Description' | 'Rule' | 'MuteTargets'> & {
  start?: number | undefined
  expire?: number | undefined
}

export type MuteStatus = 'SCHEDULED' | 'ACTIVE' | 'EXPIRED'

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/

/** `PT4H`, in milliseconds; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  const match = DURATION.exec(text)
  if (!match) return undefined
  const [days = 0, hours = 0, minutes = 0] = match.slice(1).map(part => Number(part ?? 0))
  const total = ((days * 24 + hours) * 60 + minutes) * 60_000
  return total > 0 ? total : undefined
}

export function statusOf({ Rule, start, expire }: MuteRule, now: number): MuteStatus {
  if (expire !== undefined && now >= expire) return 'EXPIRED'
  const { Expression, Duration, Timezone } = Rule.Schedule
  const after: After = {
    after: now - (durationMs(Duration) ?? 0),
    start: start ?? 0,
    ...(Timezone && { timeZone: Timezone }),
  }
  const begun = nextTime(readSchedule(Expression), after)
  if (begun !== undefined && begun <= now) return 'ACTIVE'
  const next = nextTime(readSchedule(Expression), { ...after, after: now })
  return next === undefined ? 'EXPIRED' : 'SCHEDULED'
}

/** Whether a rule that is active now mutes an alarm. */
export function muted(ctx: Ctx, alarm: string): boolean {
  return allResources<MuteRule>(ctx, 'mute-rule').some(
    ({ body }) => targets(body, alarm) && statusOf(body, ctx.now) === 'ACTIVE',
  )
}

export const targets = ({ MuteTargets }: MuteRule, alarm: string) => MuteTargets?.AlarmNames.includes(alarm) ?? false

export type StoredMuteRule = Resource<MuteRule>
