import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { busArn, openQueue, PATTERN, ruleArn, setUpEvents } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const OTHER = '222222222222'
const RoleArn = 'arn:aws:iam::123456789012:role/forward'
const foreignBus = `arn:aws:events:us-east-1:${OTHER}:event-bus/default`

/** Another account, whose default bus has a rule that sends all of `shop` to a queue of the first account. */
async function setUp() {
  const all = setUpEvents()
  const queue = await openQueue(all.aws, 'orders')
  const credentials = { accessKeyId: OTHER, secretAccessKey: 'test' }
  const other = all.aws.client(EventBridgeClient, { credentials })
  await other.send(new PutRuleCommand({ Name: 'all', EventPattern: PATTERN }))
  await other.send(new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: 'q', Arn: queue.arn }] }))
  const permit = () =>
    other.send(new PutPermissionCommand({ Action: 'events:PutEvents', Principal: '123456789012', StatementId: 'one' }))
  return { ...all, queue, other, permit }
}

test('M04 EventBridge → another bus: an event goes on to a bus of the same account, as it was, under one trace', async () => {
  const { aws, events, rule, put, chain } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  await rule('forward', [{ Id: 'b', Arn: busArn('shop'), RoleArn }])
  await rule('orders', [{ Id: 'q', Arn: queue.arn }], { EventBusName: 'shop' })
  const id = await put({ n: 1 })
  expect((await queue.received()).map(body => JSON.parse(body))).toEqual([
    expect.objectContaining({ id, detail: { n: 1 } }),
  ])
  expect(await chain(id)).toEqual([
    `${busArn('default')} → ${ruleArn('forward')}: delivered`,
    `${ruleArn('forward')} → ${busArn('shop')}: delivered`,
    `${busArn('shop')} → ${ruleArn('shop/orders')}: delivered`,
    `${ruleArn('shop/orders')} → ${queue.arn}: delivered`,
  ])
})

test('M04 EventBridge → another bus: an event that came from a bus goes to no third one', async () => {
  const { aws, events, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  for (const Name of ['two', 'three']) await events.send(new CreateEventBusCommand({ Name }))
  await rule('forward', [{ Id: 'b', Arn: busArn('two'), RoleArn }])
  await rule('forward', [{ Id: 'b', Arn: busArn('three'), RoleArn }], { EventBusName: 'two' })
  await rule('orders', [{ Id: 'q', Arn: queue.arn }], { EventBusName: 'three' })
  const id = await put()
  expect(await queue.received()).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/does not send an event that came from another bus to a third one/)
})

test('M04 EventBridge → another bus: another account’s bus takes an event that its policy allows, and names its sender', async () => {
  const { rule, put, queue, permit } = await setUp()
  await permit()
  await rule('forward', [{ Id: 'b', Arn: foreignBus, RoleArn }])
  const id = await put({ n: 1 })
  const [body = '', ...more] = await queue.received()
  expect(more).toEqual([])
  expect(JSON.parse(body)).toMatchObject({ id, account: '123456789012', region: 'us-east-1' })
})

test('M04 EventBridge → another bus: another account’s bus without a policy refuses the event, which is dead-lettered', async () => {
  const { aws, rule, put, queue } = await setUp()
  const dead = await openQueue(aws, 'dead')
  await rule('forward', [{ Id: 'b', Arn: foreignBus, RoleArn, DeadLetterConfig: { Arn: dead.arn } }])
  const id = await put()
  expect(await queue.received()).toEqual([])
  expect((await dead.received()).map(body => JSON.parse(body).id)).toEqual([id])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/not authorized to perform: events:PutEvents.*no resource-based policy/)
})

test('M04 EventBridge → another bus: a bus of another region tells where the event comes from', async () => {
  const { aws, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  const far = aws.client(EventBridgeClient, { region: 'eu-west-1' })
  await far.send(new PutRuleCommand({ Name: 'all', EventPattern: PATTERN }))
  await far.send(new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: 'q', Arn: queue.arn }] }))
  await rule('forward', [{ Id: 'b', Arn: busArn('default').replace('us-east-1', 'eu-west-1'), RoleArn }])
  await put()
  expect((await queue.received()).map(body => JSON.parse(body).region)).toEqual(['us-east-1'])
})

test('events are put straight on another account’s bus, where its policy lets them', async () => {
  const { aws, events, queue, permit } = await setUp()
  const entry = { Source: 'shop', DetailType: 'Order', Detail: '{}' }
  const put = () =>
    events.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, EventBusName: foreignBus },
          { ...entry, EventBusName: 'default' },
        ],
      }),
    )
  expect(await refusal(put())).toBe(
    `AccessDeniedException: User: arn:aws:iam::123456789012:root is not authorized to perform: events:PutEvents on resource: ${foreignBus} because no resource-based policy allows the events:PutEvents action`,
  )
  const path = `/_fakecloud/journal/why?arn=${encodeURIComponent(foreignBus)}`
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', path)
  expect(reasons.join()).toMatch(/no resource-based policy allows the events:PutEvents action/)
  await permit()
  expect((await put()).FailedEntryCount).toBe(0)
  expect((await queue.received()).map(body => JSON.parse(body).account)).toEqual(['123456789012'])
})
