import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { append, type RingLog, ringPage } from '../../../durable-objects/kernel/ring-logs/ring-logs.ts'
import type { Sql } from '../../../durable-objects/kernel/object/sql.ts'

function log(bounds: Omit<RingLog, 'table'>) {
  const database = new DatabaseSync(':memory:')
  database.exec(`
    CREATE TABLE notes (seq INTEGER PRIMARY KEY AUTOINCREMENT, bytes INTEGER, name TEXT UNIQUE, "from" TEXT, text TEXT);
    CREATE TABLE pieces (seq INTEGER, text TEXT)`)
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
    held: (table: string) => database.prepare(`SELECT COUNT(*) AS n, MIN(seq) AS oldest FROM ${table}`).get(),
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
  expect(held('notes')).toEqual({ n: 100, oldest: 901 })
  for (let i = 0; i < 4; i++) note(`more ${i}`)
  expect(held('notes')).toEqual({ n: 104, oldest: 901 })
  note('one more')
  expect(held('notes')).toEqual({ n: 100, oldest: 906 })
})

test('no more bytes are kept than it says, of long rows at once, and the newest always', () => {
  const { sql, note, held } = log({ keptRows: 100, keptBytes: 1000, parts: ['pieces'] })
  for (let i = 1; i <= 100; i++) note(String(i), 'x'.repeat(47))
  expect(held('notes')).toEqual({ n: 20, oldest: 81 })
  sql.run("INSERT INTO pieces VALUES (81, 'a piece'), (102, 'another')")
  note('long', 'x'.repeat(700))
  expect(held('notes')).toEqual({ n: 7, oldest: 95 })
  expect(held('pieces')).toEqual({ n: 1, oldest: 102 })
  note('longer than all', 'x'.repeat(5000))
  expect(held('notes')).toEqual({ n: 1, oldest: 102 })
})

test('a row that is unique is written once', () => {
  const { note, held } = log({ keptRows: 100, unique: true })
  expect(note('a')).toBe(1)
  expect(note('a')).toBeUndefined()
  expect(held('notes')).toMatchObject({ n: 1 })
})
