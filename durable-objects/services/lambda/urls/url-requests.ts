import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import {
  beginRun,
  checkRunnable,
  concludeRun,
  findTarget,
  type Job,
  performRun,
  type Run,
} from '../invocations/executions.ts'
import { functionArn } from '../functions/names.ts'
import { urlCaller, urlRefusal } from './url-access.ts'
import { type Cors, corsHeaders, preflightHeaders } from './url-cors.ts'
import { urlEvent, type UrlRequest } from './url-events.ts'
import { BAD_GATEWAY, responseOf } from './url-responses.ts'
import { urlStream } from './url-streams.ts'

/** The HTTP response of a function URL, as plain data but for a body that streams. */
export type UrlAnswer = {
  status: number
  headers: [string, string][]
  body: Uint8Array | string | ReadableStream<Uint8Array>
}

/** What the door of function URLs asks; no model has it. */
export type UrlOperations = { InvokeFunctionUrl: { input: UrlRequest; output: UrlAnswer } }

type UrlRow = { name: string; qualifier: string; config: string }
type UrlConfig = { AuthType: string; InvokeMode?: string; Cors?: Cors }

const MAX_EVENT_BYTES = 6 * 1024 * 1024
export const FORBIDDEN =
  'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html'

/** A refusal as function URLs word theirs. */
function refused(status: number, type: string, message: string | null): UrlAnswer {
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', type],
  ]
  return { status, headers, body: JSON.stringify({ Message: message }) }
}

/**
 * An HTTP request to a function URL, which is no operation of AWS's model: its door sends it here.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export async function InvokeFunctionUrl(ctx: Ctx, request: UrlRequest): Promise<UrlAnswer> {
  const row = ctx.sql.first<UrlRow>(
    'SELECT name, qualifier, config FROM lambda_function_urls WHERE id = ?',
    request.urlId,
  )
  if (!row) return refused(404, 'ResourceNotFoundException', null)
  const config = JSON.parse(row.config) as UrlConfig // written by function-urls.ts
  const { origin, 'access-control-request-method': asked } = request.headers
  if (config.Cors && request.method === 'OPTIONS' && origin !== undefined && asked !== undefined) {
    return { status: 200, headers: preflightHeaders(config.Cors, origin), body: '' }
  }
  const answer = await admitted(ctx, request, { row, config })
  const headers = config.Cors && origin !== undefined ? corsHeaders(config.Cors, origin) : []
  return { ...answer, headers: [...answer.headers, ...headers] }
}

type Found = { row: UrlRow; config: UrlConfig }

async function admitted(ctx: Ctx, request: UrlRequest, { row, config }: Found): Promise<UrlAnswer> {
  const caller = config.AuthType === 'AWS_IAM' ? await urlCaller(ctx, request) : undefined
  const reason = urlRefusal(ctx, { ...row, authType: config.AuthType }, caller)
  const arn = functionArn(ctx.place, row.name, row.qualifier || undefined)
  if (reason !== undefined) {
    const event = `${request.method} ${request.rawPath}`
    ctx.journal({ from: `function URL ${request.urlId}`, to: arn, outcome: 'denied', reason, event })
    return refused(403, 'AccessDeniedException', FORBIDDEN)
  }
  const { requestId, traceId, now } = ctx
  const payload = JSON.stringify(urlEvent(request, { requestId, traceId, now, caller }))
  if (payload.length > MAX_EVENT_BYTES) {
    const message = `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`
    return refused(413, 'RequestEntityTooLargeException', message)
  }
  try {
    const target = findTarget(ctx, { name: row.name, qualifier: row.qualifier || undefined, arn })
    checkRunnable(target)
    const streaming = config.InvokeMode === 'RESPONSE_STREAM'
    const job: Job = { id: requestId, requestId, traceId, source: 'function-url', payload, streaming }
    const run = beginRun(ctx, target, job)
    return streaming ? await streamed(ctx, run) : await buffered(ctx, run)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (error.status === 429) return refused(429, error.code, error.message)
    return error.code === 'InvalidRuntimeException' ? refused(502, error.code, error.message) : BAD_GATEWAY
  }
}

async function buffered(ctx: Ctx, run: Run): Promise<UrlAnswer> {
  const prelude = urlStream()
  const outcome = await performRun(ctx, run, prelude.take)
  const { payload, failed } = ctx.change(tx => concludeRun(tx, run, outcome))
  prelude.end()
  if (failed) return BAD_GATEWAY
  if (!outcome.contentType) return responseOf(payload)
  const head = await prelude.head
  return head ? { ...head, body: new Uint8Array(await new Response(prelude.stream).arrayBuffer()) } : BAD_GATEWAY
}

/** The head goes out before the function has ended, and whatever it writes as it writes it. */
async function streamed(ctx: Ctx, run: Run): Promise<UrlAnswer> {
  const response = urlStream()
  const work = performRun(ctx, run, response.take).then(outcome => ctx.change(tx => concludeRun(tx, run, outcome)))
  const ended = work.finally(() => response.end())
  ctx.background(ended)
  const head = await response.head
  if (head) return { ...head, body: response.stream }
  await ended
  return BAD_GATEWAY
}
