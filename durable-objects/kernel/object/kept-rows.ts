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
/** Characters of one table's texts, likewise: an object's memory is small, and policies are long. */
const MOST_CHARACTERS = 4_000_000
/** Texts of statements whose table is known. */
const MOST_TEXTS = 2000

const WRITES = /^\s*(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE(?: OR \w+)?|DELETE FROM)\s+"?(\w+)/i

type Kept = { rows: Map<string | number, unknown>; characters: number }

export function keptRows(): KeptRows {
  const tables = new Map<string, Kept>()
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
      if (kept?.rows.has(key)) return kept.rows.get(key) as T // each table has one reader, and its keys one type
      const value = read()
      const characters = freeze(value)
      if (characters > MOST_CHARACTERS || (Array.isArray(value) && value.length > LONGEST)) return value
      const room = kept && kept.rows.size < MOST_KEPT && kept.characters + characters <= MOST_CHARACTERS
      const keeping = room ? kept : { rows: new Map<string | number, unknown>(), characters: 0 }
      keeping.rows.set(key, value)
      keeping.characters += characters
      tables.set(table, keeping)
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

/** @returns the characters of its texts */
function freeze(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return 0
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) return 0
  let characters = 0
  for (const each of Object.values(value)) characters += freeze(each)
  Object.freeze(value)
  return characters
}
