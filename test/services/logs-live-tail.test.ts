import {
  DeleteLogGroupCommand,
  StartLiveTailCommand,
  type StartLiveTailCommandInput,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/clients.ts'
import { LOGS_ARN, type TestLogs, testLogs } from '../support/logs.ts'

/** Starts a session; `next` reads on to the next event that is no empty update. */
async function tail({ logs }: TestLogs, input: Partial<StartLiveTailCommandInput> = {}) {
  const abort = new AbortController()
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [`${LOGS_ARN}:log-group:g`], ...input })
  const { responseStream } = await logs.send(command, { abortSignal: abort.signal })
  const events = (responseStream as AsyncIterable<StartLiveTailResponseStream>)[Symbol.asyncIterator]()
  const next = async () => {
    for (;;) {
      const { value, done } = await events.next()
      if (done) return undefined
      if (value.sessionUpdate?.sessionResults?.length !== 0) return value
    }
  }
  const messages = async () => (await next())?.sessionUpdate?.sessionResults?.map(({ message }) => message)
  return { next, messages, events, close: () => abort.abort() }
}

describe('a live tail session', () => {
  it('begins by saying what it watches, then shows events as they are written', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const session = await tail(test, { logEventFilterPattern: 'ERROR' })
    expect(await session.next()).toEqual({
      sessionStart: {
        requestId: expect.any(String),
        sessionId: expect.any(String),
        logGroupIdentifiers: [`${LOGS_ARN}:log-group:g`],
        logStreamNames: [],
        logStreamNamePrefixes: [],
        logEventFilterPattern: 'ERROR',
      },
    })
    const now = Date.now()
    await test.put('g', 's', [now, 'INFO 1'], [now + 1, 'ERROR 2'])
    expect(await session.next()).toEqual({
      sessionUpdate: {
        sessionMetadata: { sampled: false },
        sessionResults: [
          {
            logStreamName: 's',
            logGroupIdentifier: '123456789012:g',
            message: 'ERROR 2',
            timestamp: now + 1,
            ingestionTime: expect.any(Number),
          },
        ],
      },
    })
    await test.put('g', 's', [now, 'INFO 3'])
    await test.put('g', 's', [now, 'ERROR 4'])
    expect(await session.messages()).toEqual(['ERROR 4'])
    session.close()
  })

  it('watches several groups, and in one group only the streams that were asked for', async () => {
    const test = testLogs()
    await test.group('g', 'web-1', 'job-1', 'web-2')
    await test.group('other', 'job-1')
    const both = await tail(test, { logGroupIdentifiers: ['g', 'other'].map(name => `${LOGS_ARN}:log-group:${name}`) })
    const named = await tail(test, { logStreamNames: ['web-2'] })
    const prefixed = await tail(test, { logStreamNamePrefixes: ['web'] })
    for (const session of [both, named, prefixed]) await session.next()
    const now = Date.now()
    await test.put('other', 'job-1', [now, 'a'])
    await test.put('g', 'job-1', [now, 'b'])
    await test.put('g', 'web-1', [now, 'c'])
    await test.put('g', 'web-2', [now, 'd'])
    expect([await both.messages(), await both.messages(), await both.messages()]).toEqual([['a'], ['b'], ['c']])
    expect(await named.messages()).toEqual(['d'])
    expect([await prefixed.messages(), await prefixed.messages()]).toEqual([['c'], ['d']])
    for (const session of [both, named, prefixed]) session.close()
  })

  it('tells a quiet second by an empty update', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const session = await tail(test)
    await session.next()
    const { value } = await session.events.next()
    expect(value).toEqual({ sessionUpdate: { sessionMetadata: { sampled: false }, sessionResults: [] } })
    session.close()
  })

  it('samples what comes too fast', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const session = await tail(test)
    await session.next()
    const now = Date.now()
    await test.put('g', 's', ...Array.from({ length: 600 }, (_, i): [number, string] => [now, `${i}`]))
    const update = (await session.next())?.sessionUpdate
    expect(update?.sessionMetadata).toEqual({ sampled: true })
    expect(update?.sessionResults).toHaveLength(500)
    session.close()
  })

  it('ends when its client goes: as many sessions as AWS allows can be started again and again', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const sessions = await Promise.all(Array.from({ length: 15 }, () => tail(test)))
    await expect(tail(test)).rejects.toMatchObject({ name: 'LimitExceededException' })
    for (const session of sessions) session.close()
    const again = await eventually(() => tail(test))
    again.close()
  })

  it('times out after three hours of the clock', async () => {
    const test = testLogs()
    await test.group('g', 's')
    const session = await tail(test)
    await session.next()
    await test.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3 * 3600 })
    await expect(session.next()).rejects.toMatchObject({ name: 'SessionTimeoutException' })
  })

  it('is refused with what AWS refuses', async () => {
    const test = testLogs()
    await test.group('g', 's')
    await test.group('h')
    const both = ['g', 'h'].map(name => `${LOGS_ARN}:log-group:${name}`)
    await expect(tail(test, { logGroupIdentifiers: ['g'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(tail(test, { logGroupIdentifiers: [`${LOGS_ARN}:log-group:none`] })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
    await expect(tail(test, { logGroupIdentifiers: both, logStreamNames: ['s'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(tail(test, { logStreamNames: ['s'], logStreamNamePrefixes: ['s'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(tail(test, { logEventFilterPattern: '{ $.a = }' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await test.logs.send(new DeleteLogGroupCommand({ logGroupName: 'h' }))
  })
})
