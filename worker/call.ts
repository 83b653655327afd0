import { waitUntil } from 'cloudflare:workers'
import type { Env } from '../durable-objects/kernel/env.ts'
import type { OperationRequest, OperationResult } from '../durable-objects/kernel/object/operation.ts'
import { sendOperation } from '../durable-objects/kernel/object/calls.ts'
import { definitionOf, homeOf } from '../durable-objects/services/index.ts'
import { AwsError } from '../aws/errors.ts'
import { newTraceId } from '../aws/ids.ts'
import { bodyOf, carried } from './carried.ts'
import type { Decoded } from '../aws/wire/types.ts'
import { callerOf, type Routed, sentPath, sourceIpOf } from './route.ts'
import { proofOf, signedOf } from '../aws/sigv4/sigv4.ts'
import { verifiesAll } from '../durable-objects/kernel/env.ts'
import type { FormCredentials } from '../aws/sigv4/form.ts'
import { type Dialect, type Proof, PROOF_WANTED, type Signed } from '../aws/sigv4/proof.ts'
import { versionTwo } from '../aws/sigv4/refusals.ts'

/** An operation that a request asks for, read and validated. */
export type Call = {
  request: Request
  routed: Routed
  service: string
  decoded: Decoded
  requestId: string
  dialect: Dialect
  /** It needs no credentials. */
  open: boolean
  /** A form brings its credentials in its fields; null when it has none. */
  form?: FormCredentials | null | undefined
}

/**
 * Carries an operation to the object that holds the state, in one hop. What its signature rests on goes along only
 * where that is verified: everywhere, for a stream that can be sent but once, or when the object asks for it.
 */
export async function sendCall(call: Call, env: Env): Promise<OperationResult> {
  if (call.form !== undefined) return await sendForm(call, call.form, env)
  const { streams } = bodyOf(call.decoded, call.routed.wire)
  const proof = verifiesAll(env) || streams ? await foreseen(call, env) : undefined
  const sent = await operationOf(call, env, proof)
  if (definitionOf(call.service).abandoned?.[sent.operation]) {
    if (call.request.signal.aborted) throw new AwsError('RequestAbandoned', 'The client has gone')
    watchClient(call.request, env, sent)
  }
  const result = await sendOperation(env, sent)
  if (result.error?.code !== PROOF_WANTED) return result
  return await sendOperation(env, await operationOf(call, env, await prove(call, env)))
}

/** A form's content is read once, and what its signature rests on is at hand. */
async function sendForm(call: Call, form: FormCredentials | null, env: Env): Promise<OperationResult> {
  const result = await sendOperation(env, await operationOf(call, env, form ? form.proof : null))
  if (result.error?.code === PROOF_WANTED) throw versionTwo()
  return result
}

/** A request whose credentials are where other requests have them. */
function credentialed(routed: Routed, form: FormCredentials | null | undefined): Routed {
  if (!form) return routed
  const { credential, sessionToken } = form
  const name = credential.includes('/') ? 'X-Amz-Credential' : 'AWSAccessKeyId'
  const query: [string, string][] = [[name, credential]]
  if (sessionToken !== undefined) query.push(['X-Amz-Security-Token', sessionToken])
  return { ...routed, wire: { ...routed.wire, query, headers: new Headers() } }
}

async function operationOf(call: Call, env: Env, proof: Proof | null | undefined): Promise<OperationRequest> {
  const { request, routed, service, decoded, requestId, form } = call
  const { wire, baseUrl } = routed
  const { operation } = decoded
  const { caller, place, strangeToken } = callerOf(credentialed(routed, form), env)
  const framed = proof !== undefined
  const sourceIp = sourceIpOf(wire, env)
  const { input, http } = await carried(decoded, { wire, baseUrl, region: place.region, sourceIp, framed })
  return {
    ...homeOf({ service, operation, input }, place),
    operation,
    input,
    caller,
    requestId,
    ...traceOf(request),
    http,
    signed: { ...signedBy(call, strangeToken), proof },
  }
}

function signedBy({ routed, dialect, open, form }: Call, strangeToken: boolean): Signed {
  if (form === undefined) return signedOf(routed.wire, { dialect, strangeToken, open })
  return { dialect, strangeToken: strangeToken || undefined, lifetime: form?.lifetime }
}

/** A signature that cannot be read is for those to refuse who verify: they ask again. */
async function foreseen(call: Call, env: Env): Promise<Proof | null | undefined> {
  return await prove(call, env).catch(() => undefined)
}

async function prove({ request, routed, decoded, dialect }: Call, env: Env): Promise<Proof | null> {
  const { wire } = routed
  const { member, streams } = bodyOf(decoded, wire)
  const { clientAcceptEncoding } = (request.cf ?? {}) as { clientAcceptEncoding?: string } // the edge's own
  const acceptEncoding = clientAcceptEncoding || undefined
  return await proofOf({
    wire,
    path: sentPath(request, env),
    dialect,
    acceptEncoding,
    streams,
    streamed: member !== undefined,
  })
}

/** An operation that waits must not be answered, with messages say, to a client that has gone. */
function watchClient(request: Request, env: Env, { to, service, operation, requestId }: OperationRequest): void {
  request.signal.addEventListener('abort', () => {
    waitUntil(env.OBJECTS.getByName(to).abandon(service, operation, requestId))
  })
}

/** The trace that a request's header names, header and all; a new one where it names none. */
function traceOf(request: Request): { traceId: string; trace?: string } {
  const trace = request.headers.get('x-amzn-trace-id')
  const traceId = trace && /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(trace)?.[1]
  return trace && traceId ? { traceId, trace: trace.slice(0, LONGEST_TRACE) } : { traceId: newTraceId(Date.now()) }
}

const LONGEST_TRACE = 1000
