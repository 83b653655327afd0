import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { count, insert, replace, upsert } from '../../../durable-objects/kernel/object/rows.ts'

function boxes() {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE toy_boxes (name TEXT PRIMARY KEY, note TEXT, open INTEGER)')
  const run = (query: string, ...bindings: unknown[]) =>
    void database.prepare(query).run(...(bindings as SQLInputValue[]))
  const first = <Row>(query: string, ...bindings: unknown[]) =>
    database.prepare(query).get(...(bindings as SQLInputValue[])) as Row | undefined
  return {
    sql: { run, first },
    all: () =>
      database
        .prepare('SELECT * FROM toy_boxes')
        .all()
        .map(row => ({ ...row })),
  }
}

test('a row is written by its columns: undefined is NULL, and true is 1', () => {
  const { sql, all } = boxes()
  insert(sql, 'toy_boxes', { name: 'a', note: undefined, open: true })
  expect(all()).toEqual([{ name: 'a', note: null, open: 1 }])
})

test('a row with the key of another replaces it where it may', () => {
  const { sql, all } = boxes()
  insert(sql, 'toy_boxes', { name: 'a', note: 'old', open: false })
  expect(() => insert(sql, 'toy_boxes', { name: 'a' })).toThrow('UNIQUE')
  replace(sql, 'toy_boxes', { name: 'a', note: 'new' })
  expect(all()).toEqual([{ name: 'a', note: 'new', open: null }])
})

test('rows are counted, all or those of a condition', () => {
  const { sql } = boxes()
  for (const name of ['a', 'b', 'c']) insert(sql, 'toy_boxes', { name, open: name !== 'a' })
  expect([count(sql, 'toy_boxes'), count(sql, 'toy_boxes WHERE open = ?', 1)]).toEqual([3, 2])
})

test('a row that is there is changed in what is set, and keeps what was written once', () => {
  const { sql, all } = boxes()
  upsert(sql, 'toy_boxes', { key: { name: 'a' }, once: { note: 'first' }, set: { open: false } })
  upsert(sql, 'toy_boxes', { key: { name: 'a' }, once: { note: 'second' }, set: { open: true } })
  expect(all()).toEqual([{ name: 'a', note: 'first', open: 1 }])
})
