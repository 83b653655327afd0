import type { Changes } from './changes.ts'
import type { KeptRows } from './kept-rows.ts'

/** A statement that reads. */
export type Reading = `${'' | '\n' | '\n  ' | '\n    ' | '\n      '}${'SELECT' | 'WITH'}${string}`

/** SQLite as whoever reads uses it: SQL at its place of use, rows as plain objects. */
export type Reader = {
  /** All rows. */
  all<Row>(query: Reading, ...bindings: SqlValue[]): Row[]
  /** The first row, or undefined. */
  first<Row>(query: Reading, ...bindings: SqlValue[]): Row | undefined
  /** Rows one at a time, for results too large to hold. Do not write or await while iterating. */
  each<Row>(query: Reading, ...bindings: SqlValue[]): Iterable<Row>
  /** What every request reads of a table, kept until something is written to it: see `kept-rows.ts`. */
  kept: KeptRows['get']
}

/** SQLite within a change. */
export type Sql = {
  /** All rows. */
  all<Row>(query: string, ...bindings: SqlValue[]): Row[]
  /** The first row, or undefined. */
  first<Row>(query: string, ...bindings: SqlValue[]): Row | undefined
  /** Runs a statement. */
  run(query: string, ...bindings: SqlValue[]): void
  /** How many rows the last INSERT, UPDATE or DELETE changed. */
  changes(): number
  /** Rows one at a time, for results too large to hold. Do not write or await while iterating. */
  each<Row>(query: string, ...bindings: SqlValue[]): Iterable<Row>
  kept: KeptRows['get']
  /** All or nothing, for synchronous work that may throw half-way. */
  transaction<T>(work: () => T): T
}

export type SqlValue = string | number | null | ArrayBuffer | Uint8Array

type Around = {
  changes: Changes
  kept: KeptRows
  /** Hears of each statement. */
  told?: ((query: string) => void) | undefined
}

export function sqlOf(storage: DurableObjectStorage, { changes, kept, told }: Around): Sql {
  const { sql } = storage
  const exec = (query: string, bindings: SqlValue[]) => {
    kept.ran(query)
    told?.(query)
    return sql.exec(query, ...bindings)
  }
  changes.whenUndone(kept.clear)
  // The casts below are the boundary between SQL text and the row types its author states.
  return {
    all: <Row>(query: string, ...bindings: SqlValue[]) => exec(query, bindings).toArray() as Row[],
    first: <Row>(query: string, ...bindings: SqlValue[]) => {
      const next = exec(query, bindings).next()
      return next.done ? undefined : (next.value as Row)
    },
    run: (query, ...bindings) => void exec(query, bindings).toArray(),
    changes: () => Number(exec('SELECT changes() AS n', []).one().n),
    each: <Row>(query: string, ...bindings: SqlValue[]) => exec(query, bindings) as unknown as Iterable<Row>,
    kept: kept.get,
    transaction: work => changes.run(work),
  }
}
