import {
  CreateEventBusCommand,
  DescribeEventBusCommand,
  ListEventSourcesCommand,
  ActivateEventSourceCommand,
  CreatePartnerEventSourceCommand,
  DeactivateEventSourceCommand,
  DeletePartnerEventSourceCommand,
  DescribeEventSourceCommand,
  DescribePartnerEventSourceCommand,
  EventBridgeClient,
  ListPartnerEventSourceAccountsCommand,
  ListPartnerEventSourcesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutPartnerEventsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { openQueue, setUpEvents } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const ENTRY: PutEventsRequestEntry = { Source: 'shop', DetailType: 'Order', Detail: '{}' }

test('each entry that is wrong is refused by itself, and the others are taken', async () => {
  const { aws, events, rule } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await rule('orders', [{ Id: 'q', Arn: queue.arn, InputPath: '$.detail.n' }])
  const required = (name: string) => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  })
  const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  const without = (name: keyof PutEventsRequestEntry) => ({ ...ENTRY, [name]: undefined })
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        { ...ENTRY, Detail: '{"n":1}' },
        without('Source'),
        without('DetailType'),
        without('Detail'),
        { ...ENTRY, Detail: '{' },
        { ...ENTRY, Detail: '[]' },
        { ...ENTRY, Detail: '"text"' },
        { ...ENTRY, Detail: `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}` },
        { ...ENTRY, Source: 'aws.s3' },
        { ...ENTRY, Detail: '{"n":2}' },
      ],
    }),
  )
  expect(FailedEntryCount).toBe(8)
  const ok = { EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }
  expect(Entries).toEqual([
    ok,
    required('Source'),
    required('DetailType'),
    required('Detail'),
    malformed,
    malformed,
    malformed,
    malformed,
    { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    ok,
  ])
  expect(await queue.received()).toEqual(['1', '2'])
})

test('a request of more than ten entries, of none, or of more than 256 KB is refused whole', async () => {
  const { events } = setUpEvents()
  const put = (Entries: PutEventsRequestEntry[]) => refusal(events.send(new PutEventsCommand({ Entries })))
  expect(await put(Array.from({ length: 11 }, () => ENTRY))).toMatch(
    /^ValidationException: 1 validation error detected: Value .* at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10$/,
  )
  expect(await put([])).toMatch(/Member must have length greater than or equal to 1$/)
  const Detail = JSON.stringify({ text: 'x'.repeat(262_144 - 10) })
  expect(await put([{ ...ENTRY, Detail }])).toBe(
    'ValidationException: Total size of the entries in the request is over the limit.',
  )
  const most = JSON.stringify({ text: 'x'.repeat(262_144 - '{"text":""}'.length - 'shopOrder'.length) })
  expect((await events.send(new PutEventsCommand({ Entries: [{ ...ENTRY, Detail: most }] }))).FailedEntryCount).toBe(0)
})

test('an event for a bus that is not there is taken and lost, and the journal says so', async () => {
  const { aws, put } = setUpEvents()
  const id = await put({}, { EventBusName: 'none' })
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/Event bus none does not exist/)
})

test('the history tells what came to each bus', async () => {
  const { aws, put } = setUpEvents()
  const id = await put({ n: 1 })
  const { events } = await aws.admin<{ events: unknown[] }>('GET', '/_fakecloud/events/history')
  expect(events).toEqual([
    {
      eventId: id,
      source: 'shop',
      detailType: 'Order Placed',
      detail: '{"n":1}',
      busName: 'default',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ])
})

test('a pattern is tested against an event', async () => {
  const { events } = setUpEvents()
  const event = {
    id: '1',
    account: '123456789012',
    source: 'shop',
    time: '2030-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    'detail-type': 'Order',
    detail: { total: 5, lines: ['tea', 'milk'], name: 'Ann', ip: '10.1.2.3' },
  }
  const tested = async (pattern: unknown, of: unknown = event) => {
    const input = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(of) }
    return (await events.send(new TestEventPatternCommand(input))).Result
  }
  const matching = [
    { source: ['shop'], 'detail-type': [{ prefix: 'Ord' }] },
    { detail: { total: [{ numeric: ['>', 0, '<=', 5] }] } },
    { detail: { lines: ['milk'] } },
    { detail: { name: [{ 'equals-ignore-case': 'ANN' }], gone: [{ exists: false }] } },
    { detail: { name: [{ 'anything-but': { prefix: 'B' } }], ip: [{ cidr: '10.0.0.0/8' }] } },
    { $or: [{ source: ['other'] }, { detail: { name: [{ wildcard: 'A*n' }] } }] },
    { detail: { name: [{ suffix: 'nn' }] } },
  ]
  for (const pattern of matching) expect(await tested(pattern), JSON.stringify(pattern)).toBe(true)
  for (const pattern of [
    { source: ['other'] },
    { detail: { total: ['5'] } },
    { detail: { gone: [{ exists: true }] } },
  ]) {
    expect(await tested(pattern), JSON.stringify(pattern)).toBe(false)
  }
  expect(await refusal(tested({ source: 'shop' }))).toBe(
    'InvalidEventPatternException: Event pattern is not valid. Reason: "source" must be an object or an array',
  )
  const { time: _time, ...timeless } = event
  expect(await refusal(tested({ source: ['shop'] }, timeless))).toBe(
    'ValidationException: Parameter Event is not valid. Reason: time is a required argument.',
  )
})

