import {
  CreateScheduledQueryCommand,
  type CreateScheduledQueryCommandInput,
  DeleteScheduledQueryCommand,
  GetQueryResultsCommand,
  GetScheduledQueryCommand,
  GetScheduledQueryHistoryCommand,
  ListScheduledQueriesCommand,
  UpdateScheduledQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { failure } from '../support/lambda.ts'
import { testLogs } from '../support/logs.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const settings = {
  queryLanguage: 'CWLI' as const,
  queryString: 'stats count(*) as n',
  logGroupIdentifiers: ['g'],
  scheduleExpression: 'cron(0 * * * ? *)',
  startTimeOffset: 7200,
  executionRoleArn: 'arn:aws:iam::123456789012:role/r',
}

async function start() {
  const test = testLogs()
  const { aws, logs } = test
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: new Date(now).toISOString() })
  await test.group('g', 's')
  const create = (more: Partial<CreateScheduledQueryCommandInput> = {}) =>
    logs.send(new CreateScheduledQueryCommand({ name: 'hourly', ...settings, ...more }))
  const history = async () => {
    const input = { identifier: 'hourly', startTime: now, endTime: now + 86_400_000 }
    return (await logs.send(new GetScheduledQueryHistoryCommand(input))).triggerHistory ?? []
  }
  const advance = (hours: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds: hours * 3600 })
  return { ...test, create, history, advance }
}

it('runs by the clock, and its history tells the query whose results can be read', async () => {
  const { logs, put, create, history, advance } = await start()
  await put('g', 's', [now, 'one'], [now + 1, 'two'])
  await create()
  expect(await history()).toEqual([])
  await advance(2)
  const runs = await history()
  expect(runs.map(({ triggeredTimestamp, executionStatus }) => [triggeredTimestamp, executionStatus])).toEqual([
    [Date.UTC(2026, 0, 2, 5), 'Complete'],
    [Date.UTC(2026, 0, 2, 4), 'Complete'],
  ])
  const { results } = await logs.send(new GetQueryResultsCommand({ queryId: runs[1]?.queryId }))
  expect(results).toEqual([[{ field: 'n', value: '2' }]])
})

it('comes back as it was put; disabled it runs no more, deleted it is gone', async () => {
  const { logs, create, history, advance } = await start()
  const { scheduledQueryArn, state } = await create({ description: 'd' })
  expect(state).toBe('ENABLED')
  const get = async (identifier: string) => {
    const { $metadata: _, ...query } = await logs.send(new GetScheduledQueryCommand({ identifier }))
    return query
  }
  const expected = { ...settings, name: 'hourly', description: 'd', state, scheduledQueryArn, creationTime: now }
  expect(await get('hourly')).toEqual({ ...expected, lastUpdatedTime: now, scheduleType: 'CUSTOMER_MANAGED' })
  expect(await get(scheduledQueryArn ?? '')).toMatchObject(expected)
  await logs.send(new UpdateScheduledQueryCommand({ identifier: 'hourly', ...settings, state: 'DISABLED' }))
  await advance(2)
  expect(await history()).toEqual([])
  const listed = async (of: 'ENABLED' | 'DISABLED') =>
    (await logs.send(new ListScheduledQueriesCommand({ state: of }))).scheduledQueries?.map(({ name }) => name)
  expect([await listed('ENABLED'), await listed('DISABLED')]).toEqual([[], ['hourly']])
  await logs.send(new DeleteScheduledQueryCommand({ identifier: 'hourly' }))
  expect(await failure(get('hourly'))).toMatchObject({ name: 'ResourceNotFoundException' })
})

it('is refused with a name that is taken, and what is no schedule, time zone or query', async () => {
  const { create } = await start()
  await create()
  expect(await failure(create())).toMatchObject({ name: 'ConflictException' })
  const refused = async (more: Partial<CreateScheduledQueryCommandInput>) => failure(create({ name: 'x', ...more }))
  expect(await refused({ scheduleExpression: 'rate(1 hour)' })).toMatchObject({ name: 'ValidationException' })
  expect(await refused({ scheduleExpression: 'cron(61 * * * ? *)' })).toMatchObject({ name: 'ValidationException' })
  expect(await refused({ timezone: 'Mars/Olympus' })).toMatchObject({ name: 'ValidationException' })
  expect(await refused({ queryString: 'stats (' })).toMatchObject({ name: 'MalformedQueryException' })
  expect(await refused({ logGroupIdentifiers: ['none'] })).toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await refused({ queryLanguage: 'SQL' })).toMatchObject({ name: 'NotImplemented', status: 501 })
})
