import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { openQueue, setUpEvents } from '../support/events.ts'

test('EventBridge → CloudWatch: what rules matched, invoked and failed to invoke is counted by the rule', async () => {
  const { aws, events, rule, put } = setUpEvents()
  const cloudwatch = aws.client(CloudWatchClient)
  const queue = await openQueue(aws, 'orders')
  const dead = await openQueue(aws, 'dead')
  const missing = queue.arn.replace('orders', 'missing')
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  await rule('good', [{ Id: 'q', Arn: queue.arn }])
  await rule('bad', [{ Id: 'q', Arn: missing, DeadLetterConfig: { Arn: dead.arn } }], { EventBusName: 'shop' })
  for (const EventBusName of ['default', 'default', 'shop']) await put({}, { EventBusName })
  await put({}, { Source: 'other' })
  await aws.admin('POST', '/_fakecloud/settle')
  const sum = async (MetricName: string, dimensions: Record<string, string>) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Events',
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
        Period: 7200,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0)
  }
  const names = ['MatchedEvents', 'TriggeredRules', 'Invocations', 'FailedInvocations', 'InvocationsSentToDlq']
  const sums = (dimensions: Record<string, string>) => Promise.all(names.map(name => sum(name, dimensions)))
  expect(await sums({ RuleName: 'good' })).toEqual([2, 2, 2, 0, 0])
  expect(await sums({ EventBusName: 'shop', RuleName: 'bad' })).toEqual([1, 1, 1, 1, 1])
})
