import { type ErrorData, errorFromData, reasonOf } from '../../../aws/errors.ts'
import { newRequestId } from '../../../aws/ids.ts'
import { GLOBAL_REGION, objectOf, type ObjectAddress, type Place } from '../../../aws/place.ts'
import type { Env } from '../env.ts'
import type { Hop } from '../journal/journal.ts'
import type { Catalog } from './catalog.ts'
import type { ContextParts } from './context.ts'
import type { CallOptions, HttpFacts, OperationRequest, OperationResult } from './operation.ts'

type Operation = { service: string; operation: string; input: Record<string, unknown> }

/** What an object needs to call others, and itself. */
export type Carrier = {
  catalog: Catalog
  /** The object's own name. */
  self(): string
  /** Runs an operation in this object. */
  invoke(request: OperationRequest): Promise<OperationResult>
  /** One of a service's views of this object. */
  view(service: string, name: string, parameters: Record<string, string>): Promise<unknown>
}

/** Where an operation goes: to which object, and to which service there. */
export type Address = { to: string; service: string }

/** The object that serves an operation: the service's own word on it, else the place's. */
export function addressOf(catalog: Catalog, { service, operation, input }: Operation, place: Place): Address {
  const { home, scope } = catalog.definitionOf(service)
  const at: ObjectAddress = home
    ? home(operation, input, place)
    : { place: scope === 'global' ? { ...place, region: GLOBAL_REGION } : place, service }
  return { to: objectOf(at.place, at.service, at.resource), service: at.service }
}

/** Carries an operation to the object that serves it. */
export function sendOperation(env: Env, request: OperationRequest): Promise<OperationResult> {
  return env.OBJECTS.getByName(request.to).invoke(request)
}

/** `ctx.call`: another service's operation, awaited; its refusal is thrown. In the same object it is a plain call. */
export async function callOperation<Output>(
  parts: ContextParts,
  called: { service: string; operation: string; input: unknown },
  options: CallOptions = {},
): Promise<Output> {
  const { carrier, facts, request: asking } = parts
  // `input` is the called operation's own type, which ctx.call has checked.
  const operation = { ...called, input: called.input as Record<string, unknown> }
  const request: OperationRequest = {
    ...addressOf(carrier.catalog, operation, { ...facts.place, ...options.place }),
    operation: operation.operation,
    input: operation.input,
    caller: options.caller ?? asking.caller,
    requestId: newRequestId(),
    traceId: asking.traceId,
    trace: options.own ? undefined : asking.trace,
    http: options.own ? undefined : inner(asking.http),
  }
  const result = await (request.to === carrier.self() ? carrier.invoke(request) : sendOperation(parts.env, request))
  if (!options.own) noteCall(parts, called, result.error)
  if (result.error) throw errorFromData(result.error)
  return result.output as Output // what the handler of that operation answers, by its type
}

/** What a service that is called may know of the request: nothing of its body. */
function inner(http: HttpFacts | undefined): HttpFacts | undefined {
  return http && { ...http, body: undefined, large: undefined, chunked: undefined, contentLength: undefined }
}

/** A call is a hop as a delivery is; within a service it is the service's own affair. */
function noteCall(
  parts: ContextParts,
  { service, operation }: { service: string; operation: string },
  error?: ErrorData,
) {
  const { request, hops } = parts
  if (service === request.service) return
  const from = `${request.service}:${request.operation}`
  const outcome: Pick<Hop, 'outcome' | 'reason'> = error
    ? { outcome: 'refused', reason: reasonOf(error) }
    : { outcome: 'called' }
  const hop = { from, to: `${service}:${operation}`, event: operation, ...outcome }
  hops.add({ traceId: request.traceId, now: parts.now(), hop })
}

/** `ctx.view`: what a service tells the others beyond AWS's API, in this place unless another is given. */
export function viewOf(
  { carrier, env, facts }: ContextParts,
  { service, name, parameters }: { service: string; name: string; parameters: Record<string, string> },
  place: Partial<Place> = {},
): Promise<unknown> {
  const to = objectOf({ ...facts.place, ...place }, service)
  if (to === carrier.self()) return carrier.view(service, name, parameters)
  return env.OBJECTS.getByName(to).view(service, name, parameters)
}
