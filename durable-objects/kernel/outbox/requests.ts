import { parseArn } from '../../../aws/arn.ts'
import { newRequestId } from '../../../aws/ids.ts'
import type { Place } from '../../../aws/place.ts'
import { addressOf } from '../object/calls.ts'
import type { Catalog } from '../object/catalog.ts'
import type { Caller, OperationRequest } from '../object/operation.ts'
import { type Delivery, targetOf } from './deliver.ts'

/** A delivery as it goes out: its own id, and that of its chain. */
export type Sent = { id: string; traceId: string }

/** What a delivery becomes at its target: an ordinary operation, by the source's service principal. @throws AwsError */
export function requestOf(catalog: Catalog, place: Place, { id, traceId }: Sent, delivery: Delivery): OperationRequest {
  const target = targetOf(catalog.definitionOf, delivery)
  const there = {
    namespace: place.namespace,
    account: target.account || place.account,
    region: target.region || place.region,
  }
  return {
    ...addressOf(catalog, target, there),
    operation: target.operation,
    input: target.input,
    caller: callerOf(place.account, delivery),
    requestId: newRequestId(),
    traceId,
    trace: delivery.trace,
    delivery: { id },
  }
}

/** A service that calls as a role has a session of it, and needs no leave of the target's own policy. */
function callerOf(accountId: string, { principal, role, from }: Delivery): Caller {
  if (role === undefined) return { accountId, service: principal, sourceArn: from }
  const name = principal.split('.', 1)[0] ?? principal
  const session = { accountId, roleArn: role, roleId: 'AROA', name, expires: Number.MAX_SAFE_INTEGER }
  return { accountId: parseArn(role)?.account ?? accountId, service: principal, session }
}
