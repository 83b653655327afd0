import { DECISIONS_SCHEMA } from '../../authorization/decisions.ts'
import { TIMER_GENERATIONS, TIMER_SCHEMA } from '../clock/clock.ts'
import { INBOX_SCHEMA } from '../outbox/inbox.ts'
import { JOURNAL_SCHEMA } from '../journal/journal.ts'
import { METRICS_SCHEMA } from '../metrics/metrics-schema.ts'
import { OUTBOX_SCHEMA } from '../outbox/outbox.ts'
import type { Sql } from './sql.ts'

export const META_SCHEMA = 'CREATE TABLE IF NOT EXISTS _meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;'

/** The kernel's own migrations: append-only, like a service's. */
const KERNEL = [
  `${TIMER_SCHEMA}${JOURNAL_SCHEMA}${OUTBOX_SCHEMA}${INBOX_SCHEMA}`,
  DECISIONS_SCHEMA,
  METRICS_SCHEMA,
  TIMER_GENERATIONS,
]

/** Runs what an object has not yet run of its migrations. Answers whether the object is new. */
export function migrate(sql: Sql, service: readonly string[]): boolean {
  sql.run(META_SCHEMA)
  const kernel = apply(sql, 'kernel', KERNEL)
  apply(sql, 'service', service)
  return kernel === 0
}

function apply(sql: Sql, set: string, migrations: readonly string[]): number {
  const done = Number(readMeta(sql, `migrations.${set}`) ?? 0)
  if (done >= migrations.length) return done
  sql.transaction(() => {
    for (const migration of migrations.slice(done)) sql.run(migration)
    writeMeta(sql, `migrations.${set}`, String(migrations.length))
  })
  return done
}

export function readMeta(sql: Sql, key: string): string | undefined {
  return sql.first<{ value: string }>('SELECT value FROM _meta WHERE key = ?', key)?.value
}

export function writeMeta(sql: Sql, key: string, value: string): void {
  sql.run('INSERT OR REPLACE INTO _meta (key, value) VALUES (?, ?)', key, value)
}
