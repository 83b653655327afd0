import { CreateEventBusCommand, PutEventsCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge'
import { ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { busArn, openQueue, openTo, ruleArn, setUpEvents } from '../support/events.ts'

type Shown = { timestamp: string }

const clock = (aws: ReturnType<typeof setUpEvents>['aws'], verb: string, body: unknown) =>
  aws.admin('POST', `/_fakecloud/clock/${verb}`, body)

test('M04 EventBridge → SQS: an event that matches a rule arrives in the queue as AWS’s envelope, under one trace', async () => {
  const { aws, rule, put, hops } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await rule('orders', [{ Id: 'q', Arn: queue.arn }])
  const root = '1-65a5b5c5-0123456789abcdef01234567'
  const Time = new Date('2030-01-02T03:04:05.678Z')
  const id = await put(
    { order: { id: 7, items: ['tea'] } },
    { Time, Resources: ['arn:aws:s3:::shop'], TraceHeader: `Root=${root};Sampled=1` },
  )
  await aws.admin('POST', '/_fakecloud/settle')
  const receive = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['AWSTraceHeader' as const] }
  const [{ Body: body, Attributes } = {}, ...more] = await queue.receive(receive)
  expect(more).toEqual([])
  expect(Attributes).toEqual({ AWSTraceHeader: `Root=${root};Sampled=1` })
  expect(body).toBe(
    JSON.stringify({
      version: '0',
      id,
      'detail-type': 'Order Placed',
      source: 'shop',
      account: '123456789012',
      time: '2030-01-02T03:04:05Z',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::shop'],
      detail: { order: { id: 7, items: ['tea'] } },
    }),
  )
  const found = await hops(`event=${id}`)
  expect(found.map(({ from, to, outcome, traceId }) => [from, to, outcome, traceId])).toEqual([
    [busArn('default'), ruleArn('orders'), 'delivered', root],
    [ruleArn('orders'), queue.arn, 'delivered', root],
  ])
})

test('M04 EventBridge → SQS: an event that no rule matches goes nowhere, and the journal names the part that failed', async () => {
  const { aws, rule, put, hops, events } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  const EventPattern = JSON.stringify({ source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } })
  await rule('large', [{ Id: 'q', Arn: queue.arn }], { EventPattern })
  await events.send(new PutRuleCommand({ Name: 'off', EventPattern: '{"source":["shop"]}', State: 'DISABLED' }))
  const id = await put({ total: 99 })
  expect(await queue.received()).toEqual([])
  const found = await hops(`event=${id}`)
  expect(found.map(({ to, outcome, reason }) => [to, outcome, reason]).sort()).toEqual([
    [ruleArn('large'), 'filtered', 'detail.total is 99, and the pattern wants [{"numeric":[">",100]}]'],
    [ruleArn('off'), 'filtered', 'the rule is DISABLED'],
  ])
  const path = `/_fakecloud/journal/why?arn=${encodeURIComponent(ruleArn('large'))}`
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', path)
  expect(reasons.join()).toMatch(/detail\.total is 99/)
})

test('M04 EventBridge → SQS: a FIFO queue gets the events of a rule in order, in the target’s group', async () => {
  const { aws, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
  await rule('orders', [{ Id: 'q', Arn: queue.arn, InputPath: '$.detail.n', SqsParameters: { MessageGroupId: 'all' } }])
  for (const n of [1, 2, 3, 4]) await put({ n })
  await aws.admin('POST', '/_fakecloud/settle')
  const receive = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['MessageGroupId'],
  })
  const { Messages = [] } = await aws.client(SQSClient).send(receive)
  expect(Messages.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId])).toEqual(
    ['1', '2', '3', '4'].map(body => [body, 'all']),
  )
})

