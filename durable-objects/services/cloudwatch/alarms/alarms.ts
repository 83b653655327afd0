import type { In, Tag } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { deliverConfigurationEvent } from './alarm-actions.ts'
import { checkActions, checkAlarm, stepOf } from './alarm-rules.ts'
import { alarmArn, alarmByName, alarmName, findAlarm, removeAlarm, writeAlarm } from './alarm-rows.ts'
import { changeState, evaluateComposite } from './alarm-state.ts'
import { noteAlarm } from './alarm-timers.ts'
import { alarmsOf, readRule } from './composite-rule.ts'
import { validationError } from '../refusals.ts'
import type { AlarmRow, StateValue } from '../schema.ts'
import { cloudwatchTags } from '../resources.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function PutMetricAlarm(ctx: Tx, { Tags, ...definition }: In<'PutMetricAlarm'>): void {
  checkAlarm(definition)
  const { AlarmName, ActionsEnabled = true } = definition
  put(
    ctx,
    { name: AlarmName, type: 'MetricAlarm', definition, actionsEnabled: ActionsEnabled, step: stepOf(definition) },
    Tags,
  )
  noteAlarm(ctx, AlarmName)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export function PutCompositeAlarm(ctx: Tx, { Tags, ...definition }: In<'PutCompositeAlarm'>): void {
  const { AlarmName, ActionsEnabled = true } = definition
  checkActions(definition)
  const named = alarmsOf(readRule(definition.AlarmRule))
  const missing = [...new Set(named)].filter(name => name !== AlarmName && !alarmByName(ctx, name))
  if (missing.length > 0) {
    throw validationError(
      `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
    )
  }
  checkSuppressor(ctx, definition)
  const composite = {
    name: AlarmName,
    type: 'CompositeAlarm' as const,
    definition,
    actionsEnabled: ActionsEnabled,
    step: 60_000,
  }
  put(ctx, composite, Tags)
  const row = alarmByName(ctx, AlarmName)
  if (row) evaluateComposite(ctx, row, {})
}

function checkSuppressor(ctx: Ctx, definition: In<'PutCompositeAlarm'>): void {
  const { ActionsSuppressor, ActionsSuppressorWaitPeriod, ActionsSuppressorExtensionPeriod } = definition
  if (ActionsSuppressor === undefined) {
    if (ActionsSuppressorWaitPeriod === undefined && ActionsSuppressorExtensionPeriod === undefined) return
    throw validationError('ActionsSuppressor is required when a wait or extension period is specified.')
  }
  if (ActionsSuppressorWaitPeriod === undefined || ActionsSuppressorExtensionPeriod === undefined) {
    throw validationError(
      'ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required when ActionsSuppressor is specified.',
    )
  }
  if (!alarmByName(ctx, alarmName(ActionsSuppressor))) {
    throw validationError(
      `Could not save the composite alarm as the suppressor alarm ${ActionsSuppressor} does not exist`,
    )
  }
}

function put(ctx: Tx, alarm: Parameters<typeof writeAlarm>[1], tags: Tag[] | undefined): void {
  const before = alarmByName(ctx, alarm.name)
  if (before && before.type !== alarm.type) {
    throw validationError(`An alarm named ${alarm.name} of another type exists already.`)
  }
  const arn = alarmArn(ctx, alarm.name)
  cloudwatchTags.check(arn, tags)
  writeAlarm(ctx, alarm)
  // Tags of an alarm that is there are changed by TagResource alone.
  if (!before) cloudwatchTags.set(ctx, arn, tags)
  const row = alarmByName(ctx, alarm.name)
  if (row) deliverConfigurationEvent(ctx, row, before ? 'update' : 'create')
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
export function SetAlarmState(ctx: Tx, input: In<'SetAlarmState'>): void {
  const row = findAlarm(ctx, input.AlarmName)
  const { StateReason: reason, StateReasonData: reasonData = null } = input
  if (reasonData !== null) checkJson(reasonData)
  changeState(ctx, row, { state: input.StateValue as StateValue, reason, reasonData }) // one of the model's enum
  // A metric alarm returns to the state that its data give it.
  if (row.type === 'MetricAlarm') noteAlarm(ctx, row.name)
}

function checkJson(text: string): void {
  try {
    JSON.parse(text)
  } catch {
    throw new AwsError('InvalidFormatFault', 'StateReasonData must be valid JSON')
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
export function DeleteAlarms(ctx: Tx, { AlarmNames }: In<'DeleteAlarms'>): void {
  const rows = [...new Set(AlarmNames)].map(name => alarmByName(ctx, name))
  const found = rows.filter((row): row is AlarmRow => row !== undefined)
  const composites = found.filter(({ type }) => type === 'CompositeAlarm')
  if (composites.length > 1 || (composites.length === 1 && found.length > 1)) {
    throw validationError('You can delete only one composite alarm, and no metric alarms with it, in one operation.')
  }
  if (found.length < rows.length) {
    const missing = AlarmNames.filter(name => !found.some(row => row.name === name))
    throw new AwsError('ResourceNotFound', `Alarm(s) not found: ${missing.join(', ')}`)
  }
  for (const row of found) {
    removeAlarm(ctx, row)
    deliverConfigurationEvent(ctx, row, 'delete')
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export function EnableAlarmActions(ctx: Tx, { AlarmNames }: In<'EnableAlarmActions'>): void {
  switchActions(ctx, AlarmNames, true)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html */
export function DisableAlarmActions(ctx: Tx, { AlarmNames }: In<'DisableAlarmActions'>): void {
  switchActions(ctx, AlarmNames, false)
}

/** Names that are no alarm's are passed over, as AWS does. */
function switchActions(ctx: Tx, names: readonly string[], enabled: boolean): void {
  for (const name of names) {
    ctx.sql.run('UPDATE cloudwatch_alarms SET actionsEnabled = ? WHERE name = ?', enabled ? 1 : 0, name)
  }
}
