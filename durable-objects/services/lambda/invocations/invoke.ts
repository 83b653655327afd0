import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Frame, Outcome } from '../../../shared/functions/contract.ts'
import { type Caller, type Ctx, FAR, type Tx } from '../../../kernel/object/operation.ts'
import { constraintError } from '../errors.ts'
import { queueEvent } from './events.ts'
import {
  beginRun,
  type Conclusion,
  checkRunnable,
  concludeRun,
  findTarget,
  type Job,
  performRun,
} from './executions.ts'
import { type NamedFunction, namedFunction } from '../functions/names.ts'
import { checkActive } from '../functions/states.ts'
import { checkJson, parseClientContext, payloadText, readPayload } from './payloads.ts'
import { versionName } from '../schema.ts'
import { type ByteStream, byteStream } from '../urls/url-streams.ts'

/** A payload comes as bytes from a client, and as text from another service. */
type Payload = Uint8Array | string | undefined

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function Invoke(ctx: Ctx, input: In<'Invoke'>): Promise<Out<'Invoke'>> {
  const type = invocationType(input.InvocationType)
  const named = namedFunction(ctx, input)
  const payload = payloadText(input.Payload as Payload, type) // deliveries carry text
  const target = findTarget(ctx, named)
  checkJson(payload)
  const clientContext = parseClientContext(input.ClientContext)
  if (type === 'DryRun') return { StatusCode: 204 }
  if (type === 'Event') return ctx.change(tx => accept(tx, named, { payload, clientContext: input.ClientContext }))
  checkActive(ctx, target.row)
  checkRunnable(target)
  const run = beginRun(ctx, target, { ...newJob(ctx, payload), clientContext, streaming: false })
  const outcome = await performRun(ctx, run)
  const { payload: answer, failed, logTail } = ctx.change(tx => concludeRun(tx, run, outcome))
  return {
    StatusCode: 200,
    Payload: new TextEncoder().encode(answer),
    ExecutedVersion: versionName(target.row.number),
    ...(failed ? { FunctionError: 'Unhandled' } : {}),
    ...(input.LogType === 'Tail' ? { LogResult: base64(logTail) } : {}),
  }
}

/** What a neighbour delivers is an event, and waits for nothing. */
export function invokeNearby(ctx: Tx, input: In<'Invoke'>): Out<'Invoke'> | typeof FAR {
  if (input.InvocationType !== 'Event') return FAR
  const named = namedFunction(ctx, input)
  const payload = payloadText(input.Payload as Payload, 'Event') // deliveries carry text
  findTarget(ctx, named)
  checkJson(payload)
  parseClientContext(input.ClientContext)
  return accept(ctx, named, { payload, clientContext: input.ClientContext })
}

type Event = { payload: string; clientContext?: string | undefined }

function accept(ctx: Tx, named: NamedFunction, event: Event): Out<'Invoke'> {
  const { name, qualifier = null } = named
  const { requestId: id, traceId, trace = null } = ctx
  const { payload, clientContext = null } = event
  const source = sourceOf(ctx.caller)
  queueEvent(ctx, { id, name, qualifier, source, traceId, trace, clientContext, payload })
  return { StatusCode: 202 }
}

function invocationType(type: string | undefined): 'RequestResponse' | 'Event' | 'DryRun' {
  if (type === undefined || type === 'RequestResponse') return 'RequestResponse'
  if (type === 'Event' || type === 'DryRun') return type
  throw constraintError(type, 'invocationType', 'Member must satisfy enum value set: [Event, RequestResponse, DryRun]')
}

function newJob(ctx: Ctx, payload: string): Omit<Job, 'streaming'> {
  const { requestId, traceId, trace } = ctx
  return { id: requestId, requestId, traceId, trace, source: sourceOf(ctx.caller), payload }
}

/** `aws:s3` for S3's events, `invoke` for whoever calls the API. */
function sourceOf({ service }: Caller): string {
  return service === undefined ? 'invoke' : `aws:${service.split('.', 1)[0]}`
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html : the way before Invoke had types. */
export async function InvokeAsync(ctx: Ctx, input: In<'InvokeAsync'>): Promise<Out<'InvokeAsync'>> {
  const bytes = await readPayload(input.InvokeArgs as ReadableStream<Uint8Array> | Uint8Array) // as bodies travel
  const { StatusCode } = await Invoke(ctx, {
    FunctionName: input.FunctionName,
    InvocationType: 'Event',
    Payload: bytes,
  })
  return { Status: StatusCode ?? 202 }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
export function InvokeWithResponseStream(
  ctx: Tx,
  input: In<'InvokeWithResponseStream'>,
): Out<'InvokeWithResponseStream'> {
  const named = namedFunction(ctx, input)
  const payload = payloadText(input.Payload as Payload, 'RequestResponse') // deliveries carry text
  const target = findTarget(ctx, named)
  checkJson(payload)
  const clientContext = parseClientContext(input.ClientContext)
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
  checkActive(ctx, target.row)
  checkRunnable(target)
  const run = beginRun(ctx, target, { ...newJob(ctx, payload), clientContext, streaming: true })
  const events = byteStream()
  const work = performRun(ctx, run, frame => sendFrame(events, frame)).then(outcome => {
    const conclusion = concludeRun(ctx, run, outcome)
    events.send(eventLine({ InvokeComplete: completion(outcome, conclusion, input.LogType === 'Tail') }))
  })
  ctx.background(work.finally(() => events.end()))
  return {
    StatusCode: 200,
    ExecutedVersion: versionName(target.row.number),
    ResponseStreamContentType: 'application/vnd.amazon.eventstream',
    EventStream: events.stream as never, // the codec takes events as lines of JSON
  }
}

/** The codec takes events as lines of JSON. */
const eventLine = (event: object) => new TextEncoder().encode(`${JSON.stringify(event)}\n`)

function sendFrame(events: ByteStream, frame: Frame): void {
  if ('chunk' in frame) events.send(eventLine({ PayloadChunk: { Payload: frame.chunk } }))
  else if ('result' in frame && !frame.result.streamed) {
    events.send(eventLine({ PayloadChunk: { Payload: base64(frame.result.payload) } }))
  }
}

function completion(outcome: Outcome, conclusion: Conclusion, tail: boolean): Record<string, string> {
  const LogResult = tail ? { LogResult: base64(conclusion.logTail) } : {}
  if (!conclusion.failed) return LogResult
  return {
    ErrorCode: outcome.timeout ? 'Sandbox.Timedout' : 'Unhandled',
    ErrorDetails: conclusion.payload,
    ...LogResult,
  }
}
