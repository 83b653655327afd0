import { type ErrorData, errorFromData, reasonOf } from '../../../aws/errors.ts'
import { newRequestId, newTraceId } from '../../../aws/ids.ts'
import { GLOBAL_REGION, objectOf, type ObjectAddress, parseObjectName, type Place } from '../../../aws/place.ts'
import type { Env } from '../env.ts'
import type { Catalog } from './catalog.ts'
import type { Host } from './context.ts'
import type {
  CallOptions,
  Ctx,
  HttpFacts,
  OperationInput,
  OperationOutput,
  OperationRequest,
  OperationResult,
  ServiceDefinition,
} from './operation.ts'
import type { ServiceName, ServiceOperations } from './service-operations.ts'

type Operation = { service: string; operation: string; input: Record<string, unknown> }

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
export function sendOperation(env: Env, request: OperationRequest, looks?: true): Promise<OperationResult> {
  return env.OBJECTS.getByName(request.to).invoke(request, looks)
}

/** `ctx.call`: another service's operation, awaited; its refusal is thrown. In the same object it is a plain call. */
export async function callOperation<Output>(
  host: Host,
  asking: Ctx,
  called: { service: string; operation: string; input: unknown },
  options: CallOptions = {},
): Promise<Output> {
  // `input` is the called operation's own type, which ctx.call has checked.
  const operation = { ...called, input: called.input as Record<string, unknown> }
  const request: OperationRequest = {
    ...addressOf(host.catalog, operation, { ...asking.place, ...options.place }),
    operation: operation.operation,
    input: operation.input,
    caller: options.caller ?? asking.caller,
    requestId: newRequestId(),
    traceId: asking.traceId,
    trace: options.own ? undefined : asking.trace,
    http: options.own ? undefined : inner(asking.http),
  }
  const result = await (request.to === host.name
    ? host.serve(request)
    : sendOperation(asking.env, request, options.looks))
  if (!options.own) noteCall(asking, called, result.error)
  if (result.error) throw errorFromData(result.error)
  return result.output as Output // what the handler of that operation answers, by its type
}

/** What a service that is called may know of the request: nothing of its body. */
function inner(http: HttpFacts | undefined): HttpFacts | undefined {
  return http && { ...http, body: undefined, large: undefined, chunked: undefined, contentLength: undefined }
}

/** A call is a hop as a delivery is; within a service it is the service's own affair. */
function noteCall(asking: Ctx, { service, operation }: { service: string; operation: string }, error?: ErrorData) {
  if (service === asking.service) return
  const hop = { from: `${asking.service}:${asking.operation}`, to: `${service}:${operation}`, event: operation }
  asking.journal(error ? { ...hop, outcome: 'refused', reason: reasonOf(error) } : { ...hop, outcome: 'called' })
}

/** What a service does of its own accord, for a timer say: no caller's request. It may belong to a chain. */
export function ownRequest(place: Place, service: string, now: number, traceId = newTraceId(now)): OperationRequest {
  return {
    to: '',
    service,
    operation: '',
    input: {},
    caller: { accountId: place.account, service: 'fakecloud' },
    requestId: crypto.randomUUID(),
    traceId,
  }
}

/** An operation by its name, its input of that operation's type. */
export type Question<S extends ServiceName, O> = { service: S; operation: O; input: OperationInput<S, O> }

/**
 * What the emulator's own doors and endpoints ask of an object: undefined where it has nothing of the service, of which
 * nothing is made, and where it has no answer.
 * @throws AwsError
 */
export async function askObject<S extends ServiceName, O extends keyof ServiceOperations[S] & string>(
  env: Env,
  to: string,
  { service, operation, input }: Question<S, O>,
): Promise<NonNullable<OperationOutput<S, O>> | undefined> {
  const own = ownRequest(parseObjectName(to).place, service, Date.now())
  const asked = { ...own, to, operation, input: input as Record<string, unknown> } // of that operation's own type
  const result = (await env.OBJECTS.getByName(to).ask(asked)) as OperationResult | null // its own type
  if (result?.error) throw errorFromData(result.error)
  const output = result?.output
  // What that operation answers, by its type; nothing has come as an object without members.
  return output && Object.keys(output).length > 0 ? (output as NonNullable<OperationOutput<S, O>>) : undefined
}

/** What does an operation. What services ask of each other is nobody's from outside, who has signed or not. */
export function handlerOf({ operations, internal = {} }: ServiceDefinition, request: OperationRequest) {
  const { operation, signed } = request
  if (Object.hasOwn(internal, operation)) return signed === undefined ? internal[operation] : undefined
  return Object.hasOwn(operations, operation) ? operations[operation] : undefined
}
