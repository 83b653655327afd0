import { putBlob, readBlob } from '../../../kernel/blobs/blobs.ts'
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
  /** Of the texts, as JSON, where they are long. */
  blob: number | null
}

const RECORDS: RingLog = {
  table: 'lambda_invocations',
  keptRows: 10_000,
  keptBytes: 256 * 1024 * 1024,
  blob: 'blob',
  unique: true,
}
/** Texts that are longer than this, in characters, are no longer in their record's row. */
const INLINE = 100_000

/** Writes a record, unless its run has left one already. */
export function writeRecord(ctx: Tx, record: InvocationRecord): void {
  const { payload, result = null, error = null, logTail } = record
  const bytes = payload.length + (result?.length ?? 0) + (error?.length ?? 0) + logTail.length
  const texts = { payload, result, error }
  const long = bytes > INLINE
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
    logTail,
    ...(long ? { payload: '' } : texts),
  })
  if (seq === undefined || !long) return
  const blob = putBlob(ctx, new TextEncoder().encode(JSON.stringify(texts)))
  ctx.sql.run('UPDATE lambda_invocations SET blob = ? WHERE seq = ?', blob, seq)
}

/** A page of records may hold so many bytes: what travels between objects ends at 32 MB. */
const PAGE_BYTES = 8 * 1024 * 1024

/** A record with its texts whole. */
export type ViewedRecord = Omit<Row, 'seq' | 'bytes' | 'blob'>

/** Records after one, oldest first. */
export function recordPage(ctx: Ctx, { limit, after }: PageAsked): { rows: ViewedRecord[]; next: string | undefined } {
  const rows: ViewedRecord[] = []
  let size = 0
  for (const row of ctx.sql.each<Row>(
    'SELECT * FROM lambda_invocations WHERE seq > ? ORDER BY seq',
    Number(after ?? 0) || 0,
  )) {
    const { seq, bytes, blob, ...record } = row
    rows.push(blob === null ? record : { ...record, ...readTexts(ctx, blob) })
    size += bytes * 2
    if (size > PAGE_BYTES || rows.length >= limit) return { rows, next: String(seq) }
  }
  return { rows, next: undefined }
}

/** Written by writeRecord. */
const readTexts = (ctx: Ctx, blob: number) =>
  JSON.parse(new TextDecoder().decode(readBlob(ctx, blob))) as Pick<Row, 'payload' | 'result' | 'error'>
