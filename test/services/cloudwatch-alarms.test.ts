import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { minutes, refusal, setUpCloudWatch, stat } from '../support/cloudwatch.ts'
import { create as createFunction, ECHO, invocations } from '../support/lambda.ts'

const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: 'late',
  Namespace: 'Shop',
  MetricName: 'Late',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
}

async function setUp() {
  const work = await setUpCloudWatch()
  const { cloudwatch } = work
  const alarm = (more: Partial<PutMetricAlarmCommandInput> = {}) =>
    cloudwatch.send(new PutMetricAlarmCommand({ ...ALARM, ...more }))
  const late = (Value: number) => work.put({ MetricName: 'Late', Value })
  return { ...work, alarm, late, state: (name = 'late') => stateOf(cloudwatch, name) }
}

async function described(cloudwatch: CloudWatchClient, name: string) {
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))
  return MetricAlarms[0]
}

const stateOf = async (cloudwatch: CloudWatchClient, name: string) => (await described(cloudwatch, name))?.StateValue

test('an alarm begins without data, and changes with its metric at the next minute', async () => {
  const { cloudwatch, alarm, late, advance, state } = await setUp()
  await alarm()
  expect(await described(cloudwatch, 'late')).toMatchObject({
    AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late',
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
    ActionsEnabled: true,
    AlarmActions: [],
    Dimensions: [],
  })
  await late(7)
  await advance(59)
  expect(await state()).toBe('INSUFFICIENT_DATA')
  await advance(1)
  const alarmed = await described(cloudwatch, 'late')
  expect(alarmed).toMatchObject({
    StateValue: 'ALARM',
    StateReason:
      'Threshold Crossed: 1 out of the last 1 datapoints [7.0 (01/01/30 12:00:00)] was greater than the threshold (5.0) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition).',
    StateUpdatedTimestamp: minutes(1),
  })
  expect(JSON.parse(alarmed?.StateReasonData ?? '')).toMatchObject({
    version: '1.0',
    queryDate: '2030-01-01T12:01:00.000+0000',
    startDate: '2030-01-01T12:00:00.000+0000',
    statistic: 'Sum',
    period: 60,
    recentDatapoints: [7],
    threshold: 5,
  })
  await late(1)
  await advance(60)
  expect(await state()).toBe('OK')
  await advance(300)
  expect(await state()).toBe('INSUFFICIENT_DATA')
})

test.each([
  ['missing', 'INSUFFICIENT_DATA'],
  ['ignore', 'OK'],
  ['breaching', 'ALARM'],
  ['notBreaching', 'OK'],
])('missing data treated as %s end in %s', async (TreatMissingData, expected) => {
  const { alarm, late, advance, state } = await setUp()
  await alarm({ TreatMissingData })
  await late(1)
  await advance(60)
  expect(await state()).toBe('OK')
  await advance(600)
  expect(await state()).toBe(expected)
})

test('M out of N periods make an alarm, wherever they lie', async () => {
  const { alarm, late, advance, state } = await setUp()
  await alarm({ EvaluationPeriods: 4, DatapointsToAlarm: 2 })
  const states = []
  for (const value of [9, 1, 1, 9, 1, 1]) {
    await late(value)
    await advance(60)
    states.push(await state())
  }
  expect(states).toEqual(['OK', 'OK', 'OK', 'ALARM', 'OK', 'OK'])
})

test('an hour in which nothing happens costs no evaluations, and new data bring them back', async () => {
  const { aws, alarm, late, advance, state } = await setUp()
  await alarm()
  await advance(3600)
  const idle = await aws.admin<{ timers: number }>('POST', '/_fakecloud/clock/advance', { seconds: 86_400 * 30 })
  expect(idle.timers).toBe(0)
  await late(9)
  await advance(60)
  expect(await state()).toBe('ALARM')
})

