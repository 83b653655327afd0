import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  GetLogRecordCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { LOGS_ARN, type Line, type TestLogs, testLogs } from '../support/logs.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const numbered = (start: number, count: number): Line[] =>
  Array.from({ length: count }, (_, i) => [start + i, `line ${i}`])

function reader({ logs }: TestLogs) {
  return async (input: Partial<GetLogEventsCommandInput> = {}) => {
    const { nextForwardToken, nextBackwardToken, ...page } = await logs.send(
      new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', ...input }),
    )
    const messages = (page.events ?? []).map(({ message }) => message)
    return { messages, forward: nextForwardToken ?? '', backward: nextBackwardToken ?? '', events: page.events }
  }
}

describe('putting log events', () => {
  it('keeps them as they are, with the time of their arrival', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    const answer = await test.put('g', 's', [now, 'héllo\n{"a": 1}\u{1f600}'], [now, 'second'])
    expect(answer.nextSequenceToken).toMatch(/^\d{56}$/)
    expect(answer.rejectedLogEventsInfo).toBeUndefined()
    const { events } = await reader(test)()
    expect(events).toEqual([
      { timestamp: now, message: 'héllo\n{"a": 1}\u{1f600}', ingestionTime: expect.any(Number) },
      { timestamp: now, message: 'second', ingestionTime: expect.any(Number) },
    ])
  })

  it('takes any sequence token, or none', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const put = (sequenceToken?: string) =>
      test.logs.send(
        new PutLogEventsCommand({
          logGroupName: 'g',
          logStreamName: 's',
          logEvents: [{ timestamp: Date.now(), message: 'm' }],
          ...(sequenceToken ? { sequenceToken } : {}),
        }),
      )
    await put()
    await put('49590302124949')
    await put()
    expect((await reader(test)()).messages).toHaveLength(3)
  })

  it('says which events are too old, expired or too new, and keeps the others', async () => {
    const test = testLogs()
    await test.group('g', 's')
    await test.logs.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 7 }))
    const now = Date.now()
    const { rejectedLogEventsInfo } = await test.put(
      'g',
      's',
      [now - 20 * DAY, 'too old'],
      [now - 9 * DAY, 'expired'],
      [now - HOUR, 'kept'],
      [now, 'kept'],
      [now + 3 * HOUR, 'too new'],
    )
    expect(rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 1,
      expiredLogEventEndIndex: 2,
      tooNewLogEventStartIndex: 4,
    })
    expect((await reader(test)()).messages).toEqual(['kept', 'kept'])
  })

  it('refuses a batch that AWS refuses, and keeps none of it', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    const refused = (...lines: Line[]) => expect(test.put('g', 's', ...lines)).rejects
    await refused([now, 'a'], [now - 1, 'b']).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    })
    await refused([now - DAY - 1, 'a'], [now, 'b']).toMatchObject({
      name: 'InvalidParameterException',
      message: 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    })
    await refused([now, 'x'.repeat(1_048_551)]).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Log event too large: 1048577 bytes exceeds limit of 1048576',
    })
    await refused([now, 'x'.repeat(524_288)], [now, 'x'.repeat(524_288)]).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Upload too large: 1048628 bytes exceeds limit of 1048576',
    })
    await refused(...numbered(now, 10_001)).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(
        "at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000",
      ),
    })
    await refused([now, '']).toMatchObject({ name: 'InvalidParameterException' })
    await refused().toMatchObject({ name: 'InvalidParameterException' })
    expect((await reader(test)()).messages).toEqual([])
    const { logGroups } = await test.logs.send(new DescribeLogGroupsCommand({}))
    expect(logGroups?.[0]?.storedBytes).toBe(0)
  })

  it('takes 10,000 events, or a megabyte, at once', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', ...numbered(now, 10_000))
    await test.put('g', 's', [now + 20_000, 'x'.repeat(1_048_550)])
    const { logGroups } = await test.logs.send(new DescribeLogGroupsCommand({}))
    expect(logGroups?.[0]?.storedBytes).toBe(10_000 * 26 + 88_890 + 1_048_576)
  })

  it('needs its group and its stream to exist', async () => {
    const test = testLogs()
    await test.group('g', 's')
    await expect(test.put('none', 's', [1, 'm'])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
    await expect(test.put('g', 'none', [1, 'm'])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
  })
})

