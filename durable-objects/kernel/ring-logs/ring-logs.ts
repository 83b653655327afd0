import { letGo } from '../blobs/blobs.ts'
import type { Reader, Sql, SqlValue } from '../object/sql.ts'

/** A log that keeps its newest rows, for whoever looks: no more of them, and no more bytes, than it says. */
export type RingLog = {
  table: string
  /** The table's INTEGER PRIMARY KEY AUTOINCREMENT; by default `seq`. */
  key?: 'seq' | 'id'
  keptRows: number
  /** By the rows' column `bytes`, which should stand before what is long. */
  keptBytes?: number
  /** The column of the blob that holds what is too long for a row; null where there is none. */
  blob?: string
  /** A row that is there already, by a unique column, is not written again. */
  unique?: true
}

/** It is trimmed each time that this part of what it keeps has come: no append pays for many, and most for none. */
const STEPS = 20

/**
 * Writes a row, the members of which are the table's columns; `bytes`, if it counts them and is not told, is counted.
 * @returns the row's key; undefined when it was there already
 */
export function append(sql: Sql, log: RingLog, row: Record<string, SqlValue | undefined>): number | undefined {
  const { table, key = 'seq', keptRows, keptBytes, unique } = log
  const whole = keptBytes === undefined ? row : { bytes: bytesOf(row), ...row }
  const names = Object.keys(whole).map(name => `"${name}"`)
  const written = sql.first<{ at: number }>(
    `INSERT ${unique ? 'OR IGNORE ' : ''}INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})
     RETURNING ${key} AS at`,
    ...Object.values(whole).map(value => value ?? null),
  )
  if (!written) return undefined
  const large = keptBytes !== undefined && Number(whole.bytes) * keptRows > keptBytes * STEPS
  if (large || written.at % Math.ceil(keptRows / STEPS) === 0) trim(sql, log, written.at)
  return written.at
}

function bytesOf(row: Record<string, SqlValue | undefined>): number {
  let bytes = 0
  for (const value of Object.values(row)) {
    if (typeof value === 'string') bytes += value.length
    else if (value instanceof ArrayBuffer || value instanceof Uint8Array) bytes += value.byteLength
  }
  return bytes
}

function trim(sql: Sql, { table, key = 'seq', keptRows, keptBytes, blob }: RingLog, newest: number): void {
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
  if (blob) letGo(sql, `SELECT ${blob} FROM ${table} WHERE ${key} <= ?`, last)
  sql.run(`DELETE FROM ${table} WHERE ${key} <= ?`, last)
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
