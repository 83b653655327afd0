import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { insert, replace } from '../../../durable-objects/kernel/object/rows.ts'

function boxes() {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE toy_boxes (name TEXT PRIMARY KEY, note TEXT, open INTEGER)')
  const run = (query: string, ...bindings: unknown[]) =>
    void database.prepare(query).run(...(bindings as SQLInputValue[]))
  return {
    sql: { run },
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
