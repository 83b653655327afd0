import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { deliverActions, deliverStateEvent } from './alarm-actions.ts'
import { alarmArn, alarmByName, definitionOf } from './alarm-rows.ts'
import { isSuppressed, suppressorChanged } from '../mutes/suppression.ts'
import { isTrue, readRule, rulesOn } from './composite-rule.ts'
import { writeHistory } from './history.ts'
import { isoTime } from './reasons.ts'
import type { AlarmRow, StateValue } from '../schema.ts'

/** A state that an alarm takes, and why. */
export type NewState = { state: StateValue; reason: string; reasonData: string | null }

/** A change as actions and events tell of it. Times in milliseconds. */
export type StateChange = {
  before: Pick<AlarmRow, 'state' | 'reason' | 'reasonData' | 'updatedAt'>
  after: NewState & { at: number }
}

/** Composite alarms may depend on each other in a circle: no chain of changes is longer. */
const LONGEST_CHAIN = 20

/** Writes an alarm's state, tells of it, acts on it, and does the same for the composite alarms that depend on it. */
export function changeState(ctx: Tx, row: AlarmRow, next: NewState, depth = 0): void {
  const { now } = ctx
  ctx.sql.run(
    `UPDATE cloudwatch_alarms SET state = ?, reason = ?, reasonData = ?, updatedAt = ?,
       transitionedAt = CASE WHEN state = ?1 THEN transitionedAt ELSE ?4 END WHERE name = ?`,
    next.state,
    next.reason,
    next.reasonData,
    now,
    row.name,
  )
  if (next.state === row.state) return
  const change: StateChange = { before: row, after: { ...next, at: now } }
  writeHistory(ctx, {
    alarm: row.name,
    type: row.type,
    item: 'StateUpdate',
    summary: `Alarm updated from ${row.state} to ${next.state}`,
    data: historyOf(change),
  })
  const held = isSuppressed(ctx, row, change)
  deliverStateEvent(ctx, alarmByName(ctx, row.name) ?? row, change)
  if (!held) deliverActions(ctx, row, change)
  suppressorChanged(ctx, row.name, next.state)
  if (depth < LONGEST_CHAIN)
    for (const parent of rulesOn(ctx, row.name)) evaluateComposite(ctx, parent, { cause: row.name, depth: depth + 1 })
}

function historyOf({ before, after }: StateChange): object {
  const state = (value: StateValue, reason: string, data: string | null) => ({
    stateValue: value,
    stateReason: reason,
    ...(data !== null && { stateReasonData: parsed(data) }),
  })
  return {
    version: '1.0',
    oldState: state(before.state, before.reason, before.reasonData),
    newState: state(after.state, after.reason, after.reasonData),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // SetAlarmState takes any text
  }
}

type Why = { cause?: string; depth?: number }

/** Gives a composite alarm the state that its rule has now. */
export function evaluateComposite(ctx: Tx, row: AlarmRow, { cause, depth = 0 }: Why): void {
  const { AlarmRule } = definitionOf<In<'PutCompositeAlarm'>>(row)
  const stateOf = (name: string) => alarmByName(ctx, name)?.state
  const state: StateValue = isTrue(readRule(AlarmRule), stateOf) ? 'ALARM' : 'OK'
  if (state === row.state) return
  const child = cause === undefined ? undefined : alarmByName(ctx, cause)
  const reason = child
    ? `${alarmArn(ctx, child.name)} transitioned to ${child.state} at ${longTime(child.updatedAt)}`
    : `${alarmArn(ctx, row.name)} was created and its alarm rule evaluates to ${state}`
  const triggeringAlarms = child
    ? [{ arn: alarmArn(ctx, child.name), state: { value: child.state, timestamp: isoTime(child.updatedAt) } }]
    : []
  changeState(ctx, row, { state, reason, reasonData: JSON.stringify({ triggeringAlarms }) }, depth)
}

/** `Wednesday 05 August, 2020 12:00:00 UTC` */
function longTime(at: number): string {
  const date = new Date(at)
  const part = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleDateString('en-US', { ...options, timeZone: 'UTC' })
  const day = part({ day: '2-digit' })
  const time = date.toISOString().slice(11, 19)
  return `${part({ weekday: 'long' })} ${day} ${part({ month: 'long' })}, ${date.getUTCFullYear()} ${time} UTC`
}
