import { loadModel, type OperationModel } from '../../aws/wire/model.ts'
import { actionPrefix } from '../../aws/service-names.ts'
import { type Access, type Input, textOf } from '../shared/policy-access.ts'
import type { Ctx } from '../kernel/object/operation.ts'
import { parseArn } from '../../aws/arn.ts'

/** What an operation asks of policies: usually one action on one resource. */
export async function accessOf(ctx: Ctx, input: Input, callerArn: string): Promise<readonly Access[]> {
  // What only objects ask of each other is not AWS's, and for nobody to allow.
  const { access, alsoServes = [] } = ctx.definitionOf(ctx.service)
  const operation = [ctx.service, ...alsoServes].map(name => loadModel(name)?.operation(ctx.operation)).find(Boolean)
  if (!operation) return doorAccess(ctx, input)
  return access ? await access(ctx, input, callerArn) : [usualAccess(ctx.service, operation, input)]
}

function doorAccess(ctx: Ctx, input: Input): readonly Access[] {
  const asked = ctx.definitionOf(ctx.service).doorAccess?.(ctx, input)
  return asked === undefined || asked === 'open' ? [] : asked
}

/** ARNs of what an operation is not about, but works with. */
const BESIDE = /(?:^(?:role|key|source|target|destination)|Role|Key|Source|Target|Destination)A(?:rn|RN)$/

/**
 * The operation's own name, on the first of its service's resources, in the model's order, whose ARN its input has, or on
 * any.
 */
export function usualAccess(service: string, { name, input: shape }: OperationModel, input: Input): Access {
  const prefix = actionPrefix(service)
  const arns = (shape?.members ?? []).filter(member => /arn$/i.test(member.name) && !BESIDE.test(member.name))
  const resource = arns.map(member => textOf(input[member.name])).find(arn => parseArn(arn)?.service === prefix)
  return { action: `${prefix}:${name}`, resource: resource ?? '*' }
}
