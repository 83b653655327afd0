import { expect, test } from 'vitest'
import { readPath, valueAt } from '../../../durable-objects/services/events/json-paths.ts'

const EVENT = { 'detail-type': 'Order', detail: { list: [{ n: 1 }, { n: 2 }], 'a b': 'c' } }

test.each([
  ['$', EVENT],
  ['$.', EVENT],
  ['$.detail-type', 'Order'],
  ['$.detail.list[1].n', 2],
  ["$.detail['a b']", 'c'],
  ['$["detail-type"]', 'Order'],
  ['$.detail.list[*].n', [1, 2]],
  ['$.detail.list[7]', undefined],
  ['$.detail.none.more', undefined],
  ['$.detail-type.length', undefined],
])('%s', (path, value) => {
  expect(valueAt(path, EVENT)).toEqual(value)
})

test('what is no path is told from one', () => {
  for (const text of ['', 'detail', '$detail', '$.detail[', '$..x', "$['x]", '$.a b'])
    expect(readPath(text), text).toBeUndefined()
})
