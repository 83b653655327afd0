import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export type MetricName =
  | 'MatchedEvents'
  | 'TriggeredRules'
  | 'Invocations'
  | 'FailedInvocations'
  | 'RetryInvocationAttempts'
  | 'InvocationsSentToDlq'

/** Counts something of a rule's, by the rule's name; on a custom bus by that, too. */
export function count(ctx: Ctx, ruleArn: string, ...names: MetricName[]): void {
  const [, bus, RuleName = ''] = /^rule\/(?:(.+)\/)?([^/]+)$/s.exec(parseArn(ruleArn)?.resource ?? '') ?? []
  const dimensions = { ...(bus !== undefined && { EventBusName: bus }), RuleName }
  for (const name of names) ctx.metric({ namespace: 'AWS/Events', name, value: 1, unit: 'Count', dimensions })
}
