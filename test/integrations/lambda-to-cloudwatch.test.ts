import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateAliasCommand,
  type LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { minutes } from '../support/cloudwatch.ts'
import { create, failure, invocations, invoke, setUp as setUpLambda } from '../support/lambda.ts'

/** Fails when it is told to. */
const WORK = `exports.handler = async event => { if (event.fail) throw new Error('told to'); return 'done' }`

async function setUp() {
  const { aws, lambda } = setUpLambda()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: minutes(0).toISOString() })
  const cloudwatch = aws.client(CloudWatchClient)
  const statistic = async (MetricName: string, dimensions: Record<string, string>, Namespace = 'AWS/Lambda') => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: minutes(0),
        EndTime: minutes(60),
        Period: 3600,
        Statistics: ['Sum', 'SampleCount', 'Maximum'],
      }),
    )
    return Datapoints[0]
  }
  const sum = async (...args: Parameters<typeof statistic>) => (await statistic(...args))?.Sum
  return { aws, lambda, cloudwatch, statistic, sum }
}

const ofWork = { FunctionName: 'work' }

test('M12 Lambda → CloudWatch metrics: each invocation counts at once, by function, resource and account', async () => {
  const { lambda, cloudwatch, statistic, sum } = await setUp()
  await create(lambda, WORK)
  await invoke(lambda)
  await invoke(lambda)
  await invoke(lambda, { fail: true })
  for (const dimensions of [ofWork, { ...ofWork, Resource: 'work' }, {}]) {
    expect(await sum('Invocations', dimensions)).toBe(3)
    expect(await sum('Errors', dimensions)).toBe(1)
    expect(await sum('Throttles', dimensions)).toBe(0)
  }
  const duration = await statistic('Duration', ofWork)
  expect(duration).toMatchObject({ SampleCount: 3, Unit: 'Milliseconds' })
  expect((await statistic('ConcurrentExecutions', ofWork))?.Maximum).toBe(1)
  const metric = (MetricName: string) => ({
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: [{ Name: 'FunctionName', Value: 'work' }],
  })
  const query = (Id: string, MetricName: string, Stat: string) => ({
    Id,
    MetricStat: { Metric: metric(MetricName), Period: 60, Stat },
  })
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: minutes(0),
      EndTime: minutes(5),
      MetricDataQueries: [
        query('invocations', 'Invocations', 'Sum'),
        query('errors', 'Errors', 'Sum'),
        query('p50', 'Duration', 'p50'),
        { Id: 'rate', Expression: '100 * errors / invocations' },
      ],
    }),
  )
  const values = Object.fromEntries(MetricDataResults.map(({ Id, Values }) => [Id, Values]))
  expect(values).toMatchObject({ invocations: [3], errors: [1], rate: [100 / 3] })
  expect(values.p50?.[0]).toBeGreaterThanOrEqual(0)
  const { Metrics = [] } = await cloudwatch.send(
    new ListMetricsCommand({ Namespace: 'AWS/Lambda', MetricName: 'Invocations' }),
  )
  expect(Metrics).toHaveLength(3)
})

test('an invocation by an alias counts for the alias and for the version that it led to', async () => {
  const { lambda, sum } = await setUp()
  await create(lambda, WORK)
  await lambda.send(new PublishVersionCommand({ FunctionName: 'work' }))
  await lambda.send(new CreateAliasCommand({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }))
  await invoke(lambda, {}, { Qualifier: 'live' })
  await invoke(lambda, {}, { Qualifier: '1' })
  expect(await sum('Invocations', { ...ofWork, Resource: 'work:live' })).toBe(1)
  expect(await sum('Invocations', { ...ofWork, Resource: 'work:live', ExecutedVersion: '1' })).toBe(1)
  expect(await sum('Invocations', { ...ofWork, Resource: 'work:1' })).toBe(1)
  expect(await sum('Invocations', ofWork)).toBe(2)
})

const reserve = (lambda: LambdaClient, ReservedConcurrentExecutions: number) =>
  lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions }))

test('a throttled invocation is a throttle and no invocation', async () => {
  const { lambda, sum } = await setUp()
  await create(lambda, WORK)
  await reserve(lambda, 0)
  expect(await failure(invoke(lambda))).toMatchObject({ name: 'TooManyRequestsException' })
  expect(await sum('Throttles', ofWork)).toBe(1)
  expect(await sum('Invocations', ofWork)).toBeUndefined()
})

test('events count when they come, with their age when they run, and when they are dropped', async () => {
  const { aws, lambda, statistic, sum } = await setUp()
  const DeadLetterConfig = { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:gone' }
  await create(lambda, WORK, { DeadLetterConfig })
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'work', MaximumRetryAttempts: 1 }))
  await invoke(lambda, { fail: true }, { InvocationType: 'Event' })
  expect(await invocations(aws)).toHaveLength(1)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 61 })
  expect(await invocations(aws)).toHaveLength(2)
  expect(await sum('AsyncEventsReceived', ofWork)).toBe(1)
  expect(await sum('Invocations', ofWork)).toBe(2)
  expect(await statistic('AsyncEventAge', ofWork)).toMatchObject({ SampleCount: 2, Maximum: 60_000 })
  expect(await sum('AsyncEventsDropped', ofWork)).toBe(1)
  expect(await sum('DeadLetterErrors', ofWork)).toBe(1)
})

test('an alarm on errors rings at the next minute, though nobody looked', async () => {
  const { aws, lambda, cloudwatch } = await setUp()
  await cloudwatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'work' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    }),
  )
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
  const state = async () => {
    const { alarms } = await aws.admin<{ alarms: { state: string }[] }>('GET', '/_fakecloud/cloudwatch/alarms')
    return alarms[0]?.state
  }
  expect(await state()).toBe('OK')
  await create(lambda, WORK)
  await invoke(lambda, { fail: true })
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
  expect(await state()).toBe('ALARM')
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 300 })
  expect(await state()).toBe('OK')
  await invoke(lambda, { fail: true })
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
  const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms?.[0]?.StateValue).toBe('ALARM')
})

test('SQS → CloudWatch metrics: what is sent, received and deleted, and what lies on the queue', async () => {
  const { aws, sum, statistic } = await setUp()
  const sqs = aws.client(SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.ReceiptHandle
  await receive()
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'wörld' }))
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 600 }))
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: await receive() }))
  await receive()
  const ofQueue = (name: string) => sum(name, { QueueName: 'orders' }, 'AWS/SQS')
  expect(await ofQueue('NumberOfMessagesSent')).toBe(3)
  expect(await ofQueue('SentMessageSize')).toBe(15)
  expect(await ofQueue('NumberOfMessagesReceived')).toBe(2)
  expect(await ofQueue('NumberOfEmptyReceives')).toBe(1)
  expect(await ofQueue('NumberOfMessagesDeleted')).toBe(1)
  const gauge = async (name: string) => (await statistic(name, { QueueName: 'orders' }, 'AWS/SQS'))?.Maximum
  expect(await gauge('ApproximateNumberOfMessagesVisible')).toBe(0)
  expect(await gauge('ApproximateNumberOfMessagesNotVisible')).toBe(1)
  expect(await gauge('ApproximateNumberOfMessagesDelayed')).toBe(1)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 90 })
  expect(await gauge('ApproximateAgeOfOldestMessage')).toBe(90)
})
