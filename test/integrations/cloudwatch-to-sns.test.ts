import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { minutes } from '../support/cloudwatch.ts'
import { testClients } from '../support/clients.ts'
import { openTo, setUpEvents } from '../support/events.ts'
import { makeTopic, openQueuePolicy } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:late'

async function setUp() {
  const aws = testClients()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: minutes(0).toISOString() })
  const cloudwatch = aws.client(CloudWatchClient)
  const alarm = (AlarmActions: string[]) =>
    cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'late',
        AlarmDescription: 'orders are late',
        Namespace: 'Shop',
        MetricName: 'Late',
        Dimensions: [{ Name: 'Shop', Value: 'Vienna' }],
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
        AlarmActions,
      }),
    )
  /** Late orders, and the minute that brings them to light. */
  const late = async (Value: number) => {
    const datum = { MetricName: 'Late', Value, Dimensions: [{ Name: 'Shop', Value: 'Vienna' }] }
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [datum] }))
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
  }
  const queue = await makeQueue(aws, 'mail')
  const open = (Policy: string) =>
    aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
  return { aws, alarm, late, queue, open }
}

test('CloudWatch alarm → SNS: a topic gets the change of state that the alarm acts on, and no other', async () => {
  const { aws, alarm, late, queue, open } = await setUp()
  const topic = await makeTopic(aws, 'alarms')
  await open(openQueuePolicy(queue.arn, topic.arn))
  await topic.subscribe('sqs', queue.arn)
  await alarm([topic.arn])
  await late(1)
  await late(9)
  await late(1)
  await aws.admin('POST', '/_fakecloud/settle')
  const bodies = await queue.bodies()
  expect(bodies).toHaveLength(1)
  const { Subject, Message, TopicArn } = JSON.parse(bodies[0] ?? '')
  expect({ Subject, TopicArn }).toEqual({ Subject: 'ALARM: "late" in US East (N. Virginia)', TopicArn: topic.arn })
  expect(JSON.parse(Message)).toEqual({
    AlarmName: 'late',
    AlarmDescription: 'orders are late',
    AWSAccountId: '123456789012',
    AlarmConfigurationUpdatedTimestamp: '2030-01-01T12:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: expect.stringContaining('[9.0 (01/01/30 12:01:00)] was greater than the threshold (5.0)'),
    StateChangeTime: '2030-01-01T12:02:00.000+0000',
    Region: 'US East (N. Virginia)',
    AlarmArn: ALARM_ARN,
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: [topic.arn],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'Late',
      Namespace: 'Shop',
      StatisticType: 'Statistic',
      Statistic: 'SUM',
      Unit: null,
      Dimensions: [{ value: 'Vienna', name: 'Shop' }],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 5,
      TreatMissingData: '',
      EvaluateLowSampleCountPercentile: '',
    },
  })
  const { hops } = await aws.admin<{ hops: { to: string; outcome: string }[] }>(
    'GET',
    `/_fakecloud/journal?arn=${ALARM_ARN}`,
  )
  expect(hops.filter(({ to }) => to === topic.arn).map(({ outcome }) => outcome)).toEqual(['delivered'])
})

test('a topic that is not there refuses the alarm, and the journal says so', async () => {
  const { aws, alarm, late } = await setUp()
  const gone = 'arn:aws:sns:us-east-1:123456789012:gone'
  await alarm([gone])
  await late(9)
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${gone}`)
  expect(reasons.join()).toMatch(/NotFound/)
})

test('CloudWatch alarm → EventBridge: every change of state and of the alarm itself is an event', async () => {
  const { aws, alarm, late, queue, open } = await setUp()
  const { rule } = setUpEvents(aws)
  await open(openTo(queue.arn))
  const EventPattern = JSON.stringify({ source: ['aws.cloudwatch'] })
  await rule('alarms', [{ Id: '1', Arn: queue.arn }], { EventPattern })
  await alarm([])
  await late(9)
  await aws.admin('POST', '/_fakecloud/settle')
  const events = (await queue.bodies()).map(body => JSON.parse(body ?? ''))
  expect(events.map(event => event['detail-type']).sort()).toEqual([
    'CloudWatch Alarm Configuration Change',
    'CloudWatch Alarm State Change',
  ])
  expect(events.find(event => event.detail.previousState)).toMatchObject({
    source: 'aws.cloudwatch',
    account: '123456789012',
    region: 'us-east-1',
    time: '2030-01-01T12:01:00Z',
    resources: [ALARM_ARN],
    detail: {
      alarmName: 'late',
      state: { value: 'ALARM', timestamp: '2030-01-01T12:01:00.000+0000' },
      previousState: { value: 'INSUFFICIENT_DATA' },
      configuration: { description: 'orders are late' },
    },
  })
})
