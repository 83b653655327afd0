import type { Ctx } from '../operation.ts'

/** One run of a function, however it was started. */
export type InvocationRecord = {
  /** The same for a run that was begun twice. */
  id: string
  functionArn: string
  requestId: string
  traceId: string
  /** `invoke`, or the service whose event it was: `aws:s3`. */
  source: string
  /** When it was called, in milliseconds of the namespace's clock. */
  at: number
  durationMs: number
  cold: boolean
  payload: string
  /** The answer as text; absent after an error. */
  result?: string | undefined
  /** The error as the caller sees it, as text. */
  error?: string | undefined
  logTail: string
}

type Row = Omit<InvocationRecord, 'cold' | 'result' | 'error'> & {
  seq: number
  cold: number
  status: 'success' | 'error'
  bytes: number
  result: string | null
  error: string | null
}

/** Records kept: the newest that many, and no more than so many bytes of theirs. */
const KEPT = 10_000
const KEPT_BYTES = 256 * 1024 * 1024
/** Rows end at 2 MB: a longer event or answer is kept cut. */
const LONGEST = 400_000

/** Writes a record, unless its run has left one already. */
export function writeRecord(ctx: Ctx, record: InvocationRecord): void {
  const { sql } = ctx
  const payload = record.payload.slice(0, LONGEST)
  const result = record.result?.slice(0, LONGEST) ?? null
  const error = record.error?.slice(0, LONGEST) ?? null
  const bytes = payload.length + (result?.length ?? 0) + (error?.length ?? 0) + record.logTail.length
  const row = sql.first<{ seq: number }>(
    `INSERT OR IGNORE INTO invocations (id, functionArn, requestId, traceId, source, at, durationMs, cold, status, bytes,
       result, error, logTail, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    record.id,
    record.functionArn,
    record.requestId,
    record.traceId,
    record.source,
    record.at,
    record.durationMs,
    record.cold ? 1 : 0,
    error === null ? 'success' : 'error',
    bytes,
    result,
    error,
    record.logTail,
    payload,
  )
  // In steps, so that not every invocation pays for it.
  if (row && row.seq % 250 === 0) trim(ctx, row.seq)
}

function trim(ctx: Ctx, newest: number): void {
  ctx.sql.run('DELETE FROM invocations WHERE seq <= ?', newest - KEPT)
  let total = 0
  for (const { seq, bytes } of ctx.sql.all<{ seq: number; bytes: number }>(
    'SELECT seq, bytes FROM invocations ORDER BY seq DESC',
  )) {
    total += bytes
    if (total <= KEPT_BYTES) continue
    ctx.sql.run('DELETE FROM invocations WHERE seq <= ?', seq)
    return
  }
}

/** A page of records may hold so many bytes: what travels between objects ends at 32 MB. */
const PAGE_BYTES = 8 * 1024 * 1024

/** A record as `/_fakecloud/lambda/invocations` shows it. */
export type ShownInvocation = Omit<Row, 'seq' | 'at' | 'cold' | 'bytes' | 'result' | 'error'> & {
  timestamp: string
  cold: boolean
  /** The payload as JSON, null when it is none. */
  event: unknown
  result: unknown
  error: unknown
}

export type InvocationPage = { invocations: ShownInvocation[]; next: number | null }

/** View: records after one, oldest first. */
export function invocationPage(ctx: Ctx, parameters: Record<string, string>): InvocationPage {
  const invocations: ShownInvocation[] = []
  let size = 0
  for (const row of ctx.sql.each<Row>(
    'SELECT * FROM invocations WHERE seq > ? ORDER BY seq',
    Number(parameters.after ?? 0),
  )) {
    const { seq, at, cold, bytes, result, error, ...rest } = row
    invocations.push({
      ...rest,
      timestamp: new Date(at).toISOString(),
      cold: cold === 1,
      event: parsed(row.payload),
      result: parsed(result),
      error: parsed(error),
    })
    size += bytes * 3
    if (size > PAGE_BYTES) return { invocations, next: seq }
  }
  return { invocations, next: null }
}

function parsed(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
