import type { ContextParts, ObjectFacts } from './context.ts'
import { type Delivery, targetOf } from '../outbox/deliver.ts'
import type { Env } from '../env.ts'
import type { CallOptions, Caller, HttpFacts, OperationRequest, OperationResult } from './operation.ts'
import type { OutboxRow } from '../outbox/outbox.ts'
import { objectName, type Place } from '../../../aws/place.ts'
import { homeOf } from '../../services/index.ts'
import { parseArn } from '../../../aws/arn.ts'
import { writeHop } from '../journal/journal.ts'
import { type ErrorData, errorFromData, reasonOf } from '../../../aws/errors.ts'
import { newRequestId } from '../../../aws/ids.ts'

type Operation = { service: string; operation: string; input: Record<string, unknown> }

/** The name of the object that serves an operation. */
export function addressOf({ service, operation, input }: Operation, place: Place): string {
  return objectName(homeOf(service, operation, input, place))
}

/** Carries an operation to the object that serves it. */
export function sendOperation(env: Env, request: OperationRequest): Promise<OperationResult> {
  return env.OBJECTS.getByName(request.to).invoke(request)
}

/** `ctx.call`: another service's operation, awaited; its refusal is thrown. */
export async function callOperation<Output>(
  parts: ContextParts,
  called: { service: string; operation: string; input: unknown },
  options: CallOptions = {},
): Promise<Output> {
  const place = { ...parts.facts.place, ...options.place }
  // `input` is the called operation's own type, which ctx.call has checked.
  const operation = { ...called, input: called.input as Record<string, unknown> }
  const result = await sendOperation(parts.env, {
    to: addressOf(operation, place),
    operation: operation.operation,
    input: operation.input,
    caller: options.caller ?? parts.request.caller,
    requestId: newRequestId(),
    traceId: parts.request.traceId,
    trace: options.own ? undefined : parts.request.trace,
    http: options.own ? undefined : inner(parts.request.http),
  })
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
  const { facts, request, sql } = parts
  if (service === facts.service) return
  const from = `${facts.service}:${request.operation}`
  const hop = { from, to: `${service}:${operation}`, event: operation }
  const at = { traceId: request.traceId, now: parts.now() }
  writeHop(sql, at, error ? { ...hop, outcome: 'refused', reason: reasonOf(error) } : { ...hop, outcome: 'called' })
}

/** What a delivery becomes at its target: an ordinary operation, by the source's service principal. */
export function requestOf({ place }: ObjectFacts, row: OutboxRow, delivery: Delivery): OperationRequest {
  const target = targetOf(delivery)
  const there = {
    namespace: place.namespace,
    account: target.account || place.account,
    region: target.region || place.region,
  }
  return {
    to: addressOf(target, there),
    operation: target.operation,
    input: target.input,
    caller: callerOf(place.account, delivery),
    requestId: newRequestId(),
    traceId: row.traceId,
    trace: delivery.trace,
    delivery: { id: row.id },
  }
}

/** A service that calls as a role has a session of it, and needs no leave of the target's own policy. */
function callerOf(accountId: string, { principal, role, from }: Delivery): Caller {
  if (role === undefined) return { accountId, service: principal, sourceArn: from }
  const name = principal.split('.', 1)[0] ?? principal
  const session = { accountId, roleArn: role, roleId: 'AROA', name, expires: Number.MAX_SAFE_INTEGER }
  return { accountId: parseArn(role)?.account ?? accountId, service: principal, session }
}
