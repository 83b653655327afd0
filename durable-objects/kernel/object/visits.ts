import { accessOf } from '../../authorization/rules.ts'
import type { Ctx, OperationResult } from './operation.ts'
import { reasonOf } from '../../../aws/errors.ts'

/** A function's own call to a service is a hop as well: what an event set off is told to its end. */
export async function noteVisit(ctx: Ctx, input: Record<string, unknown>, { error }: OperationResult): Promise<void> {
  const { caller, service, operation } = ctx
  if (caller.via === undefined) return
  const [asked] = await accessOf(ctx, input, caller.via)
  const to = asked && asked.resource !== '*' ? asked.resource : service
  const hop = { from: caller.via, to, event: operation }
  ctx.journal(error ? { ...hop, outcome: 'refused', reason: reasonOf(error) } : { ...hop, outcome: 'called' })
}
