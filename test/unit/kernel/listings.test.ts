import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { listing, listingOf, type Paging, type Query } from '../../../durable-objects/kernel/listings/listings.ts'
import type { Ctx } from '../../../durable-objects/kernel/object/operation.ts'

type Row = { team: string; name: string; seq: number; note: string | null }

const refusal = () => new AwsError('InvalidNextToken', 'The token is not valid.')
const NAMES = ['a%', 'a_', 'ab', 'b', 'ä', 'äb', '\u{1f600}']

/** Seven names in each of two teams. */
function table() {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE rows (seq INTEGER PRIMARY KEY, team TEXT, name TEXT, note TEXT)')
  const insert = database.prepare('INSERT INTO rows (team, name, note) VALUES (?, ?, ?)')
  for (const name of NAMES) for (const team of ['red', 'blue']) insert.run(team, name, team === 'red' ? null : 'x')
  const queries: string[] = []
  const all = (query: string, ...bindings: unknown[]) => {
    queries.push(query)
    return database.prepare(query).all(...(bindings as SQLInputValue[]))
  }
  const ctx = (operation = 'ListRows') => ({ operation, sql: { all } }) as unknown as Ctx // what a listing uses of it
  return { ctx, queries }
}

const paged = (token?: string, size = 2, of: unknown = {}): Paging => ({ token, size, of, refusal })

/** All pages of a listing. */
function pages(query: Omit<Query<Row>, 'from'>, size = 2): Row[][] {
  const { ctx } = table()
  const found: Row[][] = []
  let token: string | undefined
  do {
    const { rows, next } = listing<Row>(ctx(), paged(token, size), { from: 'rows', ...query })
    found.push(rows)
    token = next
  } while (token !== undefined)
  return found
}

const names = (found: Row[][]) => found.map(rows => rows.map(({ name }) => name).join(' '))

test('pages have each row once, in the order of the key, and the last page has no token', () => {
  const where = { 'team = ?': 'red' }
  expect(names(pages({ where, key: 'name' }))).toEqual(['a% a_', 'ab b', 'ä äb', '\u{1f600}'])
  expect(names(pages({ where, key: 'name' }, 7))).toEqual([NAMES.join(' ')])
  expect(names(pages({ where, key: 'name', order: 'DESC' }, 4))).toEqual(['\u{1f600} äb ä b', 'ab a_ a%'])
  expect(names(pages({ where: { 'team = ?': 'green' }, key: 'name' }))).toEqual([''])
})

test('a key may have several columns, and one of a number', () => {
  const found = pages({ key: ['team', 'name'] }, 3)
  expect(found.map(rows => rows.length)).toEqual([3, 3, 3, 3, 2])
  expect(new Set(found.flat().map(({ seq }) => seq)).size).toBe(14)
  expect(pages({ key: 'rows.seq' }, 12).map(rows => rows.at(-1)?.seq)).toEqual([12, 14])
})

test('a prefix is taken as it is written, and none is no condition', () => {
  const where = { 'team = ?': 'red' }
  expect(names(pages({ where, prefix: { name: 'a' }, key: 'name' }, 9))).toEqual(['a% a_ ab'])
  expect(names(pages({ where, prefix: { name: 'a_' }, key: 'name' }, 9))).toEqual(['a_'])
  expect(names(pages({ where, prefix: { name: 'ä' }, key: 'name' }, 9))).toEqual(['ä äb'])
  expect(pages({ prefix: { name: undefined, team: '' }, key: 'seq' }, 99)[0]).toHaveLength(14)
})

test('a condition without a value is left out, one with null is asked, and one may have several values', () => {
  expect(pages({ where: { 'team = ?': undefined }, key: 'seq' }, 99)[0]).toHaveLength(14)
  expect(pages({ where: { 'note IS ?': null }, key: 'seq' }, 99)[0]).toHaveLength(7)
  expect(pages({ where: { 'note IS NULL': [] }, key: 'seq' }, 99)[0]).toHaveLength(7)
  expect(names(pages({ where: { 'name = ? OR name = ?': ['a%', 'b'], 'team = ?': 'red' }, key: 'seq' }))).toEqual([
    'a% b',
  ])
})

test('rows that are dropped leave no holes in the pages', () => {
  const keep = ({ name, team }: Row) => name.startsWith('a') && team === 'blue'
  expect(names(pages({ key: 'seq', keep }))).toEqual(['a% a_', 'ab'])
})

test('a token is good for the same operation and parameters, in any order of these, and for no other', () => {
  const { ctx } = table()
  const query = { from: 'rows', key: 'name' }
  const { next } = listing<Row>(ctx(), paged(undefined, 2, { Team: 'red', Since: new Date(0) }), query)
  const again = (of: unknown, operation?: string) => listing<Row>(ctx(operation), paged(next, 2, of), query).rows
  expect(again({ Since: new Date(0), Team: 'red' })).toHaveLength(2)
  expect(() => again({ Team: 'red', Since: new Date(1) })).toThrow('The token is not valid.')
  expect(() => again({ Team: 'red' })).toThrow('The token is not valid.')
  expect(() => again({ Team: 'red', Since: new Date(0) }, 'ListOthers')).toThrow('The token is not valid.')
})

test('a token that is made up is refused', () => {
  const { ctx } = table()
  const { next = '' } = listing<Row>(ctx(), paged(), { from: 'rows', key: 'name' })
  const bound: unknown = JSON.parse(atob(next))
  const forged = ['', 'x', btoa('{}'), ...['[]', '{}', '[{}]', '[null]', '["a","b"]', 'no'].map(forgedWith(bound))]
  for (const token of forged) {
    expect(() => listing<Row>(ctx(), paged(token), { from: 'rows', key: 'name' }), token).toThrow(AwsError)
  }
})

const forgedWith = (bound: unknown) => (after: string) => btoa(JSON.stringify([after, (bound as string[])[1]]))

test('a limit is a literal, and pages differ in no text from the second on', () => {
  const { ctx, queries } = table()
  let token: string | undefined
  for (let page = 0; page < 3; page++) token = listing(ctx(), paged(token), { from: 'rows', key: 'seq' }).next
  expect(queries[0]).toContain('LIMIT 3')
  expect(queries[2]).toBe(queries[1])
})

test('what is at hand anyway pages likewise', () => {
  const { ctx } = table()
  const all = { rows: ['a', 'b', 'c'], key: (name: string) => name }
  const first = listingOf(ctx(), paged(), all)
  expect(first.rows).toEqual(['a', 'b'])
  expect(listingOf(ctx(), paged(first.next), { ...all, rows: ['a', 'bb', 'c'] }).rows).toEqual(['bb', 'c'])
  expect(listingOf(ctx(), paged(undefined, 3), all).next).toBeUndefined()
  expect(() => listingOf(ctx('Other'), paged(first.next), all)).toThrow('The token is not valid.')
})