test('M04 EventBridge → SQS: a queue whose policy does not let the rule in gets nothing, and the journal says so', async () => {
  const { aws, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await rule('orders', [{ Id: 'q', Arn: queue.arn }])
  const Attributes = { Policy: openTo(queue.arn, ruleArn('another')) }
  await aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }))
  const id = await put()
  expect(await queue.received()).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/was refused: AccessDenied.*events\.amazonaws\.com.*sqs:SendMessage/)
})

test('M04 EventBridge → SQS: what a target refuses goes to its dead-letter queue with AWS’s attributes', async () => {
  const { aws, rule, put, chain } = setUpEvents()
  const dead = await openQueue(aws, 'dead')
  const Arn = dead.arn.replace('dead', 'missing')
  const target = { Id: 'q', Arn, InputPath: '$.detail', DeadLetterConfig: { Arn: dead.arn } }
  await rule('orders', [target])
  const id = await put({ n: 1 })
  const found = await chain(id)
  const receive = new ReceiveMessageCommand({ QueueUrl: dead.url, MessageAttributeNames: ['All'] })
  const { Messages = [] } = await aws.client(SQSClient).send(receive)
  expect(Messages).toHaveLength(1)
  const { Body = '', MessageAttributes = {} } = Messages[0] ?? {}
  expect(JSON.parse(Body)).toMatchObject({ id, detail: { n: 1 } })
  const values = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])
  expect(Object.fromEntries(values)).toEqual({
    RULE_ARN: ruleArn('orders'),
    TARGET_ARN: Arn,
    ERROR_CODE: 'NO_RESOURCE',
    ERROR_MESSAGE: expect.stringContaining('The specified queue does not exist'),
    RETRY_ATTEMPTS: '0',
  })
  expect(found).toEqual([
    `${busArn('default')} → ${ruleArn('orders')}: delivered`,
    `${ruleArn('orders')} → ${Arn}: refused`,
    `${ruleArn('orders')} → ${Arn}: dead-lettered`,
    `${ruleArn('orders')} → ${dead.arn}: delivered`,
  ])
})

