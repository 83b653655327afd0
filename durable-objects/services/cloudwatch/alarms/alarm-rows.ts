import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { writeHistory } from './history.ts'
import type { AlarmRow } from '../schema.ts'
import { deleteTags } from '../tag-rows.ts'

export const alarmArn = ({ place }: Ctx, name: string) => arnAt(place, 'cloudwatch', `alarm:${name}`)

/** A name, or the name in an ARN of an alarm. */
export function alarmName(nameOrArn: string): string {
  const arn = parseArn(nameOrArn)
  return arn?.resource.startsWith('alarm:') ? arn.resource.slice('alarm:'.length) : nameOrArn
}

export const alarmByName = (ctx: Ctx, name: string) =>
  ctx.sql.first<AlarmRow>('SELECT * FROM cloudwatch_alarms WHERE name = ?', name)

/** @throws ResourceNotFound */
export function findAlarm(ctx: Ctx, name: string): AlarmRow {
  const row = alarmByName(ctx, name)
  if (!row) throw new AwsError('ResourceNotFound', 'Unknown')
  return row
}

/** What was put; each kind of alarm has its own input's type. */
export const definitionOf = <Definition>({ definition }: Pick<AlarmRow, 'definition'>) =>
  JSON.parse(definition) as Definition // written by writeAlarm()

type NewAlarm = { name: string; type: AlarmRow['type']; definition: object; actionsEnabled: boolean; step: number }

/** Writes an alarm as it was put; one that was there keeps its state. */
export function writeAlarm(ctx: Tx, { name, type, definition, actionsEnabled, step }: NewAlarm): void {
  const { now } = ctx
  const before = alarmByName(ctx, name)
  ctx.sql.run(
    `INSERT INTO cloudwatch_alarms (name, type, definition, state, reason, reasonData, actionsEnabled, configuredAt, updatedAt,
       transitionedAt, step)
     VALUES (?1, ?2, ?3, 'INSUFFICIENT_DATA', 'Unchecked: Initial alarm creation', NULL, ?4, ?5, ?5, ?5, ?6)
     ON CONFLICT (name) DO UPDATE SET definition = ?3, actionsEnabled = ?4, configuredAt = ?5, step = ?6`,
    name,
    type,
    JSON.stringify(definition),
    actionsEnabled ? 1 : 0,
    now,
    step,
  )
  const data = {
    version: '1.0',
    type: before ? 'Update' : 'Create',
    [before ? 'updatedAlarm' : 'createdAlarm']: definition,
  }
  const summary = `Alarm "${name}" ${before ? 'updated' : 'created'}`
  writeHistory(ctx, { alarm: name, type, item: 'ConfigurationUpdate', summary, data })
}

export function removeAlarm(ctx: Tx, { name, type, definition }: AlarmRow): void {
  ctx.sql.run('DELETE FROM cloudwatch_alarms WHERE name = ?', name)
  ctx.timers.clear('suppression', name)
  deleteTags(ctx, alarmArn(ctx, name))
  const data = { version: '1.0', type: 'Delete', deletedAlarm: JSON.parse(definition) as object }
  writeHistory(ctx, { alarm: name, type, item: 'ConfigurationUpdate', summary: `Alarm "${name}" deleted`, data })
}
