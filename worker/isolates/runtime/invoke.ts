import type { Writable } from 'node:stream'
import type { Frame, Invocation } from '../../../durable-objects/shared/functions/contract.ts'
import type { Activity } from './activity.ts'
import type { Channel } from './channel.ts'
import { createCallbacks, createContext, withCallbacks } from './context.ts'
import { createResponseStream, isStreaming, type StreamingHandler } from './response-stream.ts'
import { RuntimeError } from './errors.ts'

export type Handler = (...args: unknown[]) => unknown

type Call = { handler: Handler; event: unknown; invocation: Invocation; deadline: number; nodeMajor: number }

/** AWS's limit of a response in one piece, with its allowance for the envelope. */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024 + 100
/** From Node 24 on AWS has no callback handlers. */
const LAST_WITH_CALLBACKS = 22

/** Stack traces name a handler after the class of the object it is called on, which in AWS is this one. */
class Runtime {
  readonly handler: Handler
  constructor(handler: Handler) {
    this.handler = handler
  }
}

/** Runs the handler once and says how it answered; what it throws is the caller's to report. */
export async function callHandler(call: Call, channel: Channel, activity: Activity): Promise<Frame> {
  if (isStreaming(call.handler)) return await stream(call, channel)
  const payload = serialize(await answerOf(call, activity))
  const size = sizeOf(payload)
  if (size <= MAX_PAYLOAD_BYTES) return { result: { payload } }
  const errorMessage = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${MAX_PAYLOAD_BYTES} bytes).`
  return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } }
}

function answerOf(call: Call, activity: Activity): unknown {
  if (call.nodeMajor > LAST_WITH_CALLBACKS) {
    return new Runtime(call.handler).handler(call.event, createContext(call.invocation, call.deadline))
  }
  return withCallback(call, activity)
}

/** A handler that returns no promise answers by its callback; one that never calls it with null, once nothing goes on. */
async function withCallback(call: Call, activity: Activity): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  let called = false
  const callbacks = createCallbacks(async outcome => {
    if (called) return
    called = true
    if ('error' in outcome) return reject(outcome.error)
    if (callbacks.waits()) await activity.idle(false)
    resolve(outcome.result)
  })
  const context = withCallbacks(callbacks.members, createContext(call.invocation, call.deadline))
  const returned = new Runtime(call.handler).handler(call.event, context, callbacks.callback)
  if (isThenable(returned)) returned.then(resolve, reject)
  else void activity.idle(true).then(() => called || resolve(null))
  return await promise
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

async function stream(call: Call, channel: Channel): Promise<Frame> {
  // Marked by awslambda.streamifyResponse, which takes nothing else.
  const handler = call.handler as StreamingHandler
  const out = createResponseStream(channel)
  const { finished } = process.getBuiltinModule('node:stream/promises')
  const failure = finished(out as Writable)
  const returned = handler(call.event, out, createContext(call.invocation, call.deadline))
  if (!isThenable(returned)) {
    failure.catch(() => {})
    throw new Error('Streaming does not support non-async handlers.')
  }
  await Promise.race([returned, failure.then(() => returned)])
  await failure
  return { result: { payload: '', streamed: true } }
}

function serialize(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null'
  } catch {
    throw new Error('Unable to stringify response body')
  }
}

/** In bytes; a character of a string is at most three, so that a short one need not be counted. */
function sizeOf(payload: string): number {
  return payload.length * 3 <= MAX_PAYLOAD_BYTES ? payload.length : new TextEncoder().encode(payload).length
}

/** Node 24's refusal of handlers with a callback parameter. */
export function refuseCallbacks(handler: Handler, nodeMajor: number): void {
  if (nodeMajor <= LAST_WITH_CALLBACKS || handler.length < 3 || isStreaming(handler)) return
  const message =
    'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
    'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
    'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'
  throw new RuntimeError('CallbackHandlerDeprecated', message)
}
