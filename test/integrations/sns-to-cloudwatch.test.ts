import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { minutes } from '../support/cloudwatch.ts'
import { type TestClients, testClients } from '../support/clients.ts'
import { openTo, setUpEvents } from '../support/events.ts'
import { makeTopic, openQueuePolicy } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

/** Sums of the five minutes from noon, when the clock is stopped. */
function sumsOf(aws: TestClients, Namespace: string, dimensions: Record<string, string>) {
  const cloudwatch = aws.client(CloudWatchClient)
  return async (MetricName: string) => {
    await aws.admin('POST', '/_fakecloud/settle')
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: minutes(0),
        EndTime: minutes(5),
        Period: 300,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints[0]?.Sum
  }
}

async function setUp() {
  const aws = testClients()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: minutes(0).toISOString() })
  const queue = await makeQueue(aws, 'orders')
  const open = (Policy: string) =>
    aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
  return { aws, queue, open }
}

test('SNS → CloudWatch metrics: what is published, delivered, filtered out and refused', async () => {
  const { aws, queue, open } = await setUp()
  const topic = await makeTopic(aws, 'news')
  await open(openQueuePolicy(queue.arn, topic.arn))
  await topic.subscribe('sqs', queue.arn)
  const closed = await makeQueue(aws, 'closed')
  await topic.subscribe('sqs', closed.arn)
  const other = await makeQueue(aws, 'other')
  await topic.subscribe('sqs', other.arn, { FilterPolicy: JSON.stringify({ kind: ['toy'] }) })
  await topic.publish('hello')
  const sum = sumsOf(aws, 'AWS/SNS', { TopicName: 'news' })
  expect(await sum('NumberOfMessagesPublished')).toBe(1)
  expect(await sum('PublishSize')).toBe(5)
  expect(await sum('NumberOfNotificationsDelivered')).toBe(1)
  expect(await sum('NumberOfNotificationsFailed')).toBe(1)
  expect(await sum('NumberOfNotificationsFilteredOut')).toBe(1)
})

test('EventBridge → CloudWatch metrics: rules that match, and targets that are invoked or refuse', async () => {
  const { aws, queue, open } = await setUp()
  const { rule, put } = setUpEvents(aws)
  await open(openTo(queue.arn))
  const closed = await makeQueue(aws, 'closed')
  await rule('orders', [
    { Id: '1', Arn: queue.arn },
    { Id: '2', Arn: closed.arn },
  ])
  await put()
  await put({}, { Source: 'elsewhere' })
  const sum = sumsOf(aws, 'AWS/Events', { RuleName: 'orders' })
  expect(await sum('TriggeredRules')).toBe(1)
  expect(await sum('Invocations')).toBe(2)
  expect(await sum('FailedInvocations')).toBe(1)
})
