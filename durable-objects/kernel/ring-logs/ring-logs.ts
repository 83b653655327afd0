import { insertRows, type NewRow } from '../object/rows.ts'
import type { Reader, Sql } from '../object/sql.ts'
import type { PageAsked } from '../views/view.ts'
import { letGo } from '../blobs/blobs.ts'

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
export function append(sql: Sql, log: RingLog, row: NewRow): number | undefined {
  const { keptRows, keptBytes } = log
  const whole: NewRow = keptBytes === undefined ? row : { bytes: bytesOf(row), ...row }
  const written = insertRows(sql, { key: 'seq', ...log }, [whole])
  if (written === undefined) return undefined
  const large = keptBytes !== undefined && Number(whole.bytes) * keptRows > keptBytes * STEPS
  if (large || written % stepOf(log) === 0) trim(sql, log, written)
  return written
}

/** Writes rows that have the same members together, to a log that counts no bytes. */
export function appendAll(sql: Sql, log: RingLog, rows: readonly NewRow[]): void {
  const last = insertRows(sql, { key: 'seq', ...log }, rows) ?? 0
  if (last % stepOf(log) < rows.length) trim(sql, log, last)
}

const stepOf = ({ keptRows }: RingLog) => Math.ceil(keptRows / STEPS)

function bytesOf(row: NewRow): number {
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

/** Rows after one, oldest first, and where the next page begins if there is any: a page of a view. */
export function ringPage<Row>(
  sql: Reader,
  { table, key = 'seq' }: RingLog,
  { limit, after }: PageAsked,
): { rows: Row[]; next: string | undefined } {
  const rows = sql.all<Row & { at_: number }>(
    `SELECT *, ${key} AS at_ FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${limit}`,
    Number(after ?? 0) || 0,
  )
  return { rows, next: rows.length === limit ? String(rows.at(-1)?.at_) : undefined }
}
