import type { Sql, SqlValue } from './sql.ts'

/** A row to be written: its members are the table's columns. */
export type NewRow = Record<string, SqlValue | undefined>

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
      ...some.flatMap(row => names.map(name => row[name] ?? null)),
    )
    last = written.reduce((most, { at }) => Math.max(most, at), last ?? 0) || last
  }
  return last
}
