import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt, parseArn } from '../../../aws/arn.ts'
import { type Access, type Input, tagsIn, textOf } from '../../shared/policy-access.ts'

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export function sqsAccess(ctx: Ctx, input: Input): Access[] {
  const { operation } = ctx
  // A batch needs the permission of its single operation.
  const access = { action: `sqs:${operation.replace(/Batch$/, '')}`, resource: resourceOf(ctx, input) }
  if (operation !== 'CreateQueue' || !tagsIn(input)) return [access]
  return [access, { ...access, action: 'sqs:TagQueue' }]
}

function resourceOf({ place }: Ctx, { QueueUrl, QueueName, SourceArn, TaskHandle }: Input): string {
  const arn = (resource: string) => arnAt(place, 'sqs', resource)
  if (typeof SourceArn === 'string') return SourceArn
  if (typeof TaskHandle === 'string') return sourceOfTask(TaskHandle) ?? arn('*')
  const url = textOf(QueueUrl).replace(/\/+$/, '')
  return arn(url.slice(url.lastIndexOf('/') + 1) || textOf(QueueName) || '*')
}

/** A move task's handle is base64 of JSON that names its queue. */
function sourceOfTask(handle: string): string | undefined {
  try {
    const { sourceArn } = JSON.parse(atob(handle)) as { sourceArn?: unknown } // checked below
    return parseArn(textOf(sourceArn)) && textOf(sourceArn)
  } catch {
    return undefined
  }
}
