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

type Upsert = {
  key: NewRow
  /** What stays as it is where there is a row of that key: when it was made. */
  once?: NewRow
  set: NewRow
}

/** Writes a row, or what it sets where there is one of its key. */
export function upsert(sql: Writing, table: string, { key, once = {}, set }: Upsert): void {
  const changes = Object.keys(set).map(column => `${column} = excluded.${column}`)
  const otherwise = ` ON CONFLICT (${Object.keys(key).join(', ')}) DO UPDATE SET ${changes.join(', ')}`
  write(sql, `INSERT INTO ${table}`, { ...key, ...once, ...set }, otherwise)
}

function write(sql: Writing, into: string, row: NewRow, otherwise = ''): void {
  const columns = Object.keys(row)
  const values = Object.values(row).map(value => (typeof value === 'boolean' ? Number(value) : (value ?? null)))
  sql.run(`${into} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})${otherwise}`, ...values)
}

/** How many rows there are: `count(tx.sql, 'toy_boxes WHERE shelf = ?', shelf)`. */
export function count(sql: Pick<Reader, 'first'>, from: string, ...bindings: SqlValue[]): number {
  return sql.first<{ n: number }>(`SELECT COUNT(*) AS n FROM ${from}`, ...bindings)?.n ?? 0
}