test('an alarm on metric math, on a percentile, and on a band', async () => {
  const { alarm, put, advance, state } = await setUp()
  const { Threshold, ComparisonOperator, EvaluationPeriods } = ALARM
  const judged = { MetricName: undefined, Namespace: undefined, Statistic: undefined, Period: undefined }
  const rate = { Id: 'e1', Expression: '100 * m1 / m2', Label: 'rate' }
  const Metrics = [rate, stat('m1', 'Errors', 'Sum', false), stat('m2', 'Orders', 'Sum', false)]
  await alarm({ AlarmName: 'math', ...judged, Metrics, Threshold, ComparisonOperator, EvaluationPeriods })
  await alarm({
    AlarmName: 'p90',
    MetricName: 'Errors',
    Statistic: undefined,
    ExtendedStatistic: 'p90',
    Threshold: 0.5,
  })
  await put({ MetricName: 'Errors', Value: 1 }, { MetricName: 'Orders', Value: 10 })
  await advance(60)
  expect(await state('math')).toBe('ALARM')
  expect(await state('p90')).toBe('ALARM')
  const band = { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m1, 1)' }
  await alarm({
    AlarmName: 'band',
    ...judged,
    Metrics: [stat('m1', 'Errors'), band],
    Threshold: undefined,
    ThresholdMetricId: 'band',
    ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
  })
  await advance(60)
  expect(await state('band')).toBe('OK')
})

test('a percentile of few samples is ignored when the alarm says so', async () => {
  const { alarm, put, advance, state } = await setUp()
  const percentile = { Statistic: undefined, ExtendedStatistic: 'p90', EvaluateLowSampleCountPercentile: 'ignore' }
  await alarm(percentile)
  await put({ MetricName: 'Late', Values: [9], Counts: [99] })
  await advance(60)
  expect(await state()).toBe('INSUFFICIENT_DATA')
  await advance(600)
  await put({ MetricName: 'Late', Values: [9], Counts: [100] })
  await advance(60)
  expect(await state()).toBe('ALARM')
})

test('SetAlarmState lasts until the next evaluation; the history tells all of it', async () => {
  const { cloudwatch, alarm, advance, state } = await setUp()
  await alarm()
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: 'late', StateValue: 'ALARM', StateReason: 'a drill', StateReasonData: '{}' }),
  )
  expect(await state()).toBe('ALARM')
  await advance(60)
  expect(await state()).toBe('INSUFFICIENT_DATA')
  const { AlarmHistoryItems = [] } = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'late', ScanBy: 'TimestampAscending' }),
  )
  expect(AlarmHistoryItems.map(({ HistoryItemType, HistorySummary }) => [HistoryItemType, HistorySummary])).toEqual([
    ['ConfigurationUpdate', 'Alarm "late" created'],
    ['StateUpdate', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
    ['StateUpdate', 'Alarm updated from ALARM to INSUFFICIENT_DATA'],
  ])
  const said = (more: object) =>
    refusal(
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'late', StateValue: 'OK', StateReason: 'x', ...more })),
    )
  expect(await said({ AlarmName: 'none' })).toMatch(/^ResourceNotFound/)
  expect(await said({ StateReasonData: 'no json' })).toMatch(/^InvalidFormatFault/)
})

