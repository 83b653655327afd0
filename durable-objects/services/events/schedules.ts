/** Rules that are due by the namespace's clock, whatever arrives on their bus. */
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { InvalidSchedule, nextTime, readSchedule, type Schedule } from '../../shared/cron.ts'
import { ruleArn } from './names.ts'
import { fireRule } from './publish.ts'
import { invalid } from './refusals.ts'
import { lookUpRule } from './find-rule.ts'
import type { BusEvent, RuleRow } from './schema.ts'
import type { FireRuleRequest, FireRuleResponse } from './views.ts'

/** @throws AwsError ValidationException */
export function readScheduleExpression(expression: string): Schedule {
  try {
    const schedule = readSchedule(expression)
    if (schedule.kind !== 'at') return schedule
  } catch (error) {
    if (!(error instanceof InvalidSchedule)) throw error
  }
  throw invalid('Parameter ScheduleExpression is not valid.')
}

/** Sets the timer of a rule to its next time; takes it away when the rule has none. */
export function arm(ctx: Tx, rule: Pick<RuleRow, 'bus' | 'name' | 'schedule' | 'state' | 'startedAt'>): void {
  const schedule =
    rule.schedule === null || rule.state === 'DISABLED' ? undefined : readScheduleExpression(rule.schedule)
  const next = schedule && nextTime(schedule, { after: ctx.now, start: rule.startedAt })
  if (next === undefined) disarm(ctx, rule)
  else ctx.timers.set('schedule', rule.name, next)
}

/** Schedules are the default bus's alone, so that a name is enough. */
export function disarm(ctx: Tx, { bus, name }: Pick<RuleRow, 'bus' | 'name'>): void {
  if (bus === 'default') ctx.timers.clear('schedule', name)
}

/** The timer of a scheduled rule. */
export function onSchedule(ctx: Tx, name: string): void {
  const rule = lookUpRule(ctx, 'default', name)
  if (!rule || rule.state === 'DISABLED' || rule.schedule === null) return
  fireRule(ctx, rule, scheduledEvent(ctx, rule))
  arm(ctx, rule)
}

/** Test tick: fires a rule as its schedule would, enabled or not. */
export function FireRule(ctx: Tx, { busName = 'default', ruleName }: FireRuleRequest): FireRuleResponse | undefined {
  const rule = lookUpRule(ctx, busName, ruleName)
  if (!rule) return undefined
  const targets = fireRule(ctx, rule, scheduledEvent(ctx, rule))
  return { targets: targets.map(({ Arn }) => ({ type: typeOf(Arn), arn: Arn })) }
}

function typeOf(text: string): string {
  const { service = '', resource = '' } = parseArn(text) ?? {}
  if (service === 'states') return 'stepfunctions'
  if (service !== 'events') return service
  return resource.startsWith('api-destination/') ? 'api-destination' : 'event-bus'
}

function scheduledEvent({ place, now }: Ctx, rule: RuleRow): BusEvent {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: place.account,
    time: eventTime(now),
    region: place.region,
    resources: [ruleArn(place, rule)],
    detail: {},
  }
}

/** To the second, as events tell their time. */
export function eventTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
