import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { changesOf } from '../../durable-objects/kernel/object/changes.ts'
import { keptRows } from '../../durable-objects/kernel/object/kept-rows.ts'
import { META_SCHEMA } from '../../durable-objects/kernel/object/meta.ts'
import type { Tx } from '../../durable-objects/kernel/object/operation.ts'
import type { Sql } from '../../durable-objects/kernel/object/sql.ts'
import { KERNEL_MIGRATIONS } from '../../durable-objects/kernel/object/tables.ts'

type Row = Record<string, unknown>

/** SQLite of the runtime answers bytes as buffers. */
const asRuntime = (row: Row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Uint8Array ? value.slice().buffer : value]),
  )

/** What the kernel's parts use of an object: its tables, changes that commit or not, memory and background work. */
export function bareObject() {
  const database = new DatabaseSync(':memory:')
  database.exec(META_SCHEMA + KERNEL_MIGRATIONS.join('\n'))
  const kept = keptRows()
  const all = (query: string, ...bindings: unknown[]) => {
    kept.ran(query)
    const rows = database.prepare(query).all(...(bindings as SQLInputValue[]))
    return rows.map(row => asRuntime(row as Row))
  }
  const sql = {
    all,
    first: (query: string, ...bindings: unknown[]) => all(query, ...bindings)[0],
    run: (query: string, ...bindings: unknown[]) => void all(query, ...bindings),
    changes: () => Number(all('SELECT changes() AS n')[0]?.n),
    kept: kept.get,
  } as unknown as Sql
  const changes = changesOf({
    transactionSync: work => {
      database.exec('SAVEPOINT one')
      try {
        return work()
      } catch (thrown) {
        database.exec('ROLLBACK TO one')
        throw thrown
      } finally {
        database.exec('RELEASE one')
      }
    },
  })
  changes.whenUndone(kept.clear)
  let memory = new Map<string, unknown>()
  const work: Promise<unknown>[] = []
  /** @param more what the service under test uses beside the object */
  const contextOf = (service: string, more: Partial<Tx> = {}) => {
    const ctx = {
      ...more,
      service,
      sql,
      erased: false,
      change: (run: (tx: Tx) => unknown) => changes.run(() => run(ctx)),
      undone: changes.undone,
      committed: changes.committed,
      background: (promise: Promise<unknown>) => void work.push(promise),
      memory: <T>(key: string, initial: () => T) => {
        if (!memory.has(key)) memory.set(key, initial())
        return memory.get(key) as T
      },
    } as unknown as Tx // what the parts under test use of it
    return ctx
  }
  return {
    database,
    sql,
    changes,
    contextOf,
    count: (table: string) => Number(all(`SELECT COUNT(*) AS n FROM ${table}`)[0]?.n),
    /** Background work, and what it sets off. */
    rest: async () => {
      while (work.length > 0) await work.shift()
    },
    /** The process ends and starts again: what was in memory is gone. */
    restart: () => {
      memory = new Map()
    },
  }
}
