import { SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { busArn, ruleArn, setUpEvents } from '../support/events.ts'
import { makeQueue } from '../support/sqs.ts'
import { makeTopic, openQueuePolicy } from '../support/sns.ts'

async function setUp(service = 'events.amazonaws.com') {
  const all = setUpEvents()
  const topic = await makeTopic(all.aws, 'orders')
  const arn = 'arn:aws:sqs:us-east-1:123456789012:orders'
  const queue = await makeQueue(all.aws, 'orders', { Policy: openQueuePolicy(arn, topic.arn) })
  await topic.subscribe('sqs', queue.arn, { RawMessageDelivery: 'true' })
  const Statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sns:Publish', Resource: topic.arn }
  const AttributeValue = JSON.stringify({ Version: '2012-10-17', Statement })
  const set = { TopicArn: topic.arn, AttributeName: 'Policy', AttributeValue }
  await all.aws.client(SNSClient).send(new SetTopicAttributesCommand(set))
  await all.rule('orders', [{ Id: 't', Arn: topic.arn }])
  return { ...all, topic, queue }
}

test('M04 EventBridge → SNS: an event is published to the topic and reaches its subscribers, in one chain', async () => {
  const { put, hops, topic, queue } = await setUp()
  const id = await put({ n: 1 })
  const [first] = await hops(`event=${id}`)
  const [body = ''] = await queue.bodies()
  expect(JSON.parse(body)).toMatchObject({ id, 'detail-type': 'Order Placed', detail: { n: 1 } })
  const trace = (await hops('')).filter(({ traceId }) => traceId === first?.traceId)
  expect(trace.map(({ from, to, outcome }) => [from, to, outcome])).toEqual([
    [busArn('default'), ruleArn('orders'), 'delivered'],
    [ruleArn('orders'), topic.arn, 'delivered'],
    [topic.arn, queue.arn, 'delivered'],
  ])
})

test('M04 EventBridge → SNS: a topic whose policy does not let EventBridge in gets nothing, and the journal says so', async () => {
  const { aws, put, queue } = await setUp('s3.amazonaws.com')
  const id = await put()
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/was refused: A.*events\.amazonaws\.com.*sns:Publish/i)
  expect(await queue.bodies()).toEqual([])
})
