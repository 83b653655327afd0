import type { Reader, Sql, SqlValue } from './sql.ts'

/** A row by its columns. What is undefined is NULL; true and false are 1 and 0. */
export type NewRow = Readonly<Record<string, SqlValue | boolean | undefined>>

type Writing = Pick<Sql, 'run'>

/** Writes a new row. */
export function insert(sql: Writing, table: string, row: NewRow): void {
  write(sql, `INSERT INTO ${table}`, row)
}

/** Writes a row, in the place of the one with its key where there is one. */
export function replace(sql: Writing, table: string, row: NewRow): void {
  write(sql, `INSERT OR REPLACE INTO ${table}`, row)
}

function write(sql: Writing, into: string, row: NewRow): void {
  const columns = Object.keys(row)
  const values = Object.values(row).map(value => (typeof value === 'boolean' ? Number(value) : (value ?? null)))
  sql.run(`${into} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, ...values)
}

/** How many rows there are: `count(tx.sql, 'toy_boxes WHERE shelf = ?', shelf)`. */
export function count(sql: Pick<Reader, 'first'>, from: string, ...bindings: SqlValue[]): number {
  return sql.first<{ n: number }>(`SELECT COUNT(*) AS n FROM ${from}`, ...bindings)?.n ?? 0
}
