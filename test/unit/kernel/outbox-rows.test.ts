import { expect, test, vi } from 'vitest'
import { heldRows, type OutboxRow } from '../../../durable-objects/kernel/outbox/outbox-rows.ts'
import { bareObject } from '../../support/object.ts'

const rowOf = (id: string, length = 10): OutboxRow => ({
  id,
  service: 's',
  target: 'a',
  delivery: 'x'.repeat(length),
  traceId: 't',
  attempts: 0,
  nextTry: 0,
})

/** Rows by their ids, and whether storage had to be asked for them. */
function setUp() {
  const { sql } = bareObject()
  const asked = vi.spyOn(sql, 'all')
  const rows = heldRows(sql)
  const look = () => {
    asked.mockClear()
    const ids = rows.of('a', 100).map(({ id }) => id)
    return { ids, fromStorage: asked.mock.calls.some(([query]) => query.startsWith('SELECT * FROM _outbox')) }
  }
  return { rows, look }
}

test('rows that wait are known by heart, in order, as long as they are few', () => {
  const { rows, look } = setUp()
  rows.write([rowOf('1'), rowOf('2')])
  rows.write([rowOf('3')])
  expect(look()).toEqual({ ids: ['1', '2', '3'], fromStorage: false })
  rows.write([rowOf('4', 60_000)])
  rows.remove(rowOf('2'))
  expect(look()).toEqual({ ids: ['1', '3', '4'], fromStorage: false })
})

test('an object’s memory holds few characters of what waits, and is used again once nothing does', () => {
  const { rows, look } = setUp()
  const ids = Array.from({ length: 80 }, (_, i) => String(i))
  for (const id of ids) rows.write([rowOf(id, 60_000)])
  expect(look()).toEqual({ ids, fromStorage: true })
  for (const id of ids) rows.remove(rowOf(id, 60_000))
  rows.write([rowOf('last')])
  expect(look()).toEqual({ ids: ['last'], fromStorage: false })
})
