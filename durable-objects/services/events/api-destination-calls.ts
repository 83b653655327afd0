/** EventBridge → API destinations: HTTP calls, at the destination's rate, tried again as the target's policy says. */
import type { Target } from '../../../aws/models/events.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Failure, OutRequest, Post, Posted, Posting, PostPolicy, Unposted } from '../../kernel/http-out/posting.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { accessToken, forgetToken } from './access-tokens.ts'
import { type CallParts, requestOf } from './api-destination-requests.ts'
import { destinationByArn } from './api-destinations.ts'
import { connectionByArn, parametersOf } from './find-connection.ts'
import { count } from './metrics.ts'
import type { BusEvent } from './schema.ts'
import { aboutOf, eventLabel, MOST_RETRIES, type Sending } from './target-deliveries.ts'
import { sendDeadLetter } from './undelivered.ts'

const TIMEOUT_MS = 5000
const SECOND_MS = 1000
const OLDEST_SECONDS = 86_400

/** The target as it was when the event came. */
type About = { target: Target; event: BusEvent }

const callOf = ({ about }: Post) => about as About // written by callApiDestination()

/** Has a call made when the destination's rate allows. */
export function callApiDestination(ctx: Tx, { target, event, input: body, ruleArn: from, traceId }: Sending): void {
  const about: About = { target, event }
  ctx.post({ from, to: target.Arn, lane: target.Arn, event: eventLabel(event), traceId, body, about })
}

/** Statuses other than a server's own fault that are worth another try. */
const WORTH_A_TRY = new Set([401, 407, 409, 429])

export const posts: Posting = {
  request,
  lasting: status => status < 500 && !WORTH_A_TRY.has(status),
  policy,
  retried: (tx, post, failure) => {
    count(tx, post.from, 'RetryInvocationAttempts')
    dropToken(tx, post, failure)
  },
  ended: (tx, post, unposted) => {
    count(tx, post.from, 'Invocations')
    if (!unposted) return
    dropToken(tx, post, unposted)
    giveUp(tx, post, unposted)
  },
}

function policy(ctx: Ctx, post: Post): PostPolicy {
  const { MaximumRetryAttempts = MOST_RETRIES, MaximumEventAgeInSeconds = OLDEST_SECONDS } =
    callOf(post).target.RetryPolicy ?? {}
  return {
    delayMs: (nth, { retryAfterMs = Math.min(300, 2 ** (nth - 1)) * SECOND_MS }) =>
      nth > MaximumRetryAttempts ? undefined : retryAfterMs,
    mostAgeMs: MaximumEventAgeInSeconds * SECOND_MS,
    perSecond: destinationByArn(ctx, post.to)?.rate,
  }
}

async function request(ctx: Ctx, post: Posted): Promise<OutRequest> {
  const destination = destinationByArn(ctx, post.to)
  const connection = destination && connectionByArn(ctx, destination.connectionArn)
  if (!connection) {
    throw new AwsError('NO_RESOURCE', `${destination ? destination.connectionArn : post.to} does not exist`)
  }
  const oauth = connection.type === 'OAUTH_CLIENT_CREDENTIALS'
  const token = oauth ? await accessToken(ctx, connection) : undefined
  if ((oauth && token === undefined) || connection.parameters === '{}') {
    // A token that cannot be had now may be had later.
    throw new AwsError('NO_PERMISSIONS', `The connection ${connection.name} is not authorized`, oauth ? 503 : 403)
  }
  const { body, traceId } = post
  return checkedRequest({ ...callOf(post), destination, parameters: parametersOf(connection), token, body, traceId })
}

/** The most that a call's address and headers may amount to. */
const MOST_HEAD = 65_536

/** What an event has put into an address or a header may be nothing that can stand there, or too long for it. */
function checkedRequest(parts: CallParts): OutRequest {
  try {
    const call = requestOf(parts)
    const head = Object.entries(call.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    if (call.url.length + head <= MOST_HEAD) return { ...call, timeoutMs: TIMEOUT_MS }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  throw new AwsError('INVALID_PARAMETER', 'The event makes no HTTP request that can be sent')
}

/** The endpoint did not take the connection's token: another one is asked for. */
function dropToken(tx: Tx, { to }: Post, { status }: Failure): void {
  if (status !== 401 && status !== 407) return
  const destination = destinationByArn(tx, to)
  const connection = destination && connectionByArn(tx, destination.connectionArn)
  if (connection) forgetToken(tx, connection.name)
}

const EXHAUSTED = { retries: 'MaximumRetryAttempts', age: 'MaximumEventAgeInSeconds' } as const

function giveUp(tx: Tx, post: Posted, unposted: Unposted): void {
  const { from: ruleArn, event: label, traceId, attempts: retries } = post
  const { reason: message, exhausted } = unposted
  const about = aboutOf({ ...callOf(post), ruleArn })
  const failure = { code: errorCode(unposted), message, retries, exhausted: exhausted && EXHAUSTED[exhausted] }
  sendDeadLetter(tx, { about, label, traceId }, failure)
}

/** EventBridge's own words for what its calls themselves do not say. */
const CODES: Record<string, string> = {
  AccessDenied: 'CONNECTION_FAILURE',
  Full: 'RESOURCE_LIMIT_EXCEEDED',
  NoConnection: 'CONNECTION_FAILURE',
  Timeout: 'TIMEOUT',
}

function errorCode({ status, code }: Failure): string {
  if (status === undefined) return CODES[code] ?? code
  return status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET'
}
