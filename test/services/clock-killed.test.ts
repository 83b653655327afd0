import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { FakeCloud } from '../../sdk/index.ts'
import { eventually } from '../support/clients.ts'
import { openQueuePolicy } from '../support/sns.ts'

/** An endpoint that answers nothing any more once it has been told `most` notifications: then it calls back. */
async function endpointOf(most: number, reached: () => void): Promise<string> {
  let told = 0
  const server = createServer((request, response) => {
    if (request.headers['x-amz-sns-message-type'] === 'Notification') told += 1
    if (told < most) response.end()
    else reached()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('a clock whose advance is killed stands where it had come to: what it fired does not lie in the future', async () => {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'error' })
  onTestFinished(() => emulator.stop())
  const fc = new FakeCloud(emulator.url)
  const client = {
    endpoint: emulator.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  const [sns, sqs, events] = [new SNSClient(client), new SQSClient(client), new EventBridgeClient(client)]
  const endpoint = await endpointOf(3, () => process.kill(emulator.workerdPid(), 'SIGKILL'))
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' }
  const topicPolicy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name: 'minutes', Attributes: { Policy: topicPolicy } }),
  )
  const asked = { TopicArn, Protocol: 'http', Endpoint: endpoint, ReturnSubscriptionArn: true }
  const { SubscriptionArn = '' } = await sns.send(new SubscribeCommand(asked))
  await fc.sns.confirmSubscription({ subscriptionArn: SubscriptionArn })
  const queue = 'arn:aws:sqs:us-east-1:123456789012:minutes'
  const rule = 'arn:aws:events:us-east-1:123456789012:rule/minutes'
  const Policy = openQueuePolicy(queue, rule, 'events.amazonaws.com')
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'minutes', Attributes: { Policy } }))
  await fc.clock.freeze(new Date('2030-01-01T00:00:00Z'))
  await events.send(new PutRuleCommand({ Name: 'minutes', ScheduleExpression: 'rate(1 minute)' }))
  const Targets = [TopicArn, queue].map((Arn, n) => ({ Id: String(n), Arn }))
  await events.send(new PutTargetsCommand({ Rule: 'minutes', Targets }))
  await expect(fc.clock.advance({ seconds: 3600 })).rejects.toThrow()
  const { now, frozen } = await eventually(() => fc.clock.get())
  expect({ now, frozen }).toEqual({ now: '2030-01-01T00:03:00.000Z', frozen: true })
  const received = await eventually(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    expect(Messages.length).toBeGreaterThan(0)
    return Messages
  })
  expect(received.map(({ Body }) => (JSON.parse(Body ?? '{}') as { time: string }).time)).toEqual(
    ['00:01:00', '00:02:00', '00:03:00'].map(time => `2030-01-01T${time}Z`),
  )
})
