import type { Delivery, Undelivered } from '../../../kernel/outbox/deliver.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../../aws/arn.ts'
import { alarmEvent, configurationOf, notification, subjectOf } from './alarm-messages.ts'
import { alarmArn, alarmByName, alarmName } from './alarm-rows.ts'
import type { StateChange } from './alarm-state.ts'
import { writeHistory } from './history.ts'
import type { AlarmRow, StateValue } from '../schema.ts'

/*
 * CloudWatch alarms → SNS, Lambda: an alarm's actions for the state it has taken; and → EventBridge: every change.
 */

type Actions = { AlarmActions?: string[]; OKActions?: string[]; InsufficientDataActions?: string[] }

const ACTIONS: Record<StateValue, keyof Actions> = {
  ALARM: 'AlarmActions',
  OK: 'OKActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
}

/** Delivers the actions of a change, unless they are switched off. */
export function deliverActions(ctx: Tx, row: AlarmRow, change: StateChange): void {
  if (!row.actionsEnabled) return
  const definition = JSON.parse(row.definition) as Actions // an alarm of either kind has them
  for (const action of definition[ACTIONS[change.after.state]] ?? []) {
    const delivery = actionOf(ctx, row, { action, change })
    if (TAKEN.has(parseArn(action)?.service ?? '')) ctx.deliver(delivery)
    else refuse(ctx, row, delivery)
  }
}

/** Alarms are made with any action; of these only some can be taken. */
const TAKEN = new Set(['lambda', 'sns'])

function refuse(ctx: Tx, row: AlarmRow, { from, to, event }: Delivery): void {
  const reason = 'Actions of this kind are not implemented'
  ctx.journal({ from, to, outcome: 'refused', reason, event })
  noteAction(ctx, row, { to, failure: reason })
}

type Acting = { action: string; change: StateChange }

function actionOf(ctx: Ctx, row: AlarmRow, { action, change }: Acting): Delivery {
  const from = alarmArn(ctx, row.name)
  const event = `${row.name} ${change.before.state} -> ${change.after.state}`
  const service = parseArn(action)?.service
  if (service === 'lambda') {
    const payload = JSON.stringify(alarmEvent(ctx, row, change))
    return { to: action, from, principal: 'lambda.alarms.cloudwatch.amazonaws.com', payload, event }
  }
  const input = service === 'sns' ? { Subject: subjectOf(ctx, row, change) } : {}
  const payload = JSON.stringify(notification(ctx, row, change))
  return { to: action, from, principal: 'cloudwatch.amazonaws.com', payload, input, event }
}

const defaultBus = ({ place }: Ctx) => arnAt(place, 'events', 'event-bus/default')

function deliverEvent(ctx: Tx, row: AlarmRow, { DetailType, detail }: { DetailType: string; detail: object }): void {
  const from = alarmArn(ctx, row.name)
  const entry = {
    Source: 'aws.cloudwatch',
    DetailType,
    Resources: [from],
    Detail: JSON.stringify(detail),
    Time: new Date(ctx.now),
  }
  ctx.deliver({
    to: defaultBus(ctx),
    from,
    principal: 'cloudwatch.amazonaws.com',
    operation: 'PutEvents',
    input: { Entries: [entry] },
    event: `${DetailType} ${row.name}`,
  })
}

export function deliverStateEvent(ctx: Tx, row: AlarmRow, change: StateChange): void {
  deliverEvent(ctx, row, {
    DetailType: 'CloudWatch Alarm State Change',
    detail: alarmEvent(ctx, row, change).alarmData,
  })
}

/** An alarm was made, changed or deleted. */
export function deliverConfigurationEvent(ctx: Tx, row: AlarmRow, operation: 'create' | 'update' | 'delete'): void {
  deliverEvent(ctx, row, {
    DetailType: 'CloudWatch Alarm Configuration Change',
    detail: configurationOf(row, operation),
  })
}

/** Kept in the alarm's history, once it is known. */
export function ended(ctx: Tx, { to, from, operation }: Delivery, undelivered?: Undelivered): void {
  const row = operation === 'PutEvents' ? undefined : alarmByName(ctx, alarmName(from))
  if (!row) return
  noteAction(ctx, row, { to, failure: undelivered?.error.message })
}

function noteAction(ctx: Tx, row: AlarmRow, { to, failure }: { to: string; failure: string | undefined }): void {
  const summary =
    failure === undefined
      ? `Successfully executed action ${to}`
      : `Failed to execute action ${to}. Received error: "${failure}"`
  const data = {
    actionState: failure === undefined ? 'Succeeded' : 'Failed',
    notificationResource: to,
    stateUpdateTimestamp: row.updatedAt,
  }
  writeHistory(ctx, { alarm: row.name, type: row.type, item: 'Action', summary, data })
}
