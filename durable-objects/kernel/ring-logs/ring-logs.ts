import type { Reader, Sql, SqlValue } from '../object/sql.ts'

/** A log that keeps its newest rows, for whoever looks: no more of them, and no more bytes, than it says. */
export type RingLog = {
  table: string
  /** The table's INTEGER PRIMARY KEY AUTOINCREMENT; by default `seq`. */
  key?: 'seq' | 'id'
  keptRows: number
  /** By the rows' column `bytes`, which should stand before what is long. */
  keptBytes?: number
  /** Tables of what is too long for its rows, by the same key. */
  parts?: readonly string[]
  /** A row that is there already, by a unique column, is not written again. */
  unique?: true
}

/** It is trimmed each time that this part of what it keeps has come: no append pays for many, and most for none. */
const STEPS = 20

type Row = Record<string, SqlValue | undefined>

/** More cannot be bound by one statement. */
const MOST_BOUND = 100

/**
 * Writes a row, the members of which are the table's columns; `bytes`, if it counts them and is not told, is counted.
 * @returns the row's key; undefined when it was there already
 */
export function append(sql: Sql, log: RingLog, row: Row): number | undefined {
  const whole = wholeOf(log, row)
  const written = insert(sql, log, [whole])
  if (written === undefined) return undefined
  const { keptRows, keptBytes } = log
  const large = keptBytes !== undefined && Number(whole.bytes) * keptRows > keptBytes * STEPS
  if (large || written % stepOf(log) === 0) trim(sql, log, written)
  return written
}

/** Writes rows that have the same members, as many as one statement takes at a time; of a log that counts no bytes. */
export function appendAll(sql: Sql, log: RingLog, rows: readonly Row[]): void {
  const together = Math.floor(MOST_BOUND / Object.keys(rows[0] ?? {}).length)
  for (let from = 0; from < rows.length; from += together) {
    const some = rows.slice(from, from + together)
    const last = insert(sql, log, some) ?? 0
    if (last % stepOf(log) < some.length) trim(sql, log, last)
  }
}

const stepOf = ({ keptRows }: RingLog) => Math.ceil(keptRows / STEPS)

const wholeOf = ({ keptBytes }: RingLog, row: Row): Row =>
  keptBytes === undefined ? row : { bytes: bytesOf(row), ...row }

/** @returns the last row's key */
function insert(sql: Sql, { table, key = 'seq', unique }: RingLog, rows: readonly Row[]): number | undefined {
  const names = Object.keys(rows[0] ?? {})
  const values = `(${names.map(() => '?').join()})`
  const written = sql.all<{ at: number }>(
    `INSERT ${unique ? 'OR IGNORE ' : ''}INTO ${table} (${names.map(name => `"${name}"`).join()})
     VALUES ${rows.map(() => values).join()} RETURNING ${key} AS at`,
    ...rows.flatMap(row => names.map(name => row[name] ?? null)),
  )
  return written.length === 0 ? undefined : Math.max(...written.map(({ at }) => at))
}

function bytesOf(row: Row): number {
  let bytes = 0
  for (const value of Object.values(row)) {
    if (typeof value === 'string') bytes += value.length
    else if (value instanceof ArrayBuffer || value instanceof Uint8Array) bytes += value.byteLength
  }
  return bytes
}

function trim(sql: Sql, { table, key = 'seq', keptRows, keptBytes, parts = [] }: RingLog, newest: number): void {
  const excess =
    keptBytes === undefined
      ? undefined
      : sql.first<{ at: number }>(
          `SELECT at FROM (SELECT ${key} AS at, SUM(bytes) OVER (ORDER BY ${key} DESC) AS total FROM ${table})
           WHERE total > ? AND at < ? ORDER BY at DESC LIMIT 1`,
          keptBytes,
          newest,
        )
  const last = Math.max(newest - keptRows, excess?.at ?? 0)
  for (const each of [table, ...parts]) sql.run(`DELETE FROM ${each} WHERE ${key} <= ?`, last)
}

/**
 * Rows after one, oldest first, and where the next page begins if there is any.
 * @param parameters of a view; `after`: where the page before ended
 */
export function ringPage<Row>(
  sql: Reader,
  { table, key = 'seq' }: RingLog,
  { parameters, size }: { parameters: Record<string, string>; size: number },
): { rows: Row[]; next: number | null } {
  const rows = sql.all<Row & { at_: number }>(
    `SELECT *, ${key} AS at_ FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${size}`,
    Number(parameters.after ?? 0) || 0,
  )
  return { rows, next: rows.length === size ? (rows.at(-1)?.at_ ?? null) : null }
}
