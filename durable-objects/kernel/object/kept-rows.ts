/**
 * Rows that every request reads, kept in the object's memory as their reader made them: a cache, never state. Whatever
 * is written to a table forgets all that is kept of it, in this one place, and a change that is undone forgets all; a
 * table that a trigger writes is none to keep.
 */
export type KeptRows = {
  /** What is kept of a table under a key, else what is read. It is frozen: it is everyone's. */
  get<T>(table: string, key: string | number, read: () => T): T
  /** Hears of each statement that may write. */
  ran(query: string): void
  clear(): void
}

/** Of one table. Past it all of the table's is forgotten. */
const MOST_KEPT = 1000
/** A longer list is read each time. */
const LONGEST = 1000
/** Texts of statements whose table is known. */
const MOST_TEXTS = 2000

const WRITES = /^\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE(?: OR \w+)?|DELETE FROM)\s+"?(\w+)/i

export function keptRows(): KeptRows {
  const tables = new Map<string, Map<string | number, unknown>>()
  const written = new Map<string, string | undefined>()

  function tableOf(query: string): string | undefined {
    const known = written.get(query)
    if (known !== undefined) return known
    if (written.size >= MOST_TEXTS) written.clear()
    const table = WRITES.exec(query)?.[1]
    written.set(query, table)
    return table
  }

  return {
    get<T>(table: string, key: string | number, read: () => T): T {
      const kept = tables.get(table)
      if (kept?.has(key)) return kept.get(key) as T // each table has one reader, and its keys one type
      const value = frozen(read())
      if (Array.isArray(value) && value.length > LONGEST) return value
      const keeping = kept ?? new Map<string | number, unknown>()
      if (keeping.size >= MOST_KEPT) keeping.clear()
      tables.set(table, keeping.set(key, value))
      return value
    },
    ran(query) {
      if (tables.size === 0 || query.startsWith('SELECT')) return
      const table = tableOf(query)
      // What is no such statement makes or drops tables, or writes behind a WITH.
      if (table === undefined) tables.clear()
      else tables.delete(table)
    },
    clear: () => tables.clear(),
  }
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return value
  for (const each of Object.values(value)) frozen(each)
  return Object.freeze(value)
}