test('M04 EventBridge → SQS: a schedule sends its event by the clock, thirty days in one advance', async () => {
  const { aws, events, rule } = setUpEvents()
  const queue = await openQueue(aws, 'ticks')
  await clock(aws, 'freeze', { at: '2030-01-01T00:00:00Z' })
  const daily = { ScheduleExpression: 'cron(0 12 * * ? *)', EventPattern: undefined }
  await rule('daily', [{ Id: 'q', Arn: queue.arn, InputPath: '$.time' }], daily)
  await rule('hourly', [{ Id: 'q', Arn: queue.arn }], { ScheduleExpression: 'rate(1 hour)', EventPattern: undefined })
  await clock(aws, 'advance', { seconds: 3600 })
  expect((await queue.received()).map(body => JSON.parse(body))).toEqual([
    {
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: '2030-01-01T01:00:00Z',
      region: 'us-east-1',
      resources: [ruleArn('hourly')],
      detail: {},
    },
  ])
  await events.send(new PutRuleCommand({ Name: 'hourly', ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' }))
  await clock(aws, 'advance', { seconds: 30 * 86_400 })
  const days = Array.from({ length: 30 }, (_, day) => new Date(Date.UTC(2030, 0, 1 + day, 12)).toISOString())
  const { events: history } = await aws.admin<{ events: Shown[] }>('GET', '/_fakecloud/events/history')
  expect(history.slice(1).map(({ timestamp }) => timestamp)).toEqual(days)
  // The queue keeps a message for four days.
  const times = (await queue.received()).map(body => JSON.parse(body) as string)
  expect(times).toEqual(days.slice(-4).map(day => day.replace('.000Z', 'Z')))
})

test('M04 EventBridge → SQS: input is transformed, fixed, a part of the event, or the event', async () => {
  const { aws, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  const InputPathsMap = {
    who: '$.detail.customer.name',
    all: '$.detail',
    first: '$.detail.items[0]',
    none: '$.detail.no',
  }
  const Arn = queue.arn
  await rule('orders', [
    { Id: '1', Arn, Input: '{"fixed": 1}' },
    { Id: '2', Arn, InputPath: '$.detail.customer' },
    { Id: '3', Arn, InputTransformer: { InputPathsMap, InputTemplate: '"<who> buys <first><none>"' } },
    {
      Id: '4',
      Arn,
      InputTransformer: {
        InputPathsMap,
        InputTemplate:
          '{"who": <who>, "text": "for <who>", "all": <all>, "none": <none>, "rule": "<aws.events.rule-name>", "id": <aws.events.event.json>}',
      },
    },
  ])
  const detail = { customer: { name: 'Ann "A" B' }, items: ['tea', 'milk'] }
  const id = await put(detail)
  const bodies = (await queue.received()).sort()
  expect(bodies).toHaveLength(4)
  expect(bodies).toContain('{"fixed": 1}')
  expect(bodies).toContain('{"name":"Ann \\"A\\" B"}')
  expect(bodies).toContain('"Ann \\"A\\" B buys tea"')
  const json = JSON.parse(bodies.find(body => body.startsWith('{"who"')) ?? '{}')
  expect(json).toEqual({
    who: 'Ann "A" B',
    text: 'for Ann "A" B',
    all: detail,
    none: '',
    rule: 'orders',
    id: expect.objectContaining({ id, 'detail-type': 'Order Placed', detail }),
  })
})

test('M04 EventBridge → SQS: a rule of a custom bus sees its own bus alone', async () => {
  const { aws, events, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  await rule('orders', [{ Id: 'q', Arn: queue.arn, InputPath: '$.detail.to' }], { EventBusName: 'shop' })
  await put({ to: 'default' })
  await put({ to: 'by name' }, { EventBusName: 'shop' })
  await put({ to: 'by ARN' }, { EventBusName: busArn('shop') })
  expect(await queue.received()).toEqual(['"by name"', '"by ARN"'])
})

test('M04 EventBridge → SQS: an input that its template makes too long is refused with a reason, and no other rule minds', async () => {
  const { aws, rule, put, hops } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  const letters = await openQueue(aws, 'letters')
  const InputTransformer = { InputPathsMap: { a: '$.detail.a' }, InputTemplate: `"${'<a>'.repeat(2700)}"` }
  await rule('a', [{ Id: 'q', Arn: queue.arn, Input: '"first"' }])
  await rule('b', [
    { Id: 'q', Arn: queue.arn, InputTransformer },
    { Id: 'l', Arn: queue.arn, InputTransformer, DeadLetterConfig: { Arn: letters.arn } },
  ])
  await rule('c', [{ Id: 'q', Arn: queue.arn, Input: '"last"' }])
  const id = await put({ a: 'x'.repeat(250_000) })
  expect(id).toBeDefined()
  expect((await queue.received()).sort()).toEqual(['"first"', '"last"'])
  const found = await hops(`event=${id}`)
  const reasons = found.filter(({ from, to }) => from === ruleArn('b') && to === queue.arn)
  expect(reasons.map(({ outcome, reason }) => [outcome, reason]).sort()).toEqual([
    ['dead-lettered', `The transformed input is longer than 262144 bytes; sent on to ${letters.arn}`],
    ['refused', 'The transformed input is longer than 262144 bytes'],
  ])
  expect((await letters.received()).map(body => JSON.parse(body).id)).toEqual([id])
})

test('M04 EventBridge → SQS: an event that its numbers make too long is no event, and goes to no rule', async () => {
  const { aws, events, rule } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await rule('a', [{ Id: 'q', Arn: queue.arn }])
  const Detail = `{"a":[${Array(50_000).fill('1e20').join()}]}`
  const { Entries } = await events.send(
    new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order Placed', Detail }] }),
  )
  expect(Entries).toEqual([{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }])
  expect(await queue.received()).toEqual([])
})
