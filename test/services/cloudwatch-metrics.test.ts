import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { minutes, refusal, setUpCloudWatch, stat } from '../support/cloudwatch.ts'

const datum = (more: Partial<MetricDatum>): MetricDatum => ({ MetricName: 'Orders', ...more })
const span = { Namespace: 'Shop', MetricName: 'Orders', StartTime: minutes(0), EndTime: minutes(10), Period: 60 }

test('values, lists of values and sets of statistics of one minute are one datapoint', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  await put(
    datum({ Value: 4, Unit: 'Count' }),
    datum({ Values: [1, 3], Counts: [2, 1], Unit: 'Count' }),
    datum({ StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 2, Maximum: 8 }, Unit: 'Count' }),
    datum({ Value: 7, Timestamp: minutes(2), Unit: 'Count' }),
  )
  const Statistics = ['SampleCount', 'Sum', 'Minimum', 'Maximum', 'Average'] as const
  const { Label, Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({ ...span, Statistics: [...Statistics] }),
  )
  expect(Label).toBe('Orders')
  expect(Datapoints).toEqual([
    { Timestamp: minutes(0), SampleCount: 6, Sum: 19, Minimum: 1, Maximum: 8, Average: 19 / 6, Unit: 'Count' },
    { Timestamp: minutes(2), SampleCount: 1, Sum: 7, Minimum: 7, Maximum: 7, Average: 7, Unit: 'Count' },
  ])
})

test('each unit has its own datapoints, and a unit that is asked for is the only one', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  await put(datum({ Value: 1, Unit: 'Count' }), datum({ Value: 2 }))
  const ask = (Unit?: 'Count') =>
    cloudwatch.send(new GetMetricStatisticsCommand({ ...span, Statistics: ['Sum'], ...(Unit && { Unit }) }))
  expect((await ask()).Datapoints?.map(({ Unit, Sum }) => [Unit, Sum])).toEqual([
    ['Count', 1],
    ['None', 2],
  ])
  expect((await ask('Count')).Datapoints?.map(({ Sum }) => Sum)).toEqual([1])
})

test('percentiles, trimmed means and the like are of the values themselves', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  await put(datum({ Values: Array.from({ length: 100 }, (_, i) => i + 1) }))
  const ExtendedStatistics = ['p50', 'p99', 'tm90', 'TM(25%:75%)', 'IQM', 'PR(:30)', 'TC(10:20)', 'TS(98:)', 'wm50']
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({ ...span, ExtendedStatistics: ExtendedStatistics.slice(0, 10) }),
  )
  expect(Datapoints[0]?.ExtendedStatistics).toEqual({
    p50: 50,
    p99: 99,
    tm90: 45.5,
    'TM(25%:75%)': 50.5,
    IQM: 50.5,
    'PR(:30)': 30,
    'TC(10:20)': 10,
    'TS(98:)': 199,
    wm50: 37.75,
  })
})

test('a set of statistics has no percentiles', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  await put(datum({ StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 2, Maximum: 8 } }))
  const { Datapoints } = await cloudwatch.send(new GetMetricStatisticsCommand({ ...span, ExtendedStatistics: ['p50'] }))
  expect(Datapoints).toEqual([{ Timestamp: minutes(0), Unit: 'None' }])
})

test('a metric of high resolution is read by the second', async () => {
  const { put, cloudwatch } = await setUpCloudWatch()
  const at = (seconds: number) => new Date(minutes(0).getTime() + seconds * 1000)
  for (const seconds of [0, 4, 5, 12]) await put(datum({ Value: 1, Timestamp: at(seconds), StorageResolution: 1 }))
  const { Datapoints } = await cloudwatch.send(
    new GetMetricStatisticsCommand({ ...span, Period: 5, Statistics: ['Sum'], EndTime: at(60) }),
  )
  expect(Datapoints?.map(({ Timestamp, Sum }) => [Timestamp, Sum])).toEqual([
    [at(0), 2],
    [at(5), 1],
    [at(10), 1],
  ])
})

test('a datum that breaks a rule is refused, and nothing of its request is kept', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  const said = (more: Partial<MetricDatum>) => refusal(put(datum({ Value: 1 }), datum(more)))
  expect(await said({})).toMatch(/^MissingRequiredParameterException: .*MetricData\.member\.2\.Value/)
  expect(await said({ Value: 1, Values: [1] })).toBe(
    'InvalidParameterCombinationException: The parameters MetricData.member.2.Value and MetricData.member.2.Values are mutually exclusive and you have specified both.',
  )
  expect(await said({ Value: 1, Timestamp: minutes(-60 * 24 * 15) })).toBe(
    'InvalidParameterValueException: The parameter MetricData.member.2.Timestamp must specify a time within the past two weeks.',
  )
  expect(await said({ Value: 1, Timestamp: minutes(180) })).toMatch(/no more than two hours in the future/)
  expect(await said({ Values: [1, 2], Counts: [1] })).toMatch(/same size/)
  expect(await said({ Value: Number.NaN })).toMatch(/InvalidParameterValueException: The value NaN/)
  expect(await said({ Value: 1, Unit: 'Bananas' as 'Count' })).toMatch(
    /^ValidationException: 1 validation error detected/,
  )
  const reserved = new PutMetricDataCommand({ Namespace: 'AWS/SQS', MetricData: [datum({ Value: 1 })] })
  expect(await refusal(cloudwatch.send(reserved))).toMatch(/^InvalidParameterValueException/)
  expect((await cloudwatch.send(new ListMetricsCommand({}))).Metrics).toEqual([])
})

