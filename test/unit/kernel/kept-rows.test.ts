import { expect, test } from 'vitest'
import { keptRows } from '../../../durable-objects/kernel/object/kept-rows.ts'

/** Keeps a text under each key, and says how often one had to be read. */
function setUp(length: number) {
  const kept = keptRows()
  let reads = 0
  const read = (key: number, table = 'policies') => {
    const before = reads
    kept.get(table, key, () => {
      reads += 1
      return { policy: 'x'.repeat(length) }
    })
    return reads > before
  }
  return { kept, read }
}

test('a row is read once, until its table is written', () => {
  const { kept, read } = setUp(10)
  expect([read(1), read(1)]).toEqual([true, false])
  kept.ran('UPDATE others SET n = 1')
  kept.ran('SELECT * FROM policies')
  expect(read(1)).toBe(false)
  for (const write of ['update policies SET n = 1', '\n  INSERT OR IGNORE INTO policies VALUES (1)', 'DROP TABLE x']) {
    kept.ran(write)
    expect([write, read(1)]).toEqual([write, true])
  }
})

test('texts that are kept of a table are few enough for the object’s memory, however many are asked for', () => {
  const { read } = setUp(1_000_000)
  for (let key = 0; key < 4; key++) expect(read(key)).toBe(true)
  expect([read(0), read(3), read(0, 'others')]).toEqual([false, false, true])
  expect(read(4)).toBe(true)
  expect([read(4), read(0)]).toEqual([false, true])
})

test('a text that is longer than what is kept is read each time, and takes the place of none', () => {
  const { kept, read } = setUp(10)
  read(1)
  const long = () => kept.get('policies', 'long', () => 'x'.repeat(4_000_001)).length
  expect([long(), long()]).toEqual([4_000_001, 4_000_001])
  expect(read(1)).toBe(false)
})
