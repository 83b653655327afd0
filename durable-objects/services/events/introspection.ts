import type { Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { fireRule } from './publish.ts'
import { lookUpRule } from './find-rule.ts'
import { scheduledEvent } from './schedules.ts'

export type Fired = { targets: { type: string; arn: string }[] }

/** Fires a rule as its schedule would, enabled or not; null when this object has no such rule. */
export function fireTick(ctx: Tx, { busName = 'default', ruleName = '' }: Record<string, string>): Fired | null {
  const rule = lookUpRule(ctx, busName, ruleName)
  if (!rule) return null
  const targets = fireRule(ctx, rule, scheduledEvent(ctx, rule))
  return { targets: targets.map(({ Arn }) => ({ type: typeOf(Arn), arn: Arn })) }
}

function typeOf(text: string): string {
  const { service = '', resource = '' } = parseArn(text) ?? {}
  if (service === 'states') return 'stepfunctions'
  if (service !== 'events') return service
  return resource.startsWith('api-destination/') ? 'api-destination' : 'event-bus'
}
