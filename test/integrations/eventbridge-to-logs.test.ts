import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { openQueue, ruleArn, setUpEvents } from '../support/events.ts'

const logGroupName = '/aws/events/orders'
const Arn = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`

async function setUp({ permitted = true } = {}) {
  const all = setUpEvents()
  const logs = all.aws.client(CloudWatchLogsClient)
  await logs.send(new CreateLogGroupCommand({ logGroupName }))
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/*:*',
  }
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  if (permitted) await logs.send(new PutResourcePolicyCommand({ policyName: 'events', policyDocument }))
  const written = async () => {
    await all.aws.admin('POST', '/_fakecloud/settle')
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
    return events
  }
  return { ...all, logs, written }
}

test('M04 EventBridge → Logs: each event is written to the group, in a stream made for it', async () => {
  const { aws, logs, rule, put, chain, written } = await setUp()
  await rule('orders', [{ Id: 'l', Arn }])
  const id = await put({ n: 1 })
  const [event, ...more] = await written()
  expect(more).toEqual([])
  expect(JSON.parse(event?.message ?? '')).toMatchObject({ id, detail: { n: 1 } })
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
  expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
  expect((await chain(id)).slice(1)).toEqual([
    `${ruleArn('orders')} → ${Arn}: delivered`,
    `${ruleArn('orders')} → ${Arn}: delivered`,
  ])
  type History = { deliveries: { logs: { logGroupArn: string }[] } }
  const { deliveries } = await aws.admin<History>('GET', '/_fakecloud/events/history')
  expect(deliveries.logs.map(({ logGroupArn }) => logGroupArn)).toEqual([Arn])
})

test('M04 EventBridge → Logs: a transformed input says what is logged and when', async () => {
  const { rule, put, written } = await setUp()
  const InputTemplate = '{"timestamp": <at>, "message": <text>}'
  const InputTransformer = { InputPathsMap: { at: '$.detail.at', text: '$.detail.text' }, InputTemplate }
  await rule('orders', [{ Id: 'l', Arn: `${Arn}:*`, InputTransformer }])
  const at = Date.now() - 60_000
  await put({ at, text: 'sold' })
  expect((await written()).map(({ message, timestamp }) => [message, timestamp])).toEqual([['sold', at]])
})

test('M04 EventBridge → Logs: without a resource policy nothing is written, and the event is dead-lettered', async () => {
  const { aws, rule, put, written } = await setUp({ permitted: false })
  const dead = await openQueue(aws, 'dead')
  await rule('orders', [{ Id: 'l', Arn, DeadLetterConfig: { Arn: dead.arn } }])
  const id = await put()
  expect(await written()).toEqual([])
  expect((await dead.received()).map(body => JSON.parse(body).id)).toEqual([id])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/AccessDenied.*logs:PutLogEvents/)
})
