import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  type PutCompositeAlarmCommandInput,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { refusal, setUpCloudWatch } from '../support/cloudwatch.ts'
import { create as createFunction, ECHO, invocations } from '../support/lambda.ts'

/** Metric alarms a, b and c, whose states the test sets. */
async function setUp() {
  const work = await setUpCloudWatch()
  const { cloudwatch } = work
  for (const AlarmName of ['a', 'b', 'c']) {
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        Namespace: 'Shop',
        MetricName: AlarmName,
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      }),
    )
  }
  const composite = (AlarmRule: string, more: Partial<PutCompositeAlarmCommandInput> = {}) =>
    cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'all', AlarmRule, ...more }))
  const set = (AlarmName: string, StateValue: StateValue) =>
    cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'the test says so' }))
  const described = async (name = 'all') => {
    const input = { AlarmNames: [name], AlarmTypes: ['CompositeAlarm' as const] }
    return (await cloudwatch.send(new DescribeAlarmsCommand(input))).CompositeAlarms?.[0]
  }
  const state = async (name?: string) => (await described(name))?.StateValue
  return { ...work, composite, set, described, state }
}

test('a composite alarm follows its rule, and those above it follow it', async () => {
  const { composite, set, described, state } = await setUp()
  await composite(
    'ALARM(a) AND (ALARM("b") OR NOT INSUFFICIENT_DATA(arn:aws:cloudwatch:us-east-1:123456789012:alarm:c))',
  )
  await composite('ALARM(all)', { AlarmName: 'above' })
  expect(await state()).toBe('OK')
  await set('a', 'ALARM')
  expect(await state()).toBe('OK')
  await set('c', 'OK')
  expect(await described()).toMatchObject({
    StateValue: 'ALARM',
    StateReason: expect.stringMatching(/alarm:c transitioned to OK at Tuesday 01 January, 2030 12:00:00 UTC$/),
  })
  expect(await state('above')).toBe('ALARM')
  await set('a', 'OK')
  expect(await state('above')).toBe('OK')
})

test('AT_LEAST counts, TRUE and FALSE are what they say', async () => {
  const { composite, set, state } = await setUp()
  await composite('AT_LEAST(2, ALARM, (a, b, c))')
  await composite('AT_LEAST(50%, NOT OK, (a, b, c))', { AlarmName: 'half' })
  await composite('TRUE AND NOT FALSE', { AlarmName: 'always' })
  expect([await state(), await state('half'), await state('always')]).toEqual(['OK', 'ALARM', 'ALARM'])
  await set('a', 'ALARM')
  expect(await state()).toBe('OK')
  await set('b', 'ALARM')
  expect(await state()).toBe('ALARM')
})

test.each([
  ['ALARM(a', /ends before/],
  ['ALARM(a) ALARM(b)', /unexpected ALARM/],
  ['FINE(a)', /unexpected FINE/],
  [' ALARM(a)', /leading or trailing whitespace/],
  ['ALARM(none)', /alarms \[none\] in the alarm rule do not exist/],
  ['ALARM("a)', /quotation mark/],
])('the rule %s is refused', async (rule, why) => {
  const { composite } = await setUp()
  const said = await refusal(composite(rule))
  expect(said).toMatch(/^ValidationException/)
  expect(said).toMatch(why)
})

test('parents and children are found; a name is of one type only; composites are deleted alone', async () => {
  const { cloudwatch, composite } = await setUp()
  await composite('ALARM(a) OR ALARM(b)')
  const find = (input: object) => cloudwatch.send(new DescribeAlarmsCommand(input))
  const children = await find({ ChildrenOfAlarmName: 'all' })
  expect(children.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a', 'b'])
  const parents = await find({ ParentsOfAlarmName: 'a' })
  expect(parents.CompositeAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['all'])
  expect(await refusal(composite('TRUE', { AlarmName: 'a' }))).toMatch(/another type/)
  expect(await refusal(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['all', 'a'] })))).toMatch(
    /only one composite/,
  )
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['all'] }))
})

test('a suppressor holds actions back while it rings, waits for it before, and goes on for a while after', async () => {
  const { aws, advance, composite, set, described } = await setUp()
  const lambda = aws.client(LambdaClient)
  const { FunctionArn = '' } = await createFunction(lambda, ECHO)
  const Principal = 'lambda.alarms.cloudwatch.amazonaws.com'
  const Action = 'lambda:InvokeFunction'
  await lambda.send(new AddPermissionCommand({ FunctionName: 'work', StatementId: 's', Action, Principal }))
  const periods = { ActionsSuppressorWaitPeriod: 60, ActionsSuppressorExtensionPeriod: 120 }
  await composite('ALARM(a)', { AlarmActions: [FunctionArn], ActionsSuppressor: 'b', ...periods })
  const runs = async () => (await invocations(aws)).length
  await set('a', 'ALARM')
  expect(await described()).toMatchObject({ StateValue: 'ALARM', ActionsSuppressedBy: 'WaitPeriod' })
  await advance(30)
  await set('b', 'ALARM')
  expect((await described())?.ActionsSuppressedBy).toBe('Alarm')
  await advance(600)
  expect(await runs()).toBe(0)
  await set('b', 'OK')
  expect((await described())?.ActionsSuppressedBy).toBe('ExtensionPeriod')
  await advance(119)
  expect(await runs()).toBe(0)
  await advance(1)
  expect(await runs()).toBe(1)
  expect((await described())?.ActionsSuppressedBy).toBeUndefined()
  await set('a', 'OK')
  await set('a', 'ALARM')
  await advance(60)
  expect(await runs()).toBe(2)
  const half = composite('ALARM(a)', { ActionsSuppressor: 'b' })
  expect(await refusal(half)).toMatch(/ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required/)
})
