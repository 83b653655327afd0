import {
  DeleteAlarmMuteRuleCommand,
  DeleteAnomalyDetectorCommand,
  DeleteDashboardsCommand,
  DeleteInsightRulesCommand,
  DeleteMetricStreamCommand,
  DescribeAlarmContributorsCommand,
  DescribeAnomalyDetectorsCommand,
  DescribeInsightRulesCommand,
  DisableInsightRulesCommand,
  EnableInsightRulesCommand,
  GetAlarmMuteRuleCommand,
  GetDashboardCommand,
  GetMetricStreamCommand,
  GetMetricWidgetImageCommand,
  ListAlarmMuteRulesCommand,
  ListDashboardsCommand,
  ListMetricStreamsCommand,
  ListTagsForResourceCommand,
  PutAlarmMuteRuleCommand,
  PutAnomalyDetectorCommand,
  PutDashboardCommand,
  PutInsightRuleCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  PutMetricStreamCommand,
  SetAlarmStateCommand,
  StartMetricStreamsCommand,
  StopMetricStreamsCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { minutes, refusal, setUpCloudWatch } from '../support/cloudwatch.ts'
import { create as createFunction, ECHO, invocations } from '../support/lambda.ts'

test('dashboards are kept as they were put, listed and deleted all or none', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  const DashboardBody = JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: '# hi' } }] })
  const put = (DashboardName: string, body = DashboardBody) =>
    cloudwatch.send(new PutDashboardCommand({ DashboardName, DashboardBody: body }))
  expect((await put('one')).DashboardValidationMessages).toEqual([])
  await put('two')
  expect(await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'one' }))).toMatchObject({
    DashboardName: 'one',
    DashboardBody,
    DashboardArn: 'arn:aws:cloudwatch::123456789012:dashboard/one',
  })
  const list = async () =>
    (await cloudwatch.send(new ListDashboardsCommand({ DashboardNamePrefix: 'o' }))).DashboardEntries
  expect(await list()).toMatchObject([{ DashboardName: 'one', Size: DashboardBody.length, LastModified: minutes(0) }])
  expect(await refusal(put('bad', '{'))).toMatch(/^(DashboardInvalidInputError|InvalidParameterInput): /)
  expect(await refusal(put('bad', '{"widgets":[{"properties":{}}]}'))).toMatch(/required property 'type'/)
  expect(await refusal(put('no spaces'))).toMatch(/^InvalidParameterValueException/)
  const remove = (...DashboardNames: string[]) => cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames }))
  expect(await refusal(remove('one', 'none'))).toMatch(/Dashboard none does not exist/)
  await remove('one')
  expect(await list()).toEqual([])
  expect(await refusal(cloudwatch.send(new GetDashboardCommand({ DashboardName: 'one' })))).toMatch(/does not exist/)
})

test('metric streams are kept, stopped and started', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  const stream = {
    Name: 'all',
    FirehoseArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/metrics',
    RoleArn: 'arn:aws:iam::123456789012:role/streams',
    OutputFormat: 'json' as const,
  }
  const put = (more: object = {}) => cloudwatch.send(new PutMetricStreamCommand({ ...stream, ...more }))
  const Arn = 'arn:aws:cloudwatch:us-east-1:123456789012:metric-stream/all'
  expect((await put({ IncludeFilters: [{ Namespace: 'Shop' }] })).Arn).toBe(Arn)
  const state = async () => (await cloudwatch.send(new GetMetricStreamCommand({ Name: 'all' }))).State
  expect(await state()).toBe('running')
  await cloudwatch.send(new StopMetricStreamsCommand({ Names: ['all'] }))
  expect(await state()).toBe('stopped')
  await cloudwatch.send(new StartMetricStreamsCommand({ Names: ['all'] }))
  expect((await cloudwatch.send(new ListMetricStreamsCommand({}))).Entries).toMatchObject([{ Arn, State: 'running' }])
  const both = { IncludeFilters: [{ Namespace: 'a' }], ExcludeFilters: [{ Namespace: 'b' }] }
  expect(await refusal(put(both))).toMatch(/^InvalidParameterCombinationException/)
  await cloudwatch.send(new DeleteMetricStreamCommand({ Name: 'all' }))
  expect(await refusal(state())).toMatch(/^ResourceNotFoundException/)
})

test('anomaly detectors and insight rules are kept', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  const SingleMetricAnomalyDetector = { Namespace: 'Shop', MetricName: 'Orders', Stat: 'Sum' }
  const Configuration = { ExcludedTimeRanges: [{ StartTime: minutes(0), EndTime: minutes(1) }], MetricTimezone: 'UTC' }
  await cloudwatch.send(new PutAnomalyDetectorCommand({ SingleMetricAnomalyDetector, Configuration }))
  const detectors = async () => (await cloudwatch.send(new DescribeAnomalyDetectorsCommand({}))).AnomalyDetectors
  expect(await detectors()).toMatchObject([{ SingleMetricAnomalyDetector, Configuration }])
  const remove = () => cloudwatch.send(new DeleteAnomalyDetectorCommand({ SingleMetricAnomalyDetector }))
  await remove()
  expect(await refusal(remove())).toMatch(/^ResourceNotFoundException/)
  const RuleDefinition = JSON.stringify({ Schema: { Name: 'CloudWatchLogRule', Version: 1 } })
  await cloudwatch.send(new PutInsightRuleCommand({ RuleName: 'top', RuleDefinition }))
  const RuleNames = ['top', 'none']
  const disabled = await cloudwatch.send(new DisableInsightRulesCommand({ RuleNames }))
  expect(disabled.Failures).toMatchObject([{ FailureResource: 'none' }])
  const rules = async () => (await cloudwatch.send(new DescribeInsightRulesCommand({}))).InsightRules
  expect(await rules()).toMatchObject([{ Name: 'top', State: 'DISABLED', Definition: RuleDefinition }])
  await cloudwatch.send(new EnableInsightRulesCommand({ RuleNames: ['top'] }))
  expect((await rules())?.[0]?.State).toBe('ENABLED')
  await cloudwatch.send(new DeleteInsightRulesCommand({ RuleNames: ['top'] }))
  expect(await rules()).toEqual([])
  expect(await refusal(cloudwatch.send(new PutInsightRuleCommand({ RuleName: 'x', RuleDefinition: 'x' })))).toMatch(
    /JSON/,
  )
})