test('a partner offers an event source, its customer binds a bus to it, and gets the partner’s events', async () => {
  const { aws, events, rule } = setUpEvents()
  const credentials = { accessKeyId: '333333333333', secretAccessKey: 'test' }
  const partner = aws.client(EventBridgeClient, { credentials })
  const Name = 'aws.partner/example.com/orders'
  const Account = '123456789012'
  const { EventSourceArn } = await partner.send(new CreatePartnerEventSourceCommand({ Name, Account }))
  expect(EventSourceArn).toBe(`arn:aws:events:us-east-1::event-source/${Name}`)
  const source = async () => {
    const { State, CreatedBy } = await events.send(new DescribeEventSourceCommand({ Name }))
    return { State, CreatedBy }
  }
  expect(await source()).toEqual({ State: 'PENDING', CreatedBy: 'example.com' })
  await events.send(new CreateEventBusCommand({ Name, EventSourceName: Name }))
  expect((await source()).State).toBe('ACTIVE')
  expect((await events.send(new DescribeEventBusCommand({ Name }))).Arn).toContain(Name)
  const queue = await openQueue(aws, 'orders')
  const EventPattern = JSON.stringify({ source: [{ prefix: 'aws.partner/' }] })
  await rule('orders', [{ Id: 'q', Arn: queue.arn }], { EventBusName: Name, EventPattern })
  const entry = { Source: Name, DetailType: 'Order', Detail: '{"n":1}' }
  const { FailedEntryCount } = await partner.send(
    new PutPartnerEventsCommand({ Entries: [entry, { ...entry, Source: 'aws.partner/example.com/none' }] }),
  )
  expect(FailedEntryCount).toBe(1)
  expect((await queue.received()).map(body => JSON.parse(body))).toEqual([
    expect.objectContaining({ source: Name, account: Account, detail: { n: 1 } }),
  ])
  const listed = await partner.send(new ListPartnerEventSourcesCommand({ NamePrefix: 'aws.partner/example.com/' }))
  expect(listed.PartnerEventSources).toEqual([{ Arn: EventSourceArn, Name }])
  expect((await partner.send(new DescribePartnerEventSourceCommand({ Name }))).Arn).toBe(EventSourceArn)
  const accounts = await partner.send(new ListPartnerEventSourceAccountsCommand({ EventSourceName: Name }))
  expect(accounts.PartnerEventSourceAccounts).toEqual([{ Account, State: 'ACTIVE', CreationTime: expect.any(Date) }])
  await events.send(new DeactivateEventSourceCommand({ Name }))
  expect((await source()).State).toBe('PENDING')
  await events.send(new ActivateEventSourceCommand({ Name }))
  await partner.send(new DeletePartnerEventSourceCommand({ Name, Account }))
  expect((await events.send(new ListEventSourcesCommand({}))).EventSources?.map(({ State }) => State)).toEqual([
    'DELETED',
  ])
  expect(await refusal(events.send(new DescribeEventSourceCommand({ Name: 'aws.partner/example.com/none' })))).toBe(
    'ResourceNotFoundException: Event source aws.partner/example.com/none does not exist.',
  )
})
