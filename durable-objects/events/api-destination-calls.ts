import type { Ctx } from '../operation.ts'
import { eventLabel, type Sending } from './target-deliveries.ts'

export function callApiDestination(ctx: Ctx, { target, event, ruleArn }: Sending): void {
  const reason = 'EventBridge does not call API destinations yet'
  ctx.journal({ from: ruleArn, to: target.Arn, outcome: 'refused', reason, event: eventLabel(event) })
}
