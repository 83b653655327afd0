import type { In } from '../../../../aws/models/cloudwatch.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { deliverActions } from '../alarms/alarm-actions.ts'
import { alarmByName, alarmName, definitionOf } from '../alarms/alarm-rows.ts'
import type { StateChange } from '../alarms/alarm-state.ts'
import { muted } from './mutes.ts'
import type { AlarmRow, StateValue } from '../schema.ts'

/*
 * A composite alarm's suppressor holds its actions back while it is in ALARM itself, for a time before it is, and for a
 * time after. What was held back is done at the end, if the alarm is still in that state.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */

type Definition = In<'PutCompositeAlarm'>
type Suppressed = 'Alarm' | 'WaitPeriod' | 'ExtensionPeriod'

const REASONS: Record<Suppressed, string> = {
  Alarm: 'Actions suppressed by the suppressor alarm',
  WaitPeriod: 'Actions suppressed by WaitPeriod',
  ExtensionPeriod: 'Actions suppressed by ExtensionPeriod',
}

const suppressorOf = (definition: Definition) =>
  definition.ActionsSuppressor === undefined ? undefined : alarmName(definition.ActionsSuppressor)

/** Whether the actions of a change are held back now; those of a mute rule are not made up for. */
export function isSuppressed(ctx: Tx, row: AlarmRow, change: StateChange): boolean {
  if (muted(ctx, row.name)) return true
  if (row.type !== 'CompositeAlarm') return false
  const definition = definitionOf<Definition>(row)
  const suppressor = suppressorOf(definition)
  if (suppressor === undefined) return false
  if (alarmByName(ctx, suppressor)?.state === 'ALARM') hold(ctx, row.name, { by: 'Alarm', change })
  else if (row.suppressedBy === 'ExtensionPeriod') hold(ctx, row.name, { by: 'ExtensionPeriod', change })
  else if (change.after.state === 'ALARM') {
    hold(ctx, row.name, { by: 'WaitPeriod', change })
    ctx.timers.set('suppression', row.name, ctx.now + (definition.ActionsSuppressorWaitPeriod ?? 0) * 1000)
  } else if (row.suppressedBy === 'WaitPeriod') {
    // It has come and gone before anyone was told.
    release(ctx, row.name)
    return true
  } else return false
  return true
}

function hold(ctx: Tx, name: string, { by, change }: { by: Suppressed; change?: StateChange }): void {
  const reason = REASONS[by]
  ctx.sql.run('UPDATE cloudwatch_alarms SET suppressedBy = ?, suppressedReason = ? WHERE name = ?', by, reason, name)
  if (change) ctx.sql.run('UPDATE cloudwatch_alarms SET pending = ? WHERE name = ?', JSON.stringify(change), name)
}

function release(ctx: Tx, name: string): void {
  ctx.sql.run(
    'UPDATE cloudwatch_alarms SET suppressedBy = NULL, suppressedReason = NULL, pending = NULL WHERE name = ?',
    name,
  )
  ctx.timers.clear('suppression', name)
}

/** An alarm has changed that may suppress others. */
export function suppressorChanged(ctx: Tx, name: string, state: StateValue): void {
  for (const row of ctx.sql.all<AlarmRow>(
    `SELECT * FROM cloudwatch_alarms WHERE type = 'CompositeAlarm' ORDER BY name`,
  )) {
    const definition = definitionOf<Definition>(row)
    if (suppressorOf(definition) !== name) continue
    if (state === 'ALARM' && row.suppressedBy !== null) {
      hold(ctx, row.name, { by: 'Alarm' })
      ctx.timers.clear('suppression', row.name)
    } else if (state !== 'ALARM' && row.suppressedBy === 'Alarm') {
      hold(ctx, row.name, { by: 'ExtensionPeriod' })
      ctx.timers.set('suppression', row.name, ctx.now + (definition.ActionsSuppressorExtensionPeriod ?? 0) * 1000)
    }
  }
}

/** Timer: the wait or the extension is over. */
export function endSuppression(ctx: Tx, name: string): void {
  const row = alarmByName(ctx, name)
  if (!row || row.suppressedBy === null || row.suppressedBy === 'Alarm') return
  const change = row.pending === null ? undefined : (JSON.parse(row.pending) as StateChange) // written by hold()
  release(ctx, name)
  if (change && change.after.state === row.state) deliverActions(ctx, row, change)
}
