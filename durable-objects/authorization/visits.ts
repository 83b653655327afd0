import { reasonOf } from '../../aws/errors.ts'
import { PROOF_WANTED } from '../../aws/sigv4/proof.ts'
import { beginHop, endHop } from '../kernel/journal/journal.ts'
import type { OperationResult, Tx } from '../kernel/object/operation.ts'
import { accessOf } from './rules.ts'

/**
 * A function's own call to a service is a hop as well: what an event set off is told to its end. It is written when it
 * begins, before what it sets off.
 * @returns what notes how it ended
 */
export async function noteVisit(
  ctx: Tx,
  input: Record<string, unknown>,
): Promise<((result: OperationResult) => void) | undefined> {
  const { caller, service, operation, traceId, now, sql } = ctx
  if (caller.via === undefined) return undefined
  const [asked] = await accessOf(ctx, input, caller.via).catch(() => [])
  const to = asked && asked.resource !== '*' ? asked.resource : service
  const id = beginHop(sql, { traceId, now, hop: { from: caller.via, to, event: operation, outcome: 'called' } })
  return ({ error }) => {
    if (!error) return
    // What only asks for more is no answer yet: the request comes again.
    endHop(sql, id, error.code === PROOF_WANTED ? undefined : { outcome: 'refused', reason: reasonOf(error) })
  }
}
