import {
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { LOGS_ARN, type Line, testLogs } from '../support/logs.ts'

/** What an application with several instances writes: each line JSON, one in twenty-five an error. */
function busyLines(start: number, instance: number, count: number): Line[] {
  return Array.from({ length: count }, (_, i) => {
    const status = i % 25 === 0 ? 500 : 200
    const event = { level: status === 500 ? 'ERROR' : 'INFO', status, path: `/orders/${i}`, instance, ms: i % 300 }
    return [start + i * 10, JSON.stringify(event)]
  })
}

describe('searching a busy group', () => {
  it('finds the errors of all instances in their order, page by page, within the time asked for', async () => {
    const test = testLogs()
    const start = Date.now() - 3_600_000
    const instances = [1, 2, 3, 4]
    await test.group('/shop/orders', ...instances.map(i => `web/${i}`), 'job/1')
    for (const instance of instances)
      await test.put('/shop/orders', `web/${instance}`, ...busyLines(start, instance, 2500))
    await test.put('/shop/orders', 'job/1', [start, 'plain text that is no JSON'], [start + 1, '{"status":"500"}'])
    const search: FilterLogEventsCommandInput = {
      logGroupName: '/shop/orders',
      logStreamNamePrefix: 'web/',
      filterPattern: '{ $.level = "ERROR" && ($.status >= 500 || $.path = "/health*") }',
      startTime: start + 5000,
      endTime: start + 15_000,
    }
    const pages: FilteredLogEvent[][] = []
    let nextToken: string | undefined
    do {
      const page = await test.logs.send(
        new FilterLogEventsCommand({ ...search, limit: 30, ...(nextToken ? { nextToken } : {}) }),
      )
      pages.push(page.events ?? [])
      nextToken = page.nextToken
    } while (nextToken)
    const events = pages.flat()
    // One error each 250 ms from 5000 to 15000, both included, of four instances.
    expect(events).toHaveLength(41 * 4)
    expect(pages.slice(0, 5).map(page => page.length)).toEqual([30, 30, 30, 30, 30])
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length)
    expect(events.map(({ timestamp }) => timestamp)).toEqual(events.map(({ timestamp = 0 }) => timestamp).toSorted())
    expect(new Set(events.slice(0, 4).map(({ logStreamName }) => logStreamName)).size).toBe(4)
    expect(JSON.parse(events[0]?.message ?? '')).toMatchObject({ status: 500, path: '/orders/500' })
  })

  it('goes through a group in bounded steps: pages may be empty and still have a token', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    for (let batch = 0; batch < 3; batch++) {
      const lines = Array.from({ length: 10_000 }, (_, i): Line => [now + batch * 10_000 + i, 'nothing to see'])
      await test.put('g', 's', ...lines)
    }
    await test.put('g', 's', [now + 40_000, 'needle'])
    const first = await test.logs.send(new FilterLogEventsCommand({ logGroupName: 'g', filterPattern: 'needle' }))
    expect(first.events).toEqual([])
    expect(first.nextToken).toBeDefined()
    expect(await test.found({ logGroupName: 'g', filterPattern: 'needle' })).toEqual(['needle'])
  })
})

describe('filtering log events', () => {
  it('shows each event with its stream, times and id', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', [now, 'm'])
    const { events, searchedLogStreams, nextToken } = await test.logs.send(
      new FilterLogEventsCommand({ logGroupName: 'g' }),
    )
    expect({ events, searchedLogStreams, nextToken }).toEqual({
      events: [
        {
          logStreamName: 's',
          timestamp: now,
          message: 'm',
          ingestionTime: expect.any(Number),
          eventId: expect.stringMatching(/^\d{56}$/),
        },
      ],
      searchedLogStreams: [],
    })
  })

  it('knows text, JSON and fields between spaces', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    const messages = [
      'ERROR disk full',
      'WARN disk slow',
      '{"level":"ERROR","latency":120,"tags":["disk"]}',
      '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
    ]
    await test.put('g', 's', ...messages.map((message): Line => [now, message]))
    const matching = async (filterPattern: string) => {
      const found = await test.found({ logGroupName: 'g', filterPattern })
      return found.map(message => messages.indexOf(message ?? ''))
    }
    expect(await matching('')).toEqual([0, 1, 2, 3])
    expect(await matching('ERROR disk')).toEqual([0, 2])
    expect(await matching('"disk slow"')).toEqual([1])
    expect(await matching('disk -ERROR')).toEqual([1])
    expect(await matching('?ERROR ?WARN')).toEqual([0, 1, 2])
    expect(await matching('%d[a-z]sk\\sf%')).toEqual([0])
    expect(await matching('{ $.latency > 100 }')).toEqual([2])
    expect(await matching('{ $.tags[0] = "d*" && $.missing NOT EXISTS }')).toEqual([2])
    expect(await matching('[ip, id, user, time, request, status = 4*, size > 1000]')).toEqual([3])
  })

  it('takes streams by name or by prefix, not both', async () => {
    const test = testLogs()
    await test.group('g', 'a-1', 'a-2', 'b-1')
    const now = Date.now()
    for (const name of ['a-1', 'a-2', 'b-1']) await test.put('g', name, [now, name])
    expect(await test.found({ logGroupName: 'g', logStreamNames: ['b-1', 'a-2'] })).toEqual(['a-2', 'b-1'])
    expect(await test.found({ logGroupName: 'g', logStreamNamePrefix: 'a' })).toEqual(['a-1', 'a-2'])
    expect(await test.found({ logGroupIdentifier: `${LOGS_ARN}:log-group:g` })).toHaveLength(3)
    await expect(
      test.found({ logGroupName: 'g', logStreamNames: ['a-1'], logStreamNamePrefix: 'a' }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'logStreamNames and logStreamNamePrefix are mutually exclusive parameters.',
    })
    await expect(test.found({ logGroupName: 'g', logStreamNames: ['none'] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
  })

  it('can begin with the newest', async () => {
    const test = testLogs()
    await test.group('g', 's', 't')
    const now = Date.now()
    await test.put('g', 's', [now, '1'], [now + 2, '3'])
    await test.put('g', 't', [now + 1, '2'])
    expect(await test.found({ logGroupName: 'g', startFromHead: false, startTime: now, limit: 2 })).toEqual([
      '3',
      '2',
      '1',
    ])
  })

  it('refuses patterns, tokens and ranges that AWS refuses', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const refused = (input: Partial<FilterLogEventsCommandInput>) =>
      expect(test.logs.send(new FilterLogEventsCommand({ logGroupName: 'g', ...input }))).rejects
    await refused({ filterPattern: '{ $.a }' }).toMatchObject({ name: 'InvalidParameterException' })
    await refused({ filterPattern: 'a:b' }).toMatchObject({
      name: 'InvalidParameterException',
      message: "Invalid character(s) in term ':'",
    })
    await refused({ nextToken: 'nonsense' }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    })
    await refused({ startTime: 2, endTime: 1 }).toMatchObject({ name: 'InvalidParameterException' })
    await refused({ limit: 10_001 }).toMatchObject({ name: 'InvalidParameterException' })
    await refused({ logGroupName: 'none' }).toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
