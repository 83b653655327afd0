import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { PutMetricFilterCommand, type PutMetricFilterCommandInput } from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { testLogs } from '../support/logs.ts'

async function setUp() {
  const kit = testLogs()
  const { aws, logs } = kit
  const cloudwatch = aws.client(CloudWatchClient)
  await kit.group('g', 's')
  const filter = (filterPattern: string, transformation: Partial<Transformation> = {}) =>
    logs.send(
      new PutMetricFilterCommand({
        logGroupName: 'g',
        filterName: 'f',
        filterPattern,
        metricTransformations: [{ metricNamespace: 'app', metricName: 'm', metricValue: '1', ...transformation }],
      }),
    )
  const statistics = async (dimensions: Record<string, string> = {}) => {
    await aws.admin('POST', '/_fakecloud/settle')
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'app',
        MetricName: 'm',
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 600_000),
        Period: 3600,
        Statistics: ['Sum', 'SampleCount', 'Maximum'],
      }),
    )
    const sum = (of: 'Sum' | 'SampleCount') => Datapoints.reduce((total, point) => total + (point[of] ?? 0), 0)
    return { sum: sum('Sum'), count: sum('SampleCount'), unit: Datapoints[0]?.Unit }
  }
  return { ...kit, filter, statistics }
}

type Transformation = NonNullable<PutMetricFilterCommandInput['metricTransformations']>[number]

test('Logs metric filters → CloudWatch: matching events become data of the metric, by value, dimension and unit', async () => {
  const { put, filter, statistics } = await setUp()
  await filter('{ $.ms > 10 }', { metricValue: '$.ms', dimensions: { Path: '$.path' }, unit: 'Milliseconds' })
  const now = Date.now()
  const line = (ms: number, path: string): [number, string] => [now, JSON.stringify({ ms, path })]
  await put('g', 's', line(20, '/a'), line(30, '/a'), line(5, '/a'), line(40, '/b'))
  expect(await statistics({ Path: '/a' })).toEqual({ sum: 50, count: 2, unit: 'Milliseconds' })
  expect(await statistics({ Path: '/b' })).toEqual({ sum: 40, count: 1, unit: 'Milliseconds' })
})

test('events that do not match give the default value, or nothing, and the journal says so', async () => {
  const { aws, put, filter, statistics } = await setUp()
  await filter('ERROR')
  await put('g', 's', [Date.now(), 'fine'])
  expect((await statistics()).count).toBe(0)
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=metric')
  expect(reasons.join()).toContain("no event gives a value by the filter pattern 'ERROR' of f")
  await filter('ERROR', { defaultValue: 0 })
  await put('g', 's', [Date.now(), 'fine'])
  const { sum, count } = await statistics()
  expect([sum, count]).toEqual([0, 1])
  await put('g', 's', [Date.now(), 'ERROR'], [Date.now(), 'ERROR'])
  expect((await statistics()).sum).toBe(2)
})
