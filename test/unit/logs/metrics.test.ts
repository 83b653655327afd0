import { expect, test } from 'vitest'
import { dataOf } from '../../../durable-objects/services/logs/metrics.ts'
import { parseFilterPattern } from '../../../durable-objects/services/logs/patterns/filter-pattern.ts'

const MINUTE = Date.UTC(2026, 0, 2, 3, 4)
const transformation = { metricNamespace: 'app', metricName: 'm', metricValue: '1' }

test('values of one minute and one set of dimensions are told together', () => {
  const pattern = parseFilterPattern('{ $.ms = * }')
  const events = [
    { timestamp: MINUTE, message: '{"ms":5,"path":"/a"}' },
    { timestamp: MINUTE + 1, message: '{"ms":5,"path":"/a"}' },
    { timestamp: MINUTE + 2, message: '{"ms":7,"path":"/a"}' },
    { timestamp: MINUTE + 3, message: '{"ms":9,"path":"/b"}' },
    { timestamp: MINUTE + 60_000, message: '{"ms":1,"path":"/a"}' },
    { timestamp: MINUTE + 60_000, message: '{"ms":2}' },
    { timestamp: MINUTE + 60_000, message: '{"ms":"slow","path":"/a"}' },
  ]
  const data = dataOf({ pattern }, { ...transformation, metricValue: '$.ms', dimensions: { Path: '$.path' } }, events)
  const datum = { MetricName: 'm', Unit: 'None' }
  const [first, second] = ['2026-01-02T03:04:00.000Z', '2026-01-02T03:05:00.000Z']
  expect(data).toEqual([
    { ...datum, Dimensions: [{ Name: 'Path', Value: '/a' }], Timestamp: first, Values: [5, 7], Counts: [2, 1] },
    { ...datum, Dimensions: [{ Name: 'Path', Value: '/b' }], Timestamp: first, Values: [9], Counts: [1] },
    { ...datum, Dimensions: [{ Name: 'Path', Value: '/a' }], Timestamp: second, Values: [1], Counts: [1] },
  ])
})

test('a space-delimited pattern names the fields of values and dimensions', () => {
  const pattern = parseFilterPattern('[ip, status, bytes]')
  const more = { metricValue: '$bytes', dimensions: { Status: '$status' }, unit: 'Bytes' }
  const data = dataOf({ pattern }, { ...transformation, ...more }, [{ timestamp: MINUTE, message: '10.0.0.1 200 512' }])
  expect(data).toMatchObject([{ Dimensions: [{ Name: 'Status', Value: '200' }], Values: [512], Unit: 'Bytes' }])
})

test('more than 150 different values go in several data', () => {
  const pattern = parseFilterPattern('')
  const events = Array.from({ length: 200 }, (_, i) => ({ timestamp: MINUTE, message: `{"v":${i + 1}}` }))
  const data = dataOf({ pattern }, { ...transformation, metricValue: '$.v' }, events)
  expect(data.map(({ Values }) => Values.length)).toEqual([150, 50])
})
