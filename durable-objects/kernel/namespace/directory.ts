import type { Sql } from '../object/sql.ts'

/** The directory of all namespaces is the object of this name, which no namespace can have. */
export const DIRECTORY = '*'

export const DIRECTORY_SCHEMA = 'CREATE TABLE IF NOT EXISTS listed (name TEXT PRIMARY KEY) WITHOUT ROWID'

export function listName(sql: Sql, name: string): void {
  sql.run('INSERT OR IGNORE INTO listed (name) VALUES (?)', name)
}

export function dropName(sql: Sql, name: string): void {
  sql.run('DELETE FROM listed WHERE name = ?', name)
}

export function listedNames(sql: Sql): string[] {
  return sql.all<{ name: string }>('SELECT name FROM listed ORDER BY name').map(({ name }) => name)
}