const ALARM = {
  AlarmName: 'late',
  Namespace: 'Shop',
  MetricName: 'Late',
  Statistic: 'Sum' as const,
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold' as const,
}

test('a mute rule keeps an alarm’s actions back while it is active', async () => {
  const { aws, cloudwatch, advance } = await setUpCloudWatch()
  const lambda = aws.client(LambdaClient)
  const { FunctionArn = '' } = await createFunction(lambda, ECHO)
  const [Principal, Action] = ['lambda.alarms.cloudwatch.amazonaws.com', 'lambda:InvokeFunction']
  await lambda.send(new AddPermissionCommand({ FunctionName: 'work', StatementId: 's', Action, Principal }))
  await cloudwatch.send(
    new PutMetricAlarmCommand({ ...ALARM, AlarmActions: [FunctionArn], TreatMissingData: 'ignore' }),
  )
  const Schedule = { Expression: 'cron(0 13 * * ? *)', Duration: 'PT1H' }
  const put = (schedule = Schedule) =>
    cloudwatch.send(
      new PutAlarmMuteRuleCommand({
        Name: 'lunch',
        Rule: { Schedule: schedule },
        MuteTargets: { AlarmNames: ['late'] },
      }),
    )
  await put()
  const status = async () => (await cloudwatch.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'lunch' }))).Status
  const ring = async () => {
    for (const StateValue of ['OK', 'ALARM'] as const) {
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'late', StateValue, StateReason: 'test' }))
    }
    return (await invocations(aws)).length
  }
  expect([await status(), await ring()]).toEqual(['SCHEDULED', 1])
  await advance(3600)
  expect([await status(), await ring()]).toEqual(['ACTIVE', 1])
  await advance(3600)
  expect([await status(), await ring()]).toEqual(['SCHEDULED', 2])
  const list = await cloudwatch.send(new ListAlarmMuteRulesCommand({ AlarmName: 'late' }))
  expect(list.AlarmMuteRuleSummaries).toHaveLength(1)
  expect(await refusal(put({ Expression: 'now', Duration: 'PT1H' }))).toMatch(/cron or an at/)
  expect(await refusal(put({ ...Schedule, Duration: 'P1Y' }))).toMatch(/Duration/)
  await cloudwatch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'lunch' }))
  expect(await refusal(status())).toMatch(/^ResourceNotFoundException/)
})

test('alarms and dashboards have tags', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  await cloudwatch.send(new PutMetricAlarmCommand({ ...ALARM, Tags: [{ Key: 'team', Value: 'shop' }] }))
  const ResourceARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late'
  const tags = async () => (await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags
  await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'kind', Value: 'x' }] }))
  expect(await tags()).toEqual([
    { Key: 'kind', Value: 'x' },
    { Key: 'team', Value: 'shop' },
  ])
  await cloudwatch.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team', 'none'] }))
  expect(await tags()).toEqual([{ Key: 'kind', Value: 'x' }])
  const tag = (arn: string) =>
    cloudwatch.send(new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: 'a', Value: '' }] }))
  expect(await refusal(tag(`${ResourceARN}st`))).toMatch(/^ResourceNotFoundException/)
  expect(await refusal(tag('arn:aws:sqs:us-east-1:123456789012:q'))).toMatch(/^InvalidParameterValueException/)
})

test('what is not built says so', async () => {
  const { cloudwatch } = await setUpCloudWatch()
  expect(await refusal(cloudwatch.send(new GetMetricWidgetImageCommand({ MetricWidget: '{}' })))).toMatch(
    /NotImplemented/,
  )
  const none = new DescribeAlarmContributorsCommand({ AlarmName: 'none' })
  expect(await refusal(cloudwatch.send(none))).toMatch(/^ResourceNotFoundException/)
})

test('the test SDK shows alarms and metrics; entities come with theirs', async () => {
  const { aws, cloudwatch, advance } = await setUpCloudWatch()
  const Entity = { KeyAttributes: { Type: 'Service', Name: 'shop' } }
  const MetricData = [{ MetricName: 'Late', Value: 9, Unit: 'Count' as const }]
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', EntityMetricData: [{ Entity, MetricData }] }))
  await cloudwatch.send(new PutMetricAlarmCommand(ALARM))
  await advance(60)
  const fc = new FakeCloud(aws.url)
  expect((await fc.cloudwatch.getAlarms()).alarms).toMatchObject([
    { name: 'late', type: 'MetricAlarm', state: 'ALARM', metricName: 'Late', threshold: 5, accountId: '123456789012' },
  ])
  expect((await fc.cloudwatch.getMetrics()).metrics).toMatchObject([
    {
      namespace: 'Shop',
      metricName: 'Late',
      dimensions: [],
      datapointCount: 1,
      latest: { timestamp: minutes(0).toISOString(), value: 9, unit: 'Count' },
    },
  ])
  await fc.resetService('monitoring')
  expect((await fc.cloudwatch.getAlarms()).alarms).toEqual([])
})
