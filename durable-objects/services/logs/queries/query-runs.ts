import { keepText } from '../../../kernel/blobs/texts.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { EVENT_OVERHEAD } from '../events/batch.ts'
import { maskOf } from '../policies/data-protection.ts'
import { mergeRows, type Range, readRows } from '../events/event-rows.ts'
import type { Pipeline, Result } from './insights/pipeline.ts'
import { rowOf } from './insights/rows.ts'
import { eventIdOf } from '../events/positions.ts'
import { expiryBound } from '../groups/retention.ts'
import type { EventRow, GroupRow, QueryRow } from '../schema.ts'

/** A query under way; `from` and `to` are timestamps, both included. */
export type Run = { query: QueryRow; groups: GroupRow[]; pipeline: Pipeline; from: number; to: number }

/** What a query looks at before it lets others use the object: events, and characters of their messages by their weight. */
const SLICE_EVENTS = 5000
const SLICE_CHARACTERS = 2_000_000

type Progress = { scanned: number; bytes: number }

/** Runs a query: a small one to its end, a large one on in the background. */
export function startRun(ctx: Tx, run: Run): void {
  const slices = runInSlices(ctx, run)
  if (slices.next().done) return
  ctx.background(finish(ctx, run, slices))
}

async function finish(ctx: Ctx, { query }: Run, slices: Generator<void, void>): Promise<void> {
  try {
    do await scheduler.wait(1)
    while (!ctx.change(() => slices.next().done))
  } catch (error) {
    ctx.change(tx => end(tx, query, 'Failed'))
    throw error
  }
}

/** Yields between two slices, each of which is a change; in one, nothing else happens in the object. */
function* runInSlices(ctx: Tx, run: Run): Generator<void, void> {
  const { query, groups, pipeline } = run
  const groupNames = new Map(groups.map(({ id, name }) => [id, name]))
  const streamNames = new Map<number, string | undefined>()
  const progress: Progress = { scanned: 0, bytes: 0 }
  let [events, characters] = [0, 0]
  for (const row of eventsOf(ctx, run)) {
    if (pipeline.full()) break
    if (events >= SLICE_EVENTS || characters >= SLICE_CHARACTERS) {
      noteProgress(ctx, query, progress, pipeline.matched())
      yield
      if (!isRunning(ctx, query)) return
      ;[events, characters] = [0, 0]
    }
    if (!streamNames.has(row.stream)) streamNames.set(row.stream, streamName(ctx, row.stream))
    const logStream = streamNames.get(row.stream)
    // A stream that is gone has no events, though some may not have been deleted yet.
    if (logStream === undefined) continue
    const { timestamp, ingestedAt } = row
    const message = maskOf(ctx, { id: row.logGroup })(row)
    const names = { logStream, logGroup: groupNames.get(row.logGroup) ?? '', account: ctx.place.account }
    pipeline.push(rowOf({ pointer: eventIdOf(row), timestamp, ingestedAt, message, ...names }))
    events += 1
    characters += message.length * pipeline.weight
    progress.scanned += 1
    progress.bytes += Buffer.byteLength(message) + EVENT_OVERHEAD
  }
  writeResults(ctx, query, pipeline.end())
  noteProgress(ctx, query, progress, pipeline.matched())
  end(ctx, query, 'Complete')
}

const isRunning = (ctx: Ctx, query: QueryRow) =>
  ctx.sql.first<QueryRow>('SELECT * FROM logs_queries WHERE seq = ?', query.seq)?.status === 'Running'

/** Events of all groups, the newest first. */
function eventsOf(ctx: Ctx, { groups, from, to }: Run): Generator<EventRow, void> {
  const sources = groups.map(group => {
    const range: Range = { from: Math.max(from, expiryBound(ctx, group)), to, descending: true }
    return readRows(ctx, { column: 'logGroup', id: group.id }, range, 64)
  })
  return mergeRows(sources, true)
}

function streamName(ctx: Ctx, id: number): string | undefined {
  return ctx.sql.first<{ name: string }>('SELECT name FROM logs_log_streams WHERE id = ?', id)?.name
}

function writeResults(ctx: Tx, query: QueryRow, results: Result[]): void {
  for (const [place, result] of results.entries()) {
    const kept = keepText(ctx, JSON.stringify(result))
    const [json, blob] = typeof kept === 'string' ? [kept, null] : ['', kept.blob]
    insert(ctx.sql, 'logs_query_results', { query: query.seq, place, part: 0, json, blob })
  }
  ctx.sql.run('UPDATE logs_queries SET results = ? WHERE seq = ?', results.length, query.seq)
}

function noteProgress(ctx: Tx, query: QueryRow, { scanned, bytes }: Progress, matched: number): void {
  ctx.sql.run(
    'UPDATE logs_queries SET scanned = ?, bytes = ?, matched = ? WHERE seq = ?',
    scanned,
    bytes,
    matched,
    query.seq,
  )
}

function end(ctx: Tx, query: QueryRow, status: QueryRow['status']): void {
  ctx.sql.run('UPDATE logs_queries SET status = ?, endedAt = ? WHERE seq = ?', status, ctx.now, query.seq)
}

/** What an object that was killed had under way is lost. */
export function failInterrupted(ctx: Tx): void {
  ctx.sql.run("UPDATE logs_queries SET status = 'Failed', endedAt = ? WHERE status = 'Running'", ctx.now)
}
