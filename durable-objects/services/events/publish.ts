/** EventBridge: an event on a bus goes to the targets of every rule that it matches. */
import type { Target } from '../../../aws/models/events.types.ts'
import type { Hop } from '../../kernel/journal/journal.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { mismatch } from '../../shared/pattern.ts'
import { archiveEvent } from './archived-events.ts'
import { logArrival } from './bus-logs.ts'
import { callApiDestination } from './api-destination-calls.ts'
import { noteEvent, noteSent } from './history.ts'
import { count } from './metrics.ts'
import { busArn, ruleArn } from './names.ts'
import { readEventPattern } from './patterns.ts'
import type { BusEvent, RuleRow } from './schema.ts'
import { MOST_INPUT_BYTES } from './input-templates.ts'
import { aboutOf, deliveriesOf, eventLabel, type Sending } from './target-deliveries.ts'
import { inputOf } from './target-inputs.ts'
import { targetsOf } from './targets.ts'
import { sendDeadLetter } from './undelivered.ts'

/** An event that has come to a bus. */
export type Arrived = {
  bus: string
  event: BusEvent
  traceId: string
  /** The X-Ray header that goes along. */
  trace?: string | undefined
  /** It came from another bus: EventBridge sends it to no third. */
  forwarded?: boolean | undefined
  /** ARNs of the only rules that a replay is for. */
  only?: readonly string[] | undefined
}

export function publish(ctx: Tx, arrived: Arrived): void {
  const { bus, event, only } = arrived
  noteEvent(ctx, bus, event)
  const rules = matchingRules(ctx, bus)
  const asked = only ? rules.filter(rule => only.includes(ruleArn(ctx.place, rule))) : rules
  const from = busArn(ctx.place, bus)
  const matched: string[] = []
  if (asked.length === 0)
    note(ctx, arrived, { from, to: from, outcome: 'filtered', reason: 'the bus has no rule that matches events' })
  for (const rule of asked) {
    const to = ruleArn(ctx.place, rule)
    const why = whyNot(ctx, rule, event)
    if (why === undefined) {
      note(ctx, arrived, { from, to, outcome: 'delivered', reason: 'the event matches the rule' })
      matched.push(to)
      count(ctx, to, 'MatchedEvents')
      invoke(ctx, rule, arrived)
    } else note(ctx, arrived, { from, to, outcome: 'filtered', reason: why })
  }
  logArrival(ctx, arrived, matched)
}

/** Rules of a bus that have a pattern. */
function matchingRules({ sql }: Ctx, bus: string): readonly RuleRow[] {
  const query = 'SELECT * FROM events_rules WHERE bus = CAST(? AS TEXT) AND pattern IS NOT NULL ORDER BY name'
  return sql.kept('events_rules', bus, () => sql.all<RuleRow>(query, bus))
}

function whyNot(ctx: Ctx, rule: RuleRow, event: BusEvent): string | undefined {
  const why = mismatch(readEventPattern(ctx, rule.pattern ?? ''), event)
  if (why !== undefined) return why
  return rule.state === 'DISABLED' ? 'the rule is DISABLED' : undefined
}

type Noted = Omit<Hop, 'event'>

function note(ctx: Ctx, { event, traceId }: Pick<Arrived, 'event' | 'traceId'>, hop: Noted): void {
  ctx.journal({ ...hop, traceId, event: eventLabel(event) })
}

/** Fires a rule of its own, whatever its pattern: a schedule's time has come. */
export function fireRule(ctx: Tx, rule: RuleRow, event: BusEvent): readonly Target[] {
  noteEvent(ctx, rule.bus, event)
  return invoke(ctx, rule, { bus: rule.bus, event, traceId: ctx.traceId })
}

function invoke(ctx: Tx, rule: RuleRow, arrived: Arrived): readonly Target[] {
  const { event, traceId, trace } = arrived
  if (rule.archive !== null) archiveEvent(ctx, rule.archive, event)
  const targets = targetsOf(ctx, rule)
  const arn = ruleArn(ctx.place, rule)
  if (rule.archive === null) count(ctx, arn, 'TriggeredRules')
  for (const target of targets) {
    const arrival = { ruleArn: arn, ruleName: rule.name, arrivedAt: ctx.now }
    const input = inputOf(target, event, arrival)
    const sending = { target, event, ruleArn: arn, traceId, trace, now: ctx.now }
    if (input === undefined) refuseLong(ctx, sending)
    else send(ctx, { ...sending, input }, arrived.forwarded ?? false)
  }
  return targets
}

/** An input that comes out too long goes to no target: the event is a dead letter, where the target has a place for it. */
function refuseLong(ctx: Tx, sending: Omit<Sending, 'input'>): void {
  const message = `The transformed input is longer than ${MOST_INPUT_BYTES} bytes`
  const about = aboutOf(sending)
  const { target, event, traceId } = sending
  if (about.deadLetter === undefined) {
    note(ctx, sending, { from: about.ruleArn, to: target.Arn, outcome: 'refused', reason: message })
  }
  count(ctx, about.ruleArn, 'Invocations')
  const failure = { code: 'INVALID_PARAMETER', message, retries: 0 }
  sendDeadLetter(ctx, { about, label: eventLabel(event), traceId }, failure)
}

function send(ctx: Tx, sending: Sending, forwarded: boolean): void {
  const { target, input, ruleArn: from } = sending
  const arn = parseArn(target.Arn)
  if (arn?.service === 'events' && arn.resource.startsWith('api-destination/')) {
    callApiDestination(ctx, sending)
    return
  }
  if (arn?.service === 'events' && forwarded) {
    const reason = 'EventBridge does not send an event that came from another bus to a third one'
    note(ctx, sending, { from, to: target.Arn, outcome: 'refused', reason })
    return
  }
  for (const delivery of deliveriesOf(sending)) ctx.deliver(delivery)
  if (arn?.service === 'lambda' || arn?.service === 'logs')
    noteSent(ctx, { kind: arn.service, arn: target.Arn, payload: input })
}