describe('reading a stream', () => {
  it('shows the newest events first, oldest first within the page, and pages backwards', async () => {
    const test = testLogs()
    await test.group('g', 's')
    await test.put('g', 's', ...numbered(Date.now(), 5))
    const read = reader(test)
    const last = await read({ limit: 2 })
    expect(last.messages).toEqual(['line 3', 'line 4'])
    const before = await read({ limit: 2, nextToken: last.backward })
    expect(before.messages).toEqual(['line 1', 'line 2'])
    const first = await read({ limit: 2, nextToken: before.backward })
    expect(first.messages).toEqual(['line 0'])
    const end = await read({ limit: 2, nextToken: first.backward })
    expect(end).toMatchObject({ messages: [], backward: first.backward })
    expect((await read({ limit: 2, nextToken: end.forward })).messages).toEqual(['line 0', 'line 1'])
  })

  it('pages forwards from the head; at the end the token stays, and finds what comes later', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', ...numbered(now, 3))
    const read = reader(test)
    const first = await read({ limit: 2, startFromHead: true })
    expect(first.messages).toEqual(['line 0', 'line 1'])
    const second = await read({ limit: 2, startFromHead: true, nextToken: first.forward })
    expect(second.messages).toEqual(['line 2'])
    const end = await read({ startFromHead: true, nextToken: second.forward })
    expect(end).toMatchObject({ messages: [], forward: second.forward })
    expect((await read({ nextToken: end.backward, limit: 1 })).messages).toEqual(['line 2'])
    await test.put('g', 's', [now + 2, 'at the same time'], [now + 9, 'later'])
    expect((await read({ nextToken: end.forward })).messages).toEqual(['at the same time', 'later'])
    expect((await read({ nextToken: second.backward })).messages).toEqual(['line 0', 'line 1'])
  })

  it('finds in an empty stream what comes later', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const read = reader(test)
    const empty = await read()
    expect(empty.messages).toEqual([])
    await test.put('g', 's', [Date.now(), 'first'])
    expect((await read({ nextToken: empty.forward })).messages).toEqual(['first'])
  })

  it('includes its start and excludes its end', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', ...numbered(now, 5))
    const { messages } = await reader(test)({ startTime: now + 1, endTime: now + 3 })
    expect(messages).toEqual(['line 1', 'line 2'])
  })

  it('takes the group by ARN, shows no more than a megabyte a page, and refuses what is no token', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    for (let i = 0; i < 3; i++) await test.put('g', 's', [now + i, `${i}`.repeat(600_000)])
    const byArn = { logGroupIdentifier: `${LOGS_ARN}:log-group:g`, logStreamName: 's', startFromHead: true }
    const page = await test.logs.send(new GetLogEventsCommand(byArn))
    expect(page.events).toHaveLength(1)
    const read = reader(test)
    await expect(read({ nextToken: 'nonsense' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    })
    await expect(read({ logStreamName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
  })

  it('does not show what has expired, before it is deleted', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', [now - 23 * HOUR - 59 * 60_000, 'old'], [now - HOUR, 'new'])
    await test.logs.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 1 }))
    expect((await reader(test)()).messages).toEqual(['old', 'new'])
    await test.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 120 })
    expect((await reader(test)()).messages).toEqual(['new'])
    expect(await test.found({ logGroupName: 'g' })).toEqual(['new'])
    const { logStreams } = await test.logs.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }))
    expect(logStreams?.[0]?.firstEventTimestamp).toBe(now - HOUR)
  })

  it('is refused for a group of the class Infrequent Access', async () => {
    const test = testLogs()
    await test.logs.send(new CreateLogGroupCommand({ logGroupName: 'g', logGroupClass: 'INFREQUENT_ACCESS' }))
    await expect(reader(test)()).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})

describe('a log record', () => {
  it('is an event with all its fields, by its pointer', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', [now, '{"user":{"id":7},"tags":["a"]}'])
    const { events = [] } = await test.logs.send(new FilterLogEventsCommand({ logGroupName: 'g' }))
    const logRecordPointer = events[0]?.eventId
    const { logRecord } = await test.logs.send(new GetLogRecordCommand({ logRecordPointer }))
    expect(logRecord).toMatchObject({
      'user.id': '7',
      'tags.0': 'a',
      '@message': '{"user":{"id":7},"tags":["a"]}',
      '@timestamp': `${now}`,
      '@logStream': 's',
      '@log': '123456789012:g',
    })
    await expect(test.logs.send(new GetLogRecordCommand({ logRecordPointer: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})
