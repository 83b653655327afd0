import { expect, test } from 'vitest'
import { readStatistic, statisticOf } from '../../../durable-objects/services/cloudwatch/metrics/statistics.ts'
import { addValue, emptyDistribution } from '../../../durable-objects/shared/distribution.ts'

function of(...values: number[]) {
  const distribution = emptyDistribution()
  for (const value of values) addValue(distribution, value)
  return (name: string) => {
    const statistic = readStatistic(name)
    return statistic && statisticOf(statistic, distribution)
  }
}

test.each([
  ['Average', 5.5],
  ['p0', 1],
  ['p50', 5],
  ['p99.9', 10],
  ['p100', 10],
  ['tm90', 5],
  ['TM(20%:80%)', 5.5],
  ['TM(2:4)', 3.5],
  ['TM(:3)', 2],
  ['TC(2:4)', 2],
  ['TS(8:)', 19],
  ['tc50', 5],
  ['WM(20%:80%)', 5.5],
  ['IQM', 5.5],
  ['PR(2:7)', 50],
])('%s of one to ten', (name, expected) => {
  expect(of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)(name)).toBeCloseTo(expected, 9)
})

test.each(['p101', 'p', 'TM(90%:10%)', 'TM(:)', 'average', 'PR(10%:20%)', 'TM(10%:200%)', 'x'])(
  '%s is no statistic',
  name => {
    expect(readStatistic(name)).toBeUndefined()
  },
)

test('there are no percentiles of what is below zero', () => {
  expect(of(-1, 2)('p50')).toBeUndefined()
  expect(of(-1, 2)('Average')).toBe(0.5)
})
