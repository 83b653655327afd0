import { handlerOf } from '../object/calls.ts'
import { AwsError, type ErrorData } from '../../../aws/errors.ts'
import type { Catalog, Gate } from '../object/catalog.ts'
import type { Changes } from '../object/changes.ts'
import { type AnyHandler, FAR, type OperationRequest, type Tx } from '../object/operation.ts'
import type { Delivery } from './deliver.ts'
import { type Delivered, failureOf, isTransient, type Outbox } from './outbox.ts'
import type { Sent } from './requests.ts'

/** What a neighbour's delivery causes nearby is done at once, too, so deep and so often in one change: the rest goes far. */
const MOST_DEEP = 8
const MOST_AT_ONCE = 100

/** What is needed of the object in which a delivery stays. */
export type Neighbourhood = {
  self(): string
  catalog: Catalog
  gate(): Gate
  changes: Changes
  outbox: Outbox
  request(sent: Sent, delivery: Delivery): OperationRequest
  /** Makes sure of a service's tables. */
  open(service: string): void
  context(request: OperationRequest): Tx
}

/**
 * A delivery to a listener in the same object, done inside the change that caused it: in a savepoint of its own, so
 * that a refusal undoes only itself, and with its journal row. Answers false for one that has to go the far way.
 */
export function deliverNearby(
  here: Neighbourhood,
  delivery: Delivery,
  of: { service: string; traceId: string },
): boolean {
  const { nearby } = here.changes
  if (nearby.depth >= MOST_DEEP || nearby.count >= MOST_AT_ONCE) return false
  const sent = { id: crypto.randomUUID(), ...of }
  const request = requestNearby(here, sent, delivery)
  if (!request) return false
  const handler = nearbyOf(here.catalog, request)
  if (!handler || here.outbox.waits(delivery.to)) return false
  nearby.count += 1
  nearby.depth += 1
  try {
    here.open(request.service)
    here.changes.run(() => {
      here.outbox.arrives(sent, delivery)
      perform(here, request, handler)
      here.outbox.arrived(sent, delivery)
    })
    return true
  } catch (thrown) {
    if (thrown === FAR) return false
    if (!(thrown instanceof AwsError)) console.error(`${request.service}.${request.operation} nearby`, thrown)
    return endFailed(here, { sent, delivery, error: failureOf(thrown) })
  } finally {
    nearby.depth -= 1
  }
}

type Failed = { sent: Delivered; delivery: Delivery; error: ErrorData }

/** The end of a failed try is a change of its own, too; one that cannot be told is the outbox's to tell. */
function endFailed({ changes, outbox }: Neighbourhood, { sent, delivery, error }: Failed): boolean {
  try {
    changes.run(() => {
      // What may pass is tried again, as from afar.
      if (isTransient(error)) return outbox.retry(sent, delivery, error)
      if (!delivery.tolerate?.includes(error.code)) return outbox.refused(sent, delivery, error)
      outbox.arrives(sent, delivery)
      outbox.arrived(sent, delivery)
    })
    return true
  } catch (thrown) {
    console.error('the end of a delivery nearby', thrown)
    return false
  }
}

/** The operation that a delivery becomes, when it stays in this object. */
function requestNearby(here: Neighbourhood, sent: Sent, delivery: Delivery): OperationRequest | undefined {
  try {
    const request = here.request(sent, delivery)
    return request.to === here.self() ? request : undefined
  } catch {
    // The outbox says why nothing can take it.
    return undefined
  }
}

/** How a service does an operation without awaiting, if it can. */
function nearbyOf(catalog: Catalog, request: OperationRequest): AnyHandler | undefined {
  const definition = catalog.definitionOf(request.service)
  const { nearby } = definition
  if (nearby && Object.hasOwn(nearby, request.operation)) return nearby[request.operation]
  const handler = handlerOf(definition, request)
  return handler && handler.constructor.name !== 'AsyncFunction' ? handler : undefined
}

function perform(here: Neighbourhood, request: OperationRequest, handler: AnyHandler): void {
  const ctx = here.context(request)
  if (!here.gate().admitNearby(ctx, here.catalog.definitionOf(request.service), request.input)) throw FAR
  // `never`: what a delivery becomes is that operation's own input.
  const answer = handler(ctx, request.input as never)
  if (answer === FAR) throw FAR
  if (answer instanceof Promise) throw new Error('this operation awaits: it cannot be done nearby')
}
