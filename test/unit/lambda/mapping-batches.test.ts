import { describe, expect, it } from 'vitest'
import {
  cutBatches,
  filterReason,
  filterView,
  MOST_BYTES,
  verdictOf,
} from '../../../durable-objects/services/lambda/mappings/mapping-batches.ts'
import { readPattern } from '../../../durable-objects/shared/pattern.ts'

const items = (...sizes: number[]) => sizes.map(size => ({ size }))
const sizes = (batches: { size: number }[][]) => batches.map(batch => batch.map(({ size }) => size))

describe('batches', () => {
  it('are full by count, and what is left is told apart', () => {
    const { full, rest } = cutBatches(items(1, 2, 3, 4, 5), 2)
    expect(sizes(full)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(sizes([rest])).toEqual([[5]])
  })

  it('are full by size, whatever their count', () => {
    const half = MOST_BYTES / 2
    const { full, rest } = cutBatches(items(half, half, 1, MOST_BYTES + 1), 100)
    expect(sizes(full)).toEqual([[half, half], [1]])
    expect(rest).toHaveLength(1)
  })

  it('are none where there is nothing', () => {
    expect(cutBatches([], 10)).toEqual({ full: [], rest: [] })
  })
})

describe('filters', () => {
  const patterns = [readPattern('{"body":{"a":[1]}}'), readPattern('{"body":["text"]}')]

  it.each([
    ['{"a":1}', undefined],
    ['text', undefined],
    ['{"a":2}', 'body.a is 2, and the pattern wants [1]; body is {"a":2}, and the pattern wants ["text"]'],
    ['other', 'body.a is not there, and the pattern wants [1]; body is "other", and the pattern wants ["text"]'],
    ['{"a":', 'body.a is not there, and the pattern wants [1]; body is "{\\"a\\":", and the pattern wants ["text"]'],
  ])('of %s', (body, reason) => {
    expect(filterReason(patterns, filterView({ body }))).toBe(reason)
  })

  it('let everything through where there are none', () => {
    expect(filterReason([], filterView({ body: 'x' }))).toBeUndefined()
  })
})

describe('what a function says of its batch', () => {
  const ids = ['a', 'b']

  it.each([
    ['null', []],
    ['{}', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[]}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}', ['b']],
    ['{"batchItemFailures":[{"itemIdentifier":"c"}]}', ids],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', ids],
    ['{"batchItemFailures":[{}]}', ids],
    ['{"batchItemFailures":["a"]}', ids],
    ['{"batchItemFailures":{}}', ids],
    ['[]', ids],
    ['7', ids],
    ['no json', ids],
  ])('%s', (payload, failed) => {
    expect([...verdictOf(payload, ids).failed]).toEqual(failed)
  })
})
