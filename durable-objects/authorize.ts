import type { Ctx, ServiceDefinition } from './operation.ts'
import { AwsError } from './shared/errors.ts'
import { evaluateResourcePolicy } from './shared/policy.ts'

/**
 * AWS asks a resource's policy whenever another service calls on it (S3 into a queue, SNS into a function), whatever
 * the account's own policies say.
 */
export function authorizeService(ctx: Ctx, definition: ServiceDefinition, input: Record<string, unknown>): void {
  const { caller } = ctx
  if (!caller.service || !caller.sourceArn || !definition.resourcePolicy) return
  const policy = definition.resourcePolicy(ctx, ctx.operation, input)
  if (!policy) return
  const decision = evaluateResourcePolicy(policy.document, {
    action: policy.action,
    resource: policy.resource,
    principal: { service: caller.service },
    context: { 'aws:SourceArn': caller.sourceArn, 'aws:SourceAccount': caller.accountId },
  })
  if (decision === 'allow') return
  const who = `${caller.service} (source ${caller.sourceArn})`
  const why = decision === 'deny' ? 'with an explicit deny in' : 'because no statement allows it in'
  const message = `${who} is not authorized to perform: ${policy.action} on resource: ${policy.resource} ${why} a resource-based policy`
  throw new AwsError('AccessDeniedException', message, 403)
}
