import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { append, type RingLog } from '../../../kernel/ring-logs/ring-logs.ts'
import type { PageAsked } from '../../../kernel/views/view.ts'

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

const RECORDS: RingLog = {
  table: 'lambda_invocations',
  keptRows: 10_000,
  keptBytes: 256 * 1024 * 1024,
  parts: ['lambda_invocation_parts'],
  unique: true,
}
/** Rows end at 2 MB, and a character is up to three bytes: longer texts are rows of their own. */
const INLINE = 100_000
const PART = 400_000

const LONG_FIELDS = ['payload', 'result', 'error'] as const

/** Writes a record, unless its run has left one already. */
export function writeRecord(ctx: Tx, record: InvocationRecord): void {
  const { payload, result = null, error = null } = record
  const bytes = payload.length + (result?.length ?? 0) + (error?.length ?? 0) + record.logTail.length
  const seq = append(ctx.sql, RECORDS, {
    id: record.id,
    functionArn: record.functionArn,
    requestId: record.requestId,
    traceId: record.traceId,
    source: record.source,
    at: record.at,
    durationMs: record.durationMs,
    cold: record.cold ? 1 : 0,
    status: error === null ? 'success' : 'error',
    bytes,
    result: inline(result),
    error: inline(error),
    logTail: record.logTail,
    payload: inline(payload),
  })
  if (seq !== undefined && bytes > INLINE) writeParts(ctx, seq, { payload, result, error })
}

/** A text that its record's row holds; a long one is found under the record's parts. */
const inline = <T extends string | null>(text: T) => (text !== null && text.length > INLINE ? '' : text)

function writeParts(ctx: Tx, seq: number, texts: Record<(typeof LONG_FIELDS)[number], string | null>): void {
  for (const field of LONG_FIELDS) {
    const text = texts[field]
    if (text === null || text.length <= INLINE) continue
    for (const [part, piece] of pieces(text).entries()) {
      ctx.sql.run(
        'INSERT INTO lambda_invocation_parts (seq, field, part, text) VALUES (?, ?, ?, ?)',
        seq,
        field,
        part,
        piece,
      )
    }
  }
}

/** A text in pieces, no pair of surrogates divided. */
function pieces(text: string): string[] {
  const found: string[] = []
  for (let at = 0; at < text.length; ) {
    const last = text.charCodeAt(at + PART - 1)
    const length = last >= 0xd800 && last < 0xdc00 ? PART - 1 : PART
    found.push(text.slice(at, at + length))
    at += length
  }
  return found
}

/** A page of records may hold so many bytes: what travels between objects ends at 32 MB. */
const PAGE_BYTES = 8 * 1024 * 1024

/** A record with its texts whole. */
export type ViewedRecord = Omit<Row, 'seq' | 'bytes'>

/** Records after one, oldest first. */
export function recordPage(ctx: Ctx, { limit, after }: PageAsked): { rows: ViewedRecord[]; next: string | undefined } {
  const rows: ViewedRecord[] = []
  let size = 0
  for (const row of ctx.sql.each<Row>(
    'SELECT * FROM lambda_invocations WHERE seq > ? ORDER BY seq',
    Number(after ?? 0) || 0,
  )) {
    const { seq, bytes, ...record } = row
    rows.push(bytes > INLINE ? { ...record, ...readParts(ctx, seq) } : record)
    size += bytes * 2
    if (size > PAGE_BYTES || rows.length >= limit) return { rows, next: String(seq) }
  }
  return { rows, next: undefined }
}

function readParts(ctx: Ctx, seq: number): Partial<Record<(typeof LONG_FIELDS)[number], string>> {
  const rows = ctx.sql.all<{ field: (typeof LONG_FIELDS)[number]; text: string }>(
    'SELECT field, text FROM lambda_invocation_parts WHERE seq = ? ORDER BY field, part',
    seq,
  )
  const texts: Partial<Record<(typeof LONG_FIELDS)[number], string>> = {}
  for (const { field, text } of rows) texts[field] = (texts[field] ?? '') + text
  return texts
}
