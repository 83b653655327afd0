import { accessOf } from '../../authorization/rules.ts'
import type { Ctx, OperationResult } from './operation.ts'
import { PROOF_WANTED } from '../../../aws/sigv4/proof.ts'
import { reasonOf } from '../../../aws/errors.ts'

/** A function's own call to a service is a hop as well: what an event set off is told to its end. */
export async function noteVisit(ctx: Ctx, input: Record<string, unknown>, { error }: OperationResult): Promise<void> {
  const { caller, service, operation } = ctx
  // What only asks for more is no answer yet: the request comes again.
  if (caller.via === undefined || error?.code === PROOF_WANTED) return
  const [asked] = await accessOf(ctx, input, caller.via)
  const to = asked && asked.resource !== '*' ? asked.resource : service
  const hop = { from: caller.via, to, event: operation }
  ctx.journal(error ? { ...hop, outcome: 'refused', reason: reasonOf(error) } : { ...hop, outcome: 'called' })
}
