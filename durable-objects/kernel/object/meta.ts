import type { Reader, Sql } from './sql.ts'

export const META_SCHEMA = 'CREATE TABLE IF NOT EXISTS _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;'

/** Names of the sets of tables that are the object's, not a service's. */
const OWN = ['kernel', 'above']

/** Runs what an object has not yet run of a set of migrations. Answers whether it had run none. */
export function migrate(sql: Sql, set: string, migrations: readonly string[]): boolean {
  const done = Number(readMeta(sql, `migrations.${set}`) ?? 0)
  if (done < migrations.length) {
    for (const migration of migrations.slice(done)) sql.run(migration)
    writeMeta(sql, `migrations.${set}`, String(migrations.length))
  }
  return done === 0
}

/** Names of the services that have tables in an object. */
export function openedServices(sql: Sql): string[] {
  const rows = sql.all<{ key: string }>("SELECT key FROM _meta WHERE key LIKE 'migrations.%' ORDER BY key")
  return rows.map(({ key }) => key.slice('migrations.'.length)).filter(name => !OWN.includes(name))
}

/** Drops a service's tables, and what the kernel keeps for it. */
export function dropService(sql: Sql, service: string): void {
  const tables = sql.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?) = ?",
    service.length + 1,
    `${service}_`,
  )
  for (const { name } of tables) sql.run(`DROP TABLE "${name}"`)
  sql.run('DELETE FROM _timers WHERE service = ?', service)
  sql.run('DELETE FROM _outbox WHERE service = ?', service)
  sql.run('DELETE FROM _posts WHERE service = ?', service)
  sql.run('DELETE FROM _client_tokens WHERE service = ?', service)
  sql.run('DELETE FROM _states WHERE service = ?', service)
  sql.run('DELETE FROM _tags WHERE service = ?', service)
  sql.run('DELETE FROM _meta WHERE key = ?', `migrations.${service}`)
}

export function readMeta(sql: Reader, key: string): string | undefined {
  return sql.first<{ value: string }>('SELECT value FROM _meta WHERE key = ?', key)?.value
}

export function writeMeta(sql: Sql, key: string, value: string): void {
  sql.run('INSERT OR REPLACE INTO _meta (key, value) VALUES (?, ?)', key, value)
}
