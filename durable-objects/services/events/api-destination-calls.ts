/** EventBridge → API destinations: HTTP calls, at the destination's rate, tried again as the target's policy says. */
import type { Target } from '../../../aws/models/events.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import { httpOut } from '../../kernel/http-out.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { accessToken, forgetToken } from './access-tokens.ts'
import { type CallParts, type HttpCall, requestOf } from './api-destination-requests.ts'
import { destinationByArn } from './api-destinations.ts'
import { connectionByArn, parametersOf } from './find-connection.ts'
import { count } from './metrics.ts'
import type { ApiCallRow, ApiDestinationRow, BusEvent } from './schema.ts'
import { eventLabel, MOST_RETRIES, type Sending } from './target-deliveries.ts'
import { type Failure, sendDeadLetter } from './undelivered.ts'

const TIMEOUT_MS = 5000
const SECOND_MS = 1000
const OLDEST_SECONDS = 86_400
/** When a call that was cut off by a restart is taken up. */
const SAFETY_MS = 60_000

/** Writes a call down, to be made when the destination's rate allows. */
export function callApiDestination(ctx: Tx, { target, event, input, ruleArn, traceId }: Sending): void {
  const id = crypto.randomUUID()
  const destination = destinationByArn(ctx, target.Arn)
  const due = destination ? reserve(ctx, destination, ctx.now) : ctx.now
  ctx.sql.run(
    `INSERT INTO events_api_calls (id, destination, rule, target, body, event, label, traceId, firstAt, due)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    target.Arn,
    ruleArn,
    JSON.stringify(target),
    input,
    JSON.stringify(event),
    eventLabel(event),
    traceId,
    ctx.now,
    due,
  )
  startOrWait(ctx, id, due)
}

/** The next second that has a call left, not before the earliest. */
function reserve(ctx: Tx, { name, rate }: ApiDestinationRow, earliest: number): number {
  const second = Math.floor(earliest / SECOND_MS) * SECOND_MS
  const row = ctx.sql.first<{ windowAt: number }>(
    `UPDATE events_api_destinations SET
       used = CASE WHEN windowAt < ?1 THEN 1 WHEN used < ?2 THEN used + 1 ELSE 1 END,
       windowAt = CASE WHEN windowAt < ?1 THEN ?1 WHEN used < ?2 THEN windowAt ELSE windowAt + ${SECOND_MS} END
     WHERE name = ?3 RETURNING windowAt`,
    second,
    rate,
    name,
  )
  return Math.max(earliest, row?.windowAt ?? earliest)
}

function startOrWait(ctx: Tx, id: string, due: number): void {
  ctx.timers.set('apiCall', id, due > ctx.now ? due : ctx.now + SAFETY_MS)
  if (due <= ctx.now) makeCall(ctx, id)
}

/** Calls under way at once; what is due beyond them waits for one to end. */
const MOST_AT_ONCE = 50

const underWay = (ctx: Ctx) => ctx.memory<Set<string>>('events.calls', () => new Set())

/** Takes up what was under way when the object last slept, and what has waited. */
export function resumeCalls(ctx: Ctx): void {
  if (underWay(ctx).size >= MOST_AT_ONCE) return
  const due = `SELECT id FROM events_api_calls WHERE due <= ? ORDER BY due LIMIT ${MOST_AT_ONCE}`
  for (const { id } of ctx.sql.all<{ id: string }>(due, ctx.now)) makeCall(ctx, id)
}

/** The first try of a call, and the timer of a later one: both go on beside whoever called. */
export function makeCall(ctx: Ctx, id: string): void {
  const running = underWay(ctx)
  if (running.has(id) || running.size >= MOST_AT_ONCE) return
  running.add(id)
  const ended = attempt(ctx, id).finally(() => running.delete(id))
  ctx.background(ended.then(() => resumeCalls(ctx)))
}

async function attempt(ctx: Ctx, id: string): Promise<void> {
  const row = ctx.sql.first<ApiCallRow>('SELECT * FROM events_api_calls WHERE id = ?', id)
  if (!row) return
  const failed = await send(ctx, row)
  // What was reset meanwhile is not written again.
  return ctx.change(tx => {
    if (!tx.sql.first('SELECT 1 FROM events_api_calls WHERE id = ?', id)) return
    const hop = { from: row.rule, to: row.destination, event: row.label, deliveryId: id, attempt: row.attempts + 1 }
    if (!failed) {
      finish(tx, id)
      count(tx, row.rule, 'Invocations')
      tx.journal({ ...hop, traceId: row.traceId, outcome: 'delivered' })
      return
    }
    const exhausted = failed.lasting ? 'lasting' : again(tx, row, failed)
    if (exhausted === undefined) {
      count(tx, row.rule, 'RetryInvocationAttempts')
      tx.journal({ ...hop, traceId: row.traceId, outcome: 'retried', reason: failed.reason })
      return
    }
    finish(tx, id)
    count(tx, row.rule, 'Invocations')
    tx.journal({ ...hop, traceId: row.traceId, outcome: 'refused', reason: failed.reason })
    giveUp(tx, row, {
      code: failed.code,
      message: failed.reason,
      retries: row.attempts,
      ...(exhausted !== 'lasting' && { exhausted }),
    })
  })
}

function finish(ctx: Tx, id: string): void {
  ctx.sql.run('DELETE FROM events_api_calls WHERE id = ?', id)
  ctx.timers.clear('apiCall', id)
}

function giveUp(ctx: Tx, row: ApiCallRow, failure: Failure): void {
  const { DeadLetterConfig, RetryPolicy } = targetOf(row)
  const about = {
    ruleArn: row.rule,
    targetArn: row.destination,
    ...(DeadLetterConfig?.Arn && { deadLetter: DeadLetterConfig.Arn }),
    event: row.event,
    retries: RetryPolicy?.MaximumRetryAttempts ?? MOST_RETRIES,
  }
  sendDeadLetter(ctx, { about, label: row.label, traceId: row.traceId }, failure)
}

const targetOf = ({ target }: ApiCallRow) => JSON.parse(target) as Target // written by callApiDestination()

/** Sets the next try; answers why there is none. */
function again(ctx: Tx, row: ApiCallRow, { afterMs }: Failed): Failure['exhausted'] {
  const { RetryPolicy } = targetOf(row)
  if (row.attempts >= (RetryPolicy?.MaximumRetryAttempts ?? MOST_RETRIES)) return 'MaximumRetryAttempts'
  const earliest = ctx.now + (afterMs ?? Math.min(300, 2 ** row.attempts) * SECOND_MS)
  const oldest = (RetryPolicy?.MaximumEventAgeInSeconds ?? OLDEST_SECONDS) * SECOND_MS
  if (earliest - row.firstAt > oldest) return 'MaximumEventAgeInSeconds'
  const destination = destinationByArn(ctx, row.destination)
  const due = destination ? reserve(ctx, destination, earliest) : earliest
  ctx.sql.run('UPDATE events_api_calls SET attempts = attempts + 1, due = ? WHERE id = ?', due, row.id)
  ctx.timers.set('apiCall', row.id, due)
  return undefined
}

type Failed = { code: string; reason: string; lasting: boolean; afterMs?: number | undefined }

async function send(ctx: Ctx, row: ApiCallRow): Promise<Failed | undefined> {
  const destination = destinationByArn(ctx, row.destination)
  const connection = destination && connectionByArn(ctx, destination.connectionArn)
  if (!destination) return { code: 'NO_RESOURCE', reason: `${row.destination} does not exist`, lasting: true }
  if (!connection) return { code: 'NO_RESOURCE', reason: `${destination.connectionArn} does not exist`, lasting: true }
  const oauth = connection.type === 'OAUTH_CLIENT_CREDENTIALS'
  const token = oauth ? await accessToken(ctx, connection) : undefined
  if ((oauth && token === undefined) || connection.parameters === '{}') {
    return { code: 'NO_PERMISSIONS', reason: `The connection ${connection.name} is not authorized`, lasting: !oauth }
  }
  const event = JSON.parse(row.event) as BusEvent // written by callApiDestination()
  const parts = { destination, parameters: parametersOf(connection), token, target: targetOf(row), event }
  const call = callOf({ ...parts, body: row.body, traceId: row.traceId })
  if (!call)
    return { code: 'INVALID_PARAMETER', reason: 'The event makes no HTTP request that can be sent', lasting: true }
  const answer = await fetchOnce(ctx, call)
  if (oauth && (answer.status === 401 || answer.status === 407)) ctx.change(tx => forgetToken(tx, connection.name))
  return failureOf(ctx, answer)
}

/** The most that a call's address and headers may amount to. */
const MOST_HEAD = 65_536

/** What an event has put into an address or a header may be nothing that can stand there, or too long for it. */
function callOf(parts: CallParts): HttpCall | undefined {
  try {
    const call = requestOf(parts)
    const head = Object.entries(call.headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    return call.url.length + head > MOST_HEAD ? undefined : call
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

type Answer = { status?: number; retryAfter?: string | null; error?: string; refused?: string }

async function fetchOnce(ctx: Ctx, { url, ...request }: HttpCall): Promise<Answer> {
  try {
    const { status, headers } = await httpOut(ctx, url, { ...request, timeoutMs: TIMEOUT_MS })
    return { status, retryAfter: headers.get('retry-after') }
  } catch (error) {
    if (error instanceof AwsError) return { refused: error.message }
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Statuses other than a server's own fault that are worth another try. */
const WORTH_A_TRY = new Set([401, 407, 409, 429])

function failureOf(ctx: Ctx, { status, retryAfter, error, refused }: Answer): Failed | undefined {
  if (refused !== undefined) return { code: 'CONNECTION_FAILURE', reason: refused, lasting: true }
  if (status === undefined) {
    const timedOut = /timeout|timed out|abort/i.test(error ?? '')
    const reason = `The endpoint did not answer: ${error}`
    return { code: timedOut ? 'TIMEOUT' : 'CONNECTION_FAILURE', reason, lasting: false }
  }
  if (status >= 200 && status < 300) return undefined
  const lasting = status < 500 && !WORTH_A_TRY.has(status)
  const code = status === 429 ? 'THROTTLING' : 'ERROR_FROM_TARGET'
  return { code, reason: `The endpoint answered ${status}`, lasting, afterMs: waitOf(ctx, retryAfter) }
}

/** Retry-After in seconds or as a date. */
function waitOf(ctx: Ctx, retryAfter: string | null | undefined): number | undefined {
  if (!retryAfter) return undefined
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * SECOND_MS : Date.parse(retryAfter) - ctx.now
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
