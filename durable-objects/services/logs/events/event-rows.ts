import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Position } from './positions.ts'
import type { EventRow } from '../schema.ts'

/** Whose events to read: a stream's, or a whole group's, interleaved. */
export type Source = { column: 'stream' | 'logGroup'; id: number }

/** Which events to read: timestamps from and to, both included, and where the last page stopped. */
export type Range = { from: number; to: number; after?: Position | undefined; descending: boolean }

/** Rows fetched at once at most, and the characters a fetch aims at: messages may be 1 MB each. */
const MAX_FETCH = 1024
const FETCH_CHARACTERS = 2_000_000

/**
 * Events of one source by timestamp and arrival, fetched in growing lots so that whoever stops early pays little.
 * @param first how many to fetch at first
 */
export function* readRows(ctx: Ctx, source: Source, range: Range, first: number): Generator<EventRow, void> {
  let size = first
  let rest = range
  for (;;) {
    const rows = fetch(ctx, source, rest, size)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < size) return
    rest = { ...rest, after: last }
    const average = 1 + rows.reduce((sum, row) => sum + row.message.length, 0) / rows.length
    size = Math.max(1, Math.min(size * 2, MAX_FETCH, Math.floor(FETCH_CHARACTERS / average)))
  }
}

const COLUMNS = 'SELECT seq, logGroup, stream, timestamp, ingestedAt, message FROM logs_log_events'

/**
 * First what is left at the timestamp of the last event, then what lies beyond it: as two queries, since SQLite would
 * seek a pair (timestamp, seq) by its timestamp alone.
 */
function fetch(ctx: Ctx, source: Source, range: Range, size: number): EventRow[] {
  const { from, to, after, descending } = range
  if (!after) return fetchBetween(ctx, source, range, size)
  const beyond = descending
    ? { ...range, to: Math.min(to, after.timestamp - 1) }
    : { ...range, from: Math.max(from, after.timestamp + 1) }
  if (after.timestamp < from || after.timestamp > to) return fetchBetween(ctx, source, beyond, size)
  const [comparison, order] = descending ? ['<', 'DESC'] : ['>', 'ASC']
  const same = ctx.sql.all<EventRow>(
    `${COLUMNS} WHERE ${source.column} = ? AND timestamp = ? AND seq ${comparison} ? ORDER BY seq ${order} LIMIT ?`,
    source.id,
    after.timestamp,
    after.seq,
    size,
  )
  return same.length === size ? same : [...same, ...fetchBetween(ctx, source, beyond, size - same.length)]
}

function fetchBetween(ctx: Ctx, source: Source, { from, to, descending }: Range, size: number): EventRow[] {
  const order = descending ? 'DESC' : 'ASC'
  return ctx.sql.all<EventRow>(
    `${COLUMNS} WHERE ${source.column} = ? AND timestamp BETWEEN ? AND ? ORDER BY timestamp ${order}, seq ${order} LIMIT ?`,
    source.id,
    from,
    to,
    size,
  )
}

/** Events of several streams in one order. */
export function* mergeRows(sources: Generator<EventRow, void>[], descending: boolean): Generator<EventRow, void> {
  const heads = sources.flatMap(source => {
    const next = source.next()
    return next.done ? [] : [{ source, row: next.value }]
  })
  for (;;) {
    let best = heads[0]
    for (const head of heads) if (best && comesBefore(head.row, best.row) !== descending) best = head
    if (!best) return
    yield best.row
    const next = best.source.next()
    if (next.done) heads.splice(heads.indexOf(best), 1)
    else best.row = next.value
  }
}

function comesBefore(left: EventRow, right: EventRow): boolean {
  return left.timestamp !== right.timestamp ? left.timestamp < right.timestamp : left.seq < right.seq
}