test('questions that make no sense are refused', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  const ask = (more: object) =>
    refusal(cloudwatch.send(new GetMetricStatisticsCommand({ ...span, Statistics: ['Sum'], ...more })))
  expect(await ask({ EndTime: minutes(0) })).toBe(
    'InvalidParameterValueException: The parameter StartTime must be less than the parameter EndTime.',
  )
  expect(await ask({ Statistics: undefined })).toMatch(/^MissingRequiredParameterException/)
  expect(await ask({ ExtendedStatistics: ['p9'] })).toMatch(/^InvalidParameterCombinationException/)
  expect(await ask({ Period: 61 })).toMatch(/^InvalidParameterValueException/)
  expect(await ask({ StartTime: minutes(-1441) })).toBe(
    'InvalidParameterCombinationException: You have requested up to 1,451 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  )
  expect(await ask({ Statistics: undefined, ExtendedStatistics: ['p101'] })).toMatch(
    /^(Validation|InvalidParameterValue)/,
  )
})

test('metrics are listed by namespace, name and dimensions, recent ones alone if asked, page by page', async () => {
  const { cloudwatch, put, advance } = await setUpCloudWatch()
  const Dimensions = [
    { Name: 'Shop', Value: 'Vienna' },
    { Name: 'Kind', Value: 'book' },
  ]
  await put(datum({ Value: 1, Dimensions }), { MetricName: 'Visits', Value: 1 })
  const list = async (more: object = {}) =>
    (await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Shop', ...more }))).Metrics?.map(
      each => each.MetricName,
    )
  expect(await list()).toEqual(['Orders', 'Visits'])
  expect(await list({ Dimensions: [{ Name: 'Kind' }] })).toEqual(['Orders'])
  expect(await list({ Dimensions: [{ Name: 'Kind', Value: 'toy' }] })).toEqual([])
  expect(await list({ MetricName: 'Visits' })).toEqual(['Visits'])
  await advance(4 * 3600)
  await put({ MetricName: 'Visits', Value: 1 })
  expect(await list({ RecentlyActive: 'PT3H' })).toEqual(['Visits'])
  await advance(15 * 86_400)
  expect(await list()).toEqual([])
  await put(...Array.from({ length: 501 }, (_, i) => ({ MetricName: `m${i}`, Value: 1 })))
  const first = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Shop' }))
  expect(first.Metrics).toHaveLength(500)
  const second = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Shop', NextToken: first.NextToken }))
  expect(second.Metrics).toHaveLength(1)
  expect(await refusal(cloudwatch.send(new ListMetricsCommand({ NextToken: 'nonsense' })))).toMatch(/NextToken/)
})

test('GetMetricData gives the newest first unless told otherwise, and pages when there is too much', async () => {
  const { cloudwatch, put } = await setUpCloudWatch()
  for (const i of [0, 1, 2]) await put(datum({ Value: i + 1, Timestamp: minutes(i) }))
  const ask = (more: object = {}) =>
    cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [stat('m1', 'Orders')],
        StartTime: minutes(0),
        EndTime: minutes(5),
        ...more,
      }),
    )
  const [all] = (await ask()).MetricDataResults ?? []
  expect(all).toMatchObject({ Id: 'm1', Label: 'Orders', StatusCode: 'Complete', Values: [3, 2, 1] })
  expect(all?.Timestamps).toEqual([minutes(2), minutes(1), minutes(0)])
  const first = await ask({ MaxDatapoints: 2, ScanBy: 'TimestampAscending' })
  expect(first.MetricDataResults?.[0]).toMatchObject({ Values: [1, 2], StatusCode: 'PartialData' })
  const rest = await ask({ MaxDatapoints: 2, ScanBy: 'TimestampAscending', NextToken: first.NextToken })
  expect(rest.MetricDataResults?.[0]).toMatchObject({ Values: [3], StatusCode: 'Complete' })
  expect(rest.NextToken).toBeUndefined()
  expect(await refusal(ask({ NextToken: 'nonsense' }))).toMatch(/^InvalidNextToken/)
})
