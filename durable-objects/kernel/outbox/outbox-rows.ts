import { insertRows } from '../object/rows.ts'
import type { Sql } from '../object/sql.ts'

/** A delivery on its way. `nextTry` is in real epoch milliseconds: transport does not wait for a frozen clock. */
export type OutboxRow = {
  id: string
  /** Whose delivery it is. */
  service: string
  target: string
  delivery: string
  traceId: string
  attempts: number
  nextTry: number
}

export const OUTBOX_SCHEMA = `
CREATE TABLE _outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, service TEXT NOT NULL, target TEXT NOT NULL, delivery TEXT NOT NULL, traceId TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, nextTry INTEGER NOT NULL
);
CREATE INDEX _outbox_target ON _outbox (target, seq);
CREATE INDEX _outbox_next ON _outbox (nextTry);`

/** The outbox's rows: in storage, and known by heart as long as they are few. */
export type HeldRows = {
  write(rows: readonly OutboxRow[]): void
  /** The next rows of a target, in order. */
  of(target: string, most: number): OutboxRow[]
  /** Targets that have something to be tried by then. */
  due(now: number): string[]
  nextTry(): number | null
  /** @returns whether it was there: after a reset it is not */
  remove(row: OutboxRow): boolean
  /** To be tried again. @returns whether it was there */
  putOff(row: OutboxRow, nextTry: number): boolean
  /** A change was undone, or rows were erased: what is in storage is looked at again. */
  forget(): void
}

/** As many are known by heart, and of as many characters in all. */
const MOST_KNOWN = 1000
const MOST_CHARACTERS = 4_000_000

export function heldRows(sql: Sql): HeldRows {
  /** All there are, by target; undefined where storage has to be asked. */
  let known: Map<string, OutboxRow[]> | undefined
  let count = 0
  let characters = 0

  function forget(): void {
    known = undefined
    count = 0
    characters = 0
  }

  /** Nothing in storage is all that can be known of it again. */
  function knows(): Map<string, OutboxRow[]> | undefined {
    if (!known && sql.first('SELECT 1 FROM _outbox LIMIT 1') === undefined) known = new Map()
    return known
  }

  function write(rows: readonly OutboxRow[]): void {
    const before = knows()
    insertRows(sql, { table: '_outbox', key: 'seq' }, rows)
    if (!before) return
    for (const row of rows) {
      listOf(before, row.target).push(row)
      count += 1
      characters += row.delivery.length
    }
    if (count > MOST_KNOWN || characters > MOST_CHARACTERS) forget()
  }

  function remove({ id, target }: OutboxRow): boolean {
    const there = sql.first('DELETE FROM _outbox WHERE id = ? RETURNING 1', id) !== undefined
    const list = known?.get(target)
    const at = list?.findIndex(row => row.id === id) ?? -1
    if (!list || at < 0) return there
    characters -= list.splice(at, 1)[0]?.delivery.length ?? 0
    count -= 1
    if (list.length === 0) known?.delete(target)
    return there
  }

  function putOff({ id, target }: OutboxRow, nextTry: number): boolean {
    const query = 'UPDATE _outbox SET attempts = attempts + 1, nextTry = ? WHERE id = ? RETURNING attempts'
    const put = sql.first<{ attempts: number }>(query, nextTry, id)
    const row = known?.get(target)?.find(each => each.id === id)
    if (row && put) Object.assign(row, { attempts: put.attempts, nextTry })
    return put !== undefined
  }

  return {
    write,
    of: (target, most) =>
      // What ends a try is told of the row as it was then.
      knows()
        ?.get(target)
        ?.slice(0, most)
        .map(row => ({ ...row })) ??
      (known ? [] : sql.all(`SELECT * FROM _outbox WHERE target = CAST(? AS TEXT) ORDER BY seq LIMIT ${most}`, target)),
    due: now =>
      known?.size === 0
        ? []
        : sql
            .all<{ target: string }>('SELECT DISTINCT target FROM _outbox WHERE nextTry <= ?', now)
            .map(row => row.target),
    nextTry: () =>
      known?.size === 0
        ? null
        : (sql.first<{ at: number | null }>('SELECT MIN(nextTry) AS at FROM _outbox')?.at ?? null),
    remove,
    putOff,
    forget,
  }
}

function listOf(lists: Map<string, OutboxRow[]>, target: string): OutboxRow[] {
  const list = lists.get(target) ?? []
  lists.set(target, list)
  return list
}
