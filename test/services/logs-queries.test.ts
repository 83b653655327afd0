import {
  type CloudWatchLogsClient,
  DescribeQueriesCommand,
  GetLogGroupFieldsCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  StartQueryCommand,
  type StartQueryCommandInput,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/clients.ts'
import { LOGS_ARN, type Line, type TestLogs, testLogs } from '../support/logs.ts'

type Rows = Record<string, string | undefined>[]

const rowsOf = ({ results = [] }: GetQueryResultsCommandOutput): Rows =>
  results.map(row => Object.fromEntries(row.map(({ field, value }) => [field, value])))

async function start({ logs }: TestLogs, queryString: string, input: Partial<StartQueryCommandInput> = {}) {
  const seconds = Math.floor(Date.now() / 1000)
  const asked = { logGroupName: 'g', startTime: seconds - 3600, endTime: seconds + 3600, queryString, ...input }
  return (await logs.send(new StartQueryCommand(asked))).queryId ?? ''
}

async function complete(logs: CloudWatchLogsClient, queryId: string) {
  return eventually(async () => {
    const answer = await logs.send(new GetQueryResultsCommand({ queryId }))
    expect(answer.status).toBe('Complete')
    return answer
  })
}

const query = async (test: TestLogs, queryString: string, input: Partial<StartQueryCommandInput> = {}) =>
  complete(test.logs, await start(test, queryString, input))

const request = (at: number, status: number, path: string): Line => [at, JSON.stringify({ status, path })]

describe('a query', () => {
  it('answers with rows, their pointers and its statistics', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', request(now - 2, 200, '/a'), request(now - 1, 500, '/b'), request(now, 500, '/c'))
    const answer = await query(test, 'fields @timestamp, path | filter status = 500 | sort @timestamp asc')
    const at = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, -1)
    expect(rowsOf(answer)).toEqual([
      { '@timestamp': at(now - 1), path: '/b', '@ptr': expect.any(String) },
      { '@timestamp': at(now), path: '/c', '@ptr': expect.any(String) },
    ])
    expect(answer.statistics).toMatchObject({
      recordsMatched: 2,
      recordsScanned: 3,
      logGroupsScanned: 1,
      resultCount: 2,
    })
    const pointer = rowsOf(answer)[0]?.['@ptr']
    const { logRecord } = await test.logs.send(new GetLogRecordCommand({ logRecordPointer: pointer }))
    expect(logRecord).toMatchObject({ path: '/b', status: '500' })
  })

  it('goes over several groups, by name or ARN, within its time', async () => {
    const test = testLogs()
    await test.group('g', 's')
    await test.group('h', 's')
    const now = Date.now()
    await test.put('g', 's', [now - 600_000, 'old'], [now, 'g'])
    await test.put('h', 's', [now - 1, 'h'])
    const seconds = Math.floor(now / 1000)
    const times = { startTime: seconds - 60, endTime: seconds + 1, logGroupName: undefined }
    const named = await query(test, 'fields @message, @log', { ...times, logGroupNames: ['g', 'h'] } as object)
    expect(rowsOf(named)).toMatchObject([
      { '@message': 'g', '@log': '123456789012:g' },
      { '@message': 'h', '@log': '123456789012:h' },
    ])
    const identified = { ...times, logGroupIdentifiers: [`${LOGS_ARN}:log-group:h`, 'g'] } as object
    expect(rowsOf(await query(test, 'stats count(*) as n', identified))).toEqual([{ n: '2' }])
  })

  it('of many events goes on in the background and counts them all', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    for (let batch = 0; batch < 3; batch++) {
      await test.put(
        'g',
        's',
        ...Array.from({ length: 10_000 }, (_, i) => request(now + i, i % 10 === 0 ? 500 : 200, '/')),
      )
    }
    const { statistics, ...answer } = await query(test, 'filter status = 500 | stats count(*) as errors by path')
    expect(rowsOf(answer as GetQueryResultsCommandOutput)).toEqual([{ path: '/', errors: '3000' }])
    expect(statistics).toMatchObject({ recordsMatched: 3000, recordsScanned: 30_000 })
  })

  it('whose expression has many ways to match goes on in the background too, and keeps nobody waiting', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    const lines = Array.from({ length: 20 }, (_, n): Line => [now + n, 'a'.repeat(10_000)])
    await test.put('g', 's', ...lines)
    const queryId = await start(test, 'filter @message like /(.*a){25}b/')
    const { status } = await test.logs.send(new GetQueryResultsCommand({ queryId }))
    expect(status).toBe('Running')
    const { results, statistics } = await complete(test.logs, queryId)
    expect([results, statistics?.recordsScanned]).toEqual([[], 20])
  })

  it('gives its results in pages, long messages too', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    const long = `${'é\u{1f600}"'.repeat(90_000)}`
    await test.put('g', 's', [now, 'a'], [now + 1, long], [now + 2, 'c'])
    const queryId = await start(test, 'fields @message | sort @timestamp asc')
    await complete(test.logs, queryId)
    const messages: (string | undefined)[] = []
    let nextToken: string | undefined
    do {
      const page: GetQueryResultsCommandOutput = await test.logs.send(
        new GetQueryResultsCommand({ queryId, maxItems: 1, ...(nextToken ? { nextToken } : {}) }),
      )
      messages.push(...rowsOf(page).map(row => row['@message']))
      nextToken = page.nextToken
    } while (nextToken)
    expect(messages).toEqual(['a', long, 'c'])
  })

  it('is listed, newest first, and cannot be stopped once it has ended', async () => {
    const test = testLogs()
    await test.group('g')
    await test.group('h')
    const first = await start(test, 'limit 1')
    const second = await start(test, 'limit 2', { logGroupName: 'h' })
    const { queries } = await test.logs.send(new DescribeQueriesCommand({}))
    expect(queries).toMatchObject([
      { queryId: second, queryString: 'limit 2', status: 'Complete', logGroupName: 'h' },
      { queryId: first, queryString: 'limit 1', status: 'Complete', logGroupName: 'g' },
    ])
    const ofGroup = await test.logs.send(new DescribeQueriesCommand({ logGroupName: 'h', status: 'Complete' }))
    expect(ofGroup.queries).toHaveLength(1)
    const page = await test.logs.send(new DescribeQueriesCommand({ maxResults: 1 }))
    const rest = await test.logs.send(new DescribeQueriesCommand({ maxResults: 1, nextToken: page.nextToken }))
    expect(rest.queries?.[0]?.queryId).toBe(first)
    await expect(test.logs.send(new StopQueryCommand({ queryId: first }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(test.logs.send(new GetQueryResultsCommand({ queryId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('is forgotten after seven days', async () => {
    const test = testLogs()
    await test.group('g')
    const queryId = await start(test, 'limit 1')
    await test.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 7 * 86_400 })
    await expect(test.logs.send(new GetQueryResultsCommand({ queryId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('is refused when it cannot be read, with the place, and when its groups or its time are none', async () => {
    const test = testLogs()
    await test.group('g')
    await expect(start(test, 'fields @message | count()')).rejects.toMatchObject({
      name: 'MalformedQueryException',
      message: 'unexpected symbol found count at line 1 and position 18',
      queryCompileError: { location: { startCharOffset: 18, endCharOffset: 23 } },
    })
    await expect(start(test, 'pattern @message')).rejects.toMatchObject({ name: 'NotImplemented' })
    await expect(start(test, 'limit 1', { logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
    await expect(start(test, 'limit 1', { logGroupNames: ['g'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(start(test, 'limit 1', { startTime: 2, endTime: 1 })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    expect((await test.logs.send(new DescribeQueriesCommand({}))).queries).toEqual([])
  })
})

describe('the fields of a log group', () => {
  it('are those of its recent events, with how many have them', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const now = Date.now()
    await test.put('g', 's', [now - 20 * 60_000, '{"old":1}'], [now - 1000, 'text'], request(now - 999, 200, '/'))
    const { logGroupFields } = await test.logs.send(new GetLogGroupFieldsCommand({ logGroupName: 'g' }))
    expect(logGroupFields).toEqual([
      ...['@ingestionTime', '@log', '@logStream', '@message', '@timestamp'].map(name => ({ name, percent: 100 })),
      { name: 'path', percent: 50 },
      { name: 'status', percent: 50 },
    ])
  })
})
