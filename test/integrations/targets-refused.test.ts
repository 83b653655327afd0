import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutDeliveryDestinationCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { type Hop, PATTERN, setUpEvents } from '../support/events.ts'
import { setUpScheduler } from '../support/scheduler.ts'
import { refusal } from '../support/sqs.ts'

/** What every object inherits is no service, whoever asks for it. */
const INHERITED = 'arn:aws:constructor:us-east-1:123456789012:anything'
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:work'
const STREAM = 'arn:aws:kinesis:us-east-1:123456789012:stream/s'
const ROLE = 'arn:aws:iam::123456789012:role/any'
const notImplemented = (service: string, arn: string) =>
  `NotImplemented: ${service}: no target such as ${arn} is implemented`

test('EventBridge refuses a target that nothing takes when it is put', async () => {
  const { events } = setUpEvents()
  await events.send(new PutRuleCommand({ Name: 'r', EventPattern: PATTERN }))
  const put = (Arn: string) =>
    refusal(events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn, RoleArn: ROLE }] })))
  const malformed = (arn: string) =>
    `ValidationException: Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`
  expect(await put(INHERITED)).toBe(malformed(INHERITED))
  expect(await put('arn:aws:s3:::bucket')).toBe(malformed('arn:aws:s3:::bucket'))
  expect(await put(MACHINE)).toBe(notImplemented('events', MACHINE))
})

test('the Scheduler refuses a target that nothing takes when its schedule is made', async () => {
  const { create } = await setUpScheduler()
  const made = (Arn: string, Input = '{}') => refusal(create('s', 'rate(1 day)', { Target: { Arn, Input } }))
  expect(await made(INHERITED)).toBe('ValidationException: constructor is not a supported service for a target.')
  expect(await made(MACHINE)).toBe(notImplemented('scheduler', MACHINE))
  const start = 'arn:aws:scheduler:::aws-sdk:sfn:startExecution'
  expect(await made(start)).toBe(notImplemented('scheduler', start))
  expect(await made('arn:aws:scheduler:::aws-sdk:constructor:call')).toBe(
    'ValidationException: constructor is not a supported service for a target.',
  )
})

test('SNS, S3 and Logs refuse destinations that nothing takes', async () => {
  const { aws } = setUpEvents()
  const sns = aws.client(SNSClient)
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 't' }))
  const stream = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/s'
  const Attributes = { SubscriptionRoleArn: ROLE }
  const subscribe = (Protocol: string, Endpoint: string) =>
    refusal(sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes })))
  expect(await subscribe('firehose', stream)).toBe(notImplemented('sns', stream))
  expect(await subscribe('constructor', INHERITED)).toMatch(/does not support this protocol string: constructor/)

  const s3 = aws.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'targets-refused' }))
  const QueueConfigurations = [{ QueueArn: INHERITED, Events: ['s3:ObjectCreated:*' as const] }]
  const configuration = { Bucket: 'targets-refused', NotificationConfiguration: { QueueConfigurations } }
  expect(await refusal(s3.send(new PutBucketNotificationConfigurationCommand(configuration)))).toMatch(
    /^InvalidArgument: The ARN could not be parsed/,
  )

  const logs = aws.client(CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'g' }))
  const filter = (destinationArn: string) =>
    refusal(
      logs.send(
        new PutSubscriptionFilterCommand({
          ...{ logGroupName: 'g', filterName: 'f', filterPattern: '', destinationArn, roleArn: ROLE },
        }),
      ),
    )
  expect(await filter(STREAM)).toBe(notImplemented('logs', STREAM))
  expect(await filter(INHERITED)).toMatch(/cannot work with destinationArn for vendor constructor/)
  const destination = { name: 'd', deliveryDestinationConfiguration: { destinationResourceArn: INHERITED } }
  expect(await refusal(logs.send(new PutDeliveryDestinationCommand(destination)))).toMatch(/^ValidationException: /)
})

test.each([INHERITED, 'arn:aws:logs:us-east-1:123456789012:log-group:g', 'arn:aws:automate:us-east-1:ec2:stop'])(
  'an alarm may have the action %s, which is refused once and for all when it is due',
  async action => {
    const { aws, hops } = setUpEvents()
    const cloudwatch = aws.client(CloudWatchClient)
    const Threshold = { Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const, EvaluationPeriods: 1 }
    const Metric = { Namespace: 'n', MetricName: 'm', Period: 60, Statistic: 'Sum' as const }
    await cloudwatch.send(
      new PutMetricAlarmCommand({ AlarmName: 'a', ...Metric, ...Threshold, AlarmActions: [action] }),
    )
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'a', StateValue: 'ALARM', StateReason: 'test' }))
    const found: Hop[] = await hops(`arn=${encodeURIComponent(action)}`)
    expect(found.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['refused', 'Actions of this kind are not implemented'],
    ])
  },
)
