import type { Target } from '../../../aws/models/events.types.ts'
import { fillTemplate } from './input-templates.ts'
import { valueAt } from './json-paths.ts'
import type { BusEvent } from './schema.ts'

/** What a target's input depends on, beside the event. `arrivedAt` in epoch milliseconds. */
export type Arrival = { ruleArn: string; ruleName: string; arrivedAt: number }

/**
 * The text that a target gets: transformed, fixed, a part of the event, or the event as it is. Undefined where it comes
 * out longer than a target may get.
 */
export function inputOf(target: Target, event: BusEvent, arrival: Arrival): string | undefined {
  const { Input, InputPath, InputTransformer } = target
  if (InputTransformer) {
    const { detail: _detail, 'detail-type': detailType, ...rest } = event
    return fillTemplate(InputTransformer, event, {
      'aws.events.rule-arn': arrival.ruleArn,
      'aws.events.rule-name': arrival.ruleName,
      'aws.events.event.ingestion-time': new Date(arrival.arrivedAt).toISOString(),
      'aws.events.event': { ...rest, detailType },
      'aws.events.event.json': event,
    })
  }
  if (Input) return Input
  return JSON.stringify(InputPath ? (valueAt(InputPath, event) ?? null) : event)
}
