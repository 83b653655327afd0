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
  const values = Object.values(row).map(bound)
  sql.run(`${into} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})${otherwise}`, ...values)
}

const bound = (value: NewRow[string]): SqlValue => (typeof value === 'boolean' ? Number(value) : (value ?? null))

/** How many rows there are: `count(tx.sql, 'toy_boxes WHERE shelf = ?', shelf)`. */
export function count(sql: Pick<Reader, 'first'>, from: string, ...bindings: SqlValue[]): number {
  return sql.first<{ n: number }>(`SELECT COUNT(*) AS n FROM ${from}`, ...bindings)?.n ?? 0
}

/** Where rows go: `key` is the table's INTEGER PRIMARY KEY; `unique`, one that is there already is not written again. */
export type Into = { table: string; key: string; unique?: true }

/** More cannot be bound by one statement. */
const MOST_BOUND = 100

/**
 * Writes rows that have the same members, as many by one statement as can be bound.
 * @returns the last one's key; undefined when none was written
 */
export function insertRows(sql: Sql, { table, key, unique }: Into, rows: readonly NewRow[]): number | undefined {
  const names = Object.keys(rows[0] ?? {})
  const together = Math.floor(MOST_BOUND / names.length)
  const columns = names.map(name => `"${name}"`).join()
  const values = `(${names.map(() => '?').join()})`
  let last: number | undefined
  for (let from = 0; from < rows.length; from += together) {
    const some = rows.slice(from, from + together)
    const written = sql.all<{ at: number }>(
      `INSERT ${unique ? 'OR IGNORE ' : ''}INTO ${table} (${columns}) VALUES ${some.map(() => values).join()} RETURNING ${key} AS at`,
      ...some.flatMap(row => names.map(name => bound(row[name]))),
    )
    last = written.reduce((most, { at }) => Math.max(most, at), last ?? 0) || last
  }
  return last
}
