import { loadModel } from '../../aws/wire/model.ts'
import { actionPrefix } from '../../aws/service-names.ts'
import { type Access, type Input, textOf } from '../shared/policy-access.ts'
import type { Ctx } from '../kernel/object/operation.ts'
import { parseArn } from '../../aws/arn.ts'

/** What an operation asks of policies: usually one action on one resource. */
export async function accessOf(ctx: Ctx, input: Input, callerArn: string): Promise<readonly Access[]> {
  // What only objects ask of each other is not AWS's, and for nobody to allow.
  const { access, alsoServes = [] } = ctx.definitionOf(ctx.service)
  const models = [ctx.service, ...alsoServes]
  if (!models.some(name => loadModel(name)?.operation(ctx.operation))) return doorAccess(ctx, input)
  return access ? await access(ctx, input, callerArn) : [usual(ctx, input)]
}

function doorAccess(ctx: Ctx, input: Input): readonly Access[] {
  const asked = ctx.definitionOf(ctx.service).doorAccess?.(ctx, input)
  return asked === undefined || asked === 'open' ? [] : asked
}

/** The operation's own name, on the resource whose ARN its input has, or on any. */
function usual({ service, operation }: Ctx, input: Input): Access {
  const resource = Object.entries(input).find(([name, value]) => /arn$/i.test(name) && parseArn(textOf(value)))?.[1]
  return { action: `${actionPrefix(service)}:${operation}`, resource: textOf(resource) || '*' }
}
