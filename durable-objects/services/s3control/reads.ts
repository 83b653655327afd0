import type { In, Out } from '../../../aws/models/s3.types.ts'
import { loadModel } from '../../../aws/wire/model.ts'
import { fromText } from '../../../aws/wire/text-values.ts'
import { readXml } from '../../../aws/wire/xml-in.ts'
import { parseXml } from '../../../aws/wire/xml-tree.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { readLoosely } from '../../kernel/outbox/sdk-targets.ts'
import { AwsError } from '../../../aws/errors.ts'
import { findAccessPoint } from './find-access-point.ts'
import { type Action, type Asked, supportingName } from './events.ts'
import { type Ended, runFunction } from './functions.ts'
import { findObjectLambda } from './object-lambda.ts'
import { type Answer, waitForAnswer } from './responses.ts'

/** AWS waits so long for a function's answer, in milliseconds of real time. */
const LONGEST_MS = 60_000

const failure = (code: string, message: string) => new AwsError(code, message, 500)
const timedOut = () => failure('LambdaTimeout', 'The Lambda function did not respond in the allowed time.')
const notReceived = () =>
  failure('LambdaResponseNotReceived', 'The Lambda exited without successfully calling WriteGetObjectResponse.')
const badResponse = () =>
  new AwsError('LambdaInvalidResponse', 'The Lambda function returned an invalid response.', 400)

function askedOf(ctx: Ctx, action: Action, input: Record<string, unknown>): Asked {
  const point = findObjectLambda(ctx, String(input.Bucket))
  return { action, point, supporting: findAccessPoint(ctx, supportingName(ctx, point)), input }
}

/**
 * Answered by what the function writes to WriteGetObjectResponse.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-writing-lambda.html
 */
export async function GetObject(ctx: Ctx, input: In<'GetObject'>): Promise<Out<'GetObject'>> {
  const asked = askedOf(ctx, 'GetObject', input)
  const waiting = waitForAnswer(ctx, asked.point.name)
  const run = runFunction(ctx, { ...asked, output: waiting.output })
  ctx.background(run)
  const late = deadline()
  const first = await Promise.race([waiting.answer, run.then(failureOf), late.passed])
  late.cancel()
  waiting.close()
  if (first instanceof AwsError) throw first
  return objectOf(first)
}

/** `cancel` lets go of the time that was not needed. */
function deadline(): { passed: Promise<AwsError>; cancel(): void } {
  const controller = new AbortController()
  const passed = scheduler.wait(LONGEST_MS, { signal: controller.signal }).then(timedOut, timedOut)
  return { passed, cancel: () => controller.abort() }
}

const failureOf = (ended: Ended) => ('failed' in ended ? ended.failed : notReceived())

function objectOf(answer: Answer): Out<'GetObject'> {
  const { StatusCode = 200, ErrorCode, ErrorMessage = '', RequestRoute: _, RequestToken: __, ...members } = answer
  if (StatusCode >= 300 || ErrorCode !== undefined) {
    const status = StatusCode >= 300 ? StatusCode : 500
    throw new AwsError(ErrorCode ?? (status === 304 ? 'NotModified' : 'LambdaError'), ErrorMessage, status)
  }
  const { Body } = members
  const ContentLength = Body instanceof Uint8Array ? Body.length : members.ContentLength
  return { ...members, ContentLength, ...(StatusCode !== 200 && { $status: StatusCode }) } as Out<'GetObject'> // its members, and the status
}

/** What functions return for the other actions. */
type Returned = {
  statusCode?: unknown
  errorCode?: unknown
  errorMessage?: unknown
  headers?: Record<string, unknown>
  listResultXml?: unknown
  listBucketResult?: unknown
}

async function returnedFor(ctx: Ctx, action: Action, input: Record<string, unknown>): Promise<Returned> {
  const late = deadline()
  const failed = late.passed.then(error => ({ failed: error }))
  const ended = await Promise.race([runFunction(ctx, askedOf(ctx, action, input)), failed]).finally(late.cancel)
  if ('failed' in ended) throw ended.failed
  const returned = parsed(ended.returned)
  const status = Number(returned.statusCode ?? 200)
  if (!Number.isInteger(status) || status < 200 || status > 599) throw badResponse()
  if (status < 300 && returned.errorCode === undefined) return returned
  const code = typeof returned.errorCode === 'string' ? returned.errorCode : 'LambdaError'
  throw new AwsError(code, String(returned.errorMessage ?? ''), status < 300 ? 500 : status)
}

function parsed(text: string): Returned {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {}
  throw badResponse()
}

export async function HeadObject(ctx: Ctx, input: In<'HeadObject'>): Promise<Out<'HeadObject'>> {
  const { headers = {} } = await returnedFor(ctx, 'HeadObject', input)
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  const found: Record<string, unknown> = {}
  for (const { name, wire, shape } of loadModel('s3')?.operation('HeadObject')?.output?.bound ?? []) {
    const text = given.findLast(([header]) => header === wire.toLowerCase())?.[1]
    if (text === undefined || shape.kind === 'map' || shape.kind === 'list' || shape.kind === 'structure') continue
    found[name] = fromText(shape, text, badResponse)
  }
  const metadata = given.filter(([name]) => name.startsWith('x-amz-meta-'))
  return { ...found, Metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(11), value])) }
}

export function ListObjects(ctx: Ctx, input: In<'ListObjects'>): Promise<Out<'ListObjects'>> {
  return listed(ctx, 'ListObjects', input)
}

export function ListObjectsV2(ctx: Ctx, input: In<'ListObjectsV2'>): Promise<Out<'ListObjectsV2'>> {
  return listed(ctx, 'ListObjectsV2', input)
}

/** A list as XML in S3's own form, or as JSON of the same members. */
async function listed(ctx: Ctx, action: 'ListObjects' | 'ListObjectsV2', input: Record<string, unknown>) {
  const { listResultXml, listBucketResult } = await returnedFor(ctx, action, input)
  const shape = loadModel('s3')?.operation(action)?.output
  if (!shape) throw badResponse()
  if (typeof listBucketResult === 'object' && listBucketResult !== null) {
    return readLoosely(shape, listBucketResult as Record<string, unknown>)
  }
  const root = typeof listResultXml === 'string' ? parseXml(listResultXml) : undefined
  if (!root) throw badResponse()
  return readXml(shape, root, { refuse: badResponse, strict: false }) as Record<string, unknown> // a structure
}