test('CloudWatch alarm → Lambda: the function gets the change, if its policy lets the alarm in and actions are on', async () => {
  const { aws, cloudwatch, alarm, late, advance } = await setUp()
  const lambda = aws.client(LambdaClient)
  const { FunctionArn = '' } = await createFunction(lambda, ECHO)
  await alarm({ AlarmActions: [FunctionArn], AlarmDescription: 'orders are late' })
  const ring = async () => {
    await late(9)
    await advance(60)
    await late(0)
    await advance(60)
  }
  await ring()
  expect(await invocations(aws)).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${FunctionArn}`)
  expect(reasons.join()).toMatch(/not authorized to perform: lambda:InvokeFunction/)
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'work',
      StatementId: 'alarm',
      Action: 'lambda:InvokeFunction',
      Principal: 'lambda.alarms.cloudwatch.amazonaws.com',
      SourceArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late',
    }),
  )
  await ring()
  const [run, ...others] = await invocations(aws)
  expect(others).toEqual([])
  expect(run?.event).toMatchObject({
    source: 'aws.cloudwatch',
    alarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late',
    accountId: '123456789012',
    region: 'us-east-1',
    time: '2030-01-01T12:03:00.000+0000',
    alarmData: {
      alarmName: 'late',
      state: { value: 'ALARM', timestamp: '2030-01-01T12:03:00.000+0000' },
      previousState: { value: 'OK' },
      configuration: {
        description: 'orders are late',
        metrics: [
          {
            metricStat: { metric: { namespace: 'Shop', name: 'Late', dimensions: {} }, period: 60, stat: 'Sum' },
            returnData: true,
          },
        ],
      },
    },
  })
  const history = await cloudwatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'late', HistoryItemType: 'Action', ScanBy: 'TimestampAscending' }),
  )
  expect(history.AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary?.slice(0, 24))).toEqual([
    'Failed to execute action',
    'Successfully executed ac',
  ])
  await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['late'] }))
  await ring()
  expect(await invocations(aws)).toHaveLength(1)
  await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: ['late', 'none'] }))
  await ring()
  expect(await invocations(aws)).toHaveLength(2)
})

test('alarms are found by name, prefix, state, action and metric, and deleted all or none', async () => {
  const { cloudwatch, alarm } = await setUp()
  const action = 'arn:aws:sns:us-east-1:123456789012:mail'
  await alarm({ AlarmActions: [action] })
  await alarm({ AlarmName: 'later', Dimensions: [{ Name: 'Shop', Value: 'Vienna' }] })
  const names = async (input: object) =>
    (await cloudwatch.send(new DescribeAlarmsCommand(input))).MetricAlarms?.map(({ AlarmName }) => AlarmName)
  expect(await names({})).toEqual(['late', 'later'])
  expect(await names({ AlarmNamePrefix: 'later' })).toEqual(['later'])
  expect(await names({ StateValue: 'OK' })).toEqual([])
  expect(await names({ ActionPrefix: 'arn:aws:sns' })).toEqual(['late'])
  const first = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }))
  expect(first.MetricAlarms).toHaveLength(1)
  expect(await names({ MaxRecords: 1, NextToken: first.NextToken })).toEqual(['later'])
  expect(await refusal(names({ NextToken: 'x' }))).toMatch(/^InvalidNextToken/)
  expect(await refusal(names({ AlarmNames: ['a'], AlarmNamePrefix: 'a' }))).toMatch(/mutually exclusive/)
  const { MetricAlarms } = await cloudwatch.send(
    new DescribeAlarmsForMetricCommand({ Namespace: 'Shop', MetricName: 'Late' }),
  )
  expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['late'])
  const remove = (...AlarmNames: string[]) => cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames }))
  expect(await refusal(remove('late', 'none'))).toMatch(/^ResourceNotFound/)
  await remove('late', 'later')
  expect(await names({})).toEqual([])
})

test('an alarm that makes no sense is refused', async () => {
  const { alarm } = await setUp()
  const said = (more: Partial<PutMetricAlarmCommandInput>) => refusal(alarm(more))
  expect(await said({ TreatMissingData: 'maybe' })).toBe(
    'ValidationException: Option maybe is not supported. Supported options for TreatMissingData are [breaching, notBreaching, ignore, missing].',
  )
  expect(await said({ EvaluationPeriods: 1441 })).toBe(
    'ValidationException: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
  )
  expect(await said({ AlarmActions: ['nonsense'] })).toBe('ValidationException: Invalid arn syntax: nonsense')
  expect(await said({ DatapointsToAlarm: 2 })).toMatch(/DatapointsToAlarm must be less than or equal/)
  expect(await said({ Threshold: undefined })).toMatch(/Threshold is required/)
  expect(await said({ Period: 61 })).toMatch(/period 61 is invalid/)
  expect(await said({ ExtendedStatistic: 'p99' })).toMatch(/mutually exclusive/)
  expect(await said({ Statistic: undefined })).toMatch(/must be specified/)
  expect(await said({ MetricName: undefined })).toMatch(/MetricName is required/)
  const nothing = { MetricName: undefined, Namespace: undefined, Statistic: undefined, Period: undefined }
  const math = (...Metrics: NonNullable<PutMetricAlarmCommandInput['Metrics']>) => said({ ...nothing, Metrics })
  expect(await math(stat('m1', 'Late'), stat('m2', 'Late'))).toMatch(/Exactly one element of the metrics list/)
  expect(await math({ Id: 'e1', Expression: "SUM(SEARCH('x', 'Sum'))" })).toMatch(/SEARCH is not supported/)
  expect(await math({ Id: 'e1', Expression: 'm9 + 1' })).toMatch(/no element with the id m9/)
  expect(await math({ Id: 'e1', Expression: 'm1 +' })).toMatch(/Error in expression 'e1'/)
})
