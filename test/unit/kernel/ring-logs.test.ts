import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { append, type RingLog, ringPage } from '../../../durable-objects/kernel/ring-logs/ring-logs.ts'
import type { Sql } from '../../../durable-objects/kernel/object/sql.ts'

function log(bounds: Omit<RingLog, 'table'>) {
  const database = new DatabaseSync(':memory:')
  database.exec(`
    CREATE TABLE notes (seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER, name TEXT UNIQUE, "from" TEXT, text TEXT, blob INTEGER);
    CREATE TABLE _blobs (id INTEGER, refs INTEGER)`)
  const bound = (bindings: unknown[]) => bindings as SQLInputValue[]
  const sql = {
    all: (query: string, ...bindings: unknown[]) => database.prepare(query).all(...bound(bindings)),
    first: (query: string, ...bindings: unknown[]) => database.prepare(query).get(...bound(bindings)),
    run: (query: string, ...bindings: unknown[]) => void database.prepare(query).run(...bound(bindings)),
  } as unknown as Sql // what a log uses of it
  const notes: RingLog = { table: 'notes', ...bounds }
  return {
    sql,
    note: (name: string, text = '') => append(sql, notes, { name, from: undefined, text }),
    page: (limit: number, after?: string) =>
      ringPage<{ name: string; from: string | null; bytes: number | null }>(sql, notes, { limit, after }),
    held: () => database.prepare('SELECT COUNT(*) AS n, MIN(seq) AS oldest FROM notes').get(),
  }
}

test('rows come back in their order, page by page, with null for what was not said', () => {
  const { note, page } = log({ keptRows: 100 })
  for (const name of ['a', 'b', 'c']) note(name)
  const first = page(2)
  expect(first.rows.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(first.rows[0]).toMatchObject({ from: null, bytes: null })
  const second = page(2, first.next)
  expect(second.rows.map(({ name }) => name)).toEqual(['c'])
  expect(second.next).toBeUndefined()
  expect(page(9, 'nonsense').rows).toHaveLength(3)
})

test('the newest rows are kept, and a few more until the next trim', () => {
  const { note, held } = log({ keptRows: 100 })
  for (let i = 1; i <= 1000; i++) note(String(i))
  expect(held()).toEqual({ n: 100, oldest: 901 })
  for (let i = 0; i < 4; i++) note(`more ${i}`)
  expect(held()).toEqual({ n: 104, oldest: 901 })
  note('one more')
  expect(held()).toEqual({ n: 100, oldest: 906 })
})

test('no more bytes are kept than it says, of long rows at once, and the newest always', () => {
  const { sql, note, held } = log({ keptRows: 100, keptBytes: 1000, blob: 'blob' })
  for (let i = 1; i <= 100; i++) note(String(i), 'x'.repeat(47))
  expect(held()).toEqual({ n: 20, oldest: 81 })
  sql.run('INSERT INTO _blobs VALUES (7, 1), (8, 1)')
  sql.run('UPDATE notes SET blob = CASE seq WHEN 81 THEN 7 ELSE 8 END WHERE seq IN (81, 95)')
  note('long', 'x'.repeat(700))
  expect(held()).toEqual({ n: 7, oldest: 95 })
  expect(sql.all('SELECT id FROM _blobs WHERE refs = 0')).toEqual([{ id: 7 }])
  note('longer than all', 'x'.repeat(5000))
  expect(held()).toEqual({ n: 1, oldest: 102 })
})

test('a row that is unique is written once', () => {
  const { note, held } = log({ keptRows: 100, unique: true })
  expect(note('a')).toBe(1)
  expect(note('a')).toBeUndefined()
  expect(held()).toMatchObject({ n: 1 })
})
