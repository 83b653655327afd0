import {
  CancelReplayCommand,
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  DisableRuleCommand,
  ListArchivesCommand,
  ListReplaysCommand,
  ListRulesCommand,
  StartReplayCommand,
  type StartReplayCommandInput,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { ACCOUNT, busArn, openQueue, PATTERN, ruleArn, setUpEvents } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const EventSourceArn = busArn('default')
const ArchiveArn = `arn:aws:events:us-east-1:${ACCOUNT}:archive/orders`

async function setUp(more: object = {}) {
  const all = setUpEvents()
  const { aws, events } = all
  const clock = (verb: string, body: object) => aws.admin('POST', `/_fakecloud/clock/${verb}`, body)
  await clock('freeze', { at: '2030-01-01T00:00:00Z' })
  const made = await events.send(new CreateArchiveCommand({ ArchiveName: 'orders', EventSourceArn, ...more }))
  const describe = () => events.send(new DescribeArchiveCommand({ ArchiveName: 'orders' }))
  const replay = async (input: Partial<StartReplayCommandInput> = {}) => {
    const answer = await events.send(
      new StartReplayCommand({
        ReplayName: 'again',
        EventSourceArn: ArchiveArn,
        EventStartTime: new Date('2030-01-01T00:00:00Z'),
        EventEndTime: new Date('2031-01-01T00:00:00Z'),
        Destination: { Arn: EventSourceArn },
        ...input,
      }),
    )
    await clock('advance', { seconds: 1 })
    return answer
  }
  return { ...all, clock, made, describe, replay }
}

test('an archive keeps what its pattern matches, for as long as it says, by the clock', async () => {
  const { events, put, clock, made, describe } = await setUp({
    Description: 'all',
    EventPattern: JSON.stringify({ detail: { keep: [true] } }),
    RetentionDays: 3,
  })
  expect(made).toMatchObject({ ArchiveArn, State: 'ENABLED', CreationTime: new Date('2030-01-01T00:00:00Z') })
  await put({ keep: true })
  await put({ keep: false })
  await clock('advance', { seconds: 86_400 })
  await put({ keep: true })
  const { $metadata: _, ...archive } = await describe()
  expect(archive).toEqual({
    ArchiveArn,
    ArchiveName: 'orders',
    EventSourceArn,
    Description: 'all',
    EventPattern: '{"detail":{"keep":[true]}}',
    State: 'ENABLED',
    RetentionDays: 3,
    EventCount: 2,
    SizeBytes: expect.any(Number),
    CreationTime: new Date('2030-01-01T00:00:00Z'),
  })
  await clock('advance', { seconds: 2 * 86_400 + 1 })
  expect((await describe()).EventCount).toBe(1)
  await events.send(new UpdateArchiveCommand({ ArchiveName: 'orders', RetentionDays: 0, EventPattern: PATTERN }))
  await clock('advance', { seconds: 30 * 86_400 })
  await put({ keep: false })
  expect((await describe()).EventCount).toBe(2)
  const { Archives } = await events.send(new ListArchivesCommand({ NamePrefix: 'ord' }))
  expect(Archives?.map(({ ArchiveName, EventCount }) => [ArchiveName, EventCount])).toEqual([['orders', 2]])
  const { Rules = [] } = await events.send(new ListRulesCommand({}))
  expect(Rules.map(({ Name, ManagedBy }) => [Name, ManagedBy])).toEqual([
    ['Events-Archive-orders', 'prod.vhs.events.aws.internal'],
  ])
  expect(await refusal(events.send(new DisableRuleCommand({ Name: 'Events-Archive-orders' })))).toMatch(
    /^ManagedRuleException/,
  )
  await events.send(new DeleteArchiveCommand({ ArchiveName: 'orders' }))
  expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([])
  expect(await refusal(describe())).toBe('ResourceNotFoundException: Archive orders does not exist.')
})

test('a replay sends a time’s events again, in order, marked with its name, and archives none of them anew', async () => {
  const { aws, events, rule, put, clock, describe, replay } = await setUp()
  const queue = await openQueue(aws, 'orders')
  for (let n = 1; n <= 4; n++) {
    await put({ n })
    await clock('advance', { seconds: 3600 })
  }
  await rule('orders', [{ Id: 'q', Arn: queue.arn }])
  const started = await replay({
    Description: 'two of them',
    EventStartTime: new Date('2030-01-01T01:00:00Z'),
    EventEndTime: new Date('2030-01-01T03:00:00Z'),
  })
  expect(started).toMatchObject({ State: 'STARTING', ReplayStartTime: new Date('2030-01-01T04:00:00Z') })
  const bodies = (await queue.received()).map(body => JSON.parse(body))
  expect(bodies.map(event => [event['replay-name'], event.detail.n, event.time])).toEqual([
    ['again', 2, '2030-01-01T01:00:00Z'],
    ['again', 3, '2030-01-01T02:00:00Z'],
  ])
  expect((await describe()).EventCount).toBe(4)
  const { $metadata: _, ...shown } = await events.send(new DescribeReplayCommand({ ReplayName: 'again' }))
  expect(shown).toEqual({
    ReplayName: 'again',
    ReplayArn: `arn:aws:events:us-east-1:${ACCOUNT}:replay/again`,
    Description: 'two of them',
    EventSourceArn: ArchiveArn,
    Destination: { Arn: EventSourceArn },
    State: 'COMPLETED',
    EventStartTime: new Date('2030-01-01T01:00:00Z'),
    EventEndTime: new Date('2030-01-01T03:00:00Z'),
    EventLastReplayedTime: new Date('2030-01-01T02:00:00Z'),
    ReplayStartTime: new Date('2030-01-01T04:00:00Z'),
    ReplayEndTime: new Date('2030-01-01T04:00:00Z'),
  })
})

test('a replay may be for some rules alone', async () => {
  const { aws, rule, put, replay } = await setUp()
  const one = await openQueue(aws, 'one')
  const two = await openQueue(aws, 'two')
  await put({ n: 1 })
  await rule('one', [{ Id: 'q', Arn: one.arn }])
  await rule('two', [{ Id: 'q', Arn: two.arn }])
  await replay({ Destination: { Arn: EventSourceArn, FilterArns: [ruleArn('two')] } })
  expect(await one.received()).toEqual([])
  expect(await two.received()).toHaveLength(1)
})

test('a replay that is cancelled ends, and archives and replays that cannot be are refused in AWS’s words', async () => {
  const { events, replay, clock } = await setUp()
  const archive = (more: object) =>
    refusal(events.send(new CreateArchiveCommand({ ArchiveName: 'new', EventSourceArn, ...more })))
  expect(await archive({ ArchiveName: 'orders' })).toBe(
    'ResourceAlreadyExistsException: Archive orders already exists.',
  )
  expect(await archive({ EventSourceArn: busArn('none') })).toBe(
    'ResourceNotFoundException: Event bus none does not exist.',
  )
  expect(await archive({ EventPattern: '{' })).toMatch(/^InvalidEventPatternException/)
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  expect(await refusal(replay({ Destination: { Arn: busArn('shop') } }))).toBe(
    'ValidationException: Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
  )
  expect(await refusal(replay({ Destination: { Arn: busArn('none') } }))).toBe(
    'ResourceNotFoundException: Event bus none does not exist.',
  )
  expect(await refusal(replay({ EventSourceArn: ArchiveArn.replace('orders', 'none') }))).toBe(
    'ValidationException: Parameter EventSourceArn is not valid. Reason: Archive none does not exist.',
  )
  expect(await refusal(replay({ EventEndTime: new Date('2030-01-01T00:00:00Z') }))).toBe(
    'ValidationException: Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
  )
  await replay()
  expect(await refusal(replay())).toBe('ResourceAlreadyExistsException: Replay again already exists.')
  expect(await refusal(events.send(new CancelReplayCommand({ ReplayName: 'again' })))).toBe(
    'IllegalStatusException: Replay again is not in a valid state for this operation.',
  )
  expect(await refusal(events.send(new CancelReplayCommand({ ReplayName: 'none' })))).toBe(
    'ResourceNotFoundException: Replay none does not exist.',
  )
  await clock('advance', { seconds: 1 })
  const { Replays } = await events.send(new ListReplaysCommand({ State: 'COMPLETED', EventSourceArn: ArchiveArn }))
  expect(Replays?.map(({ ReplayName }) => ReplayName)).toEqual(['again'])
})
