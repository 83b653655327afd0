import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../../durable-objects/shared/functions/contract.ts'
import {
  invocationLog,
  type LogFacts,
  logBatches,
  logTail,
} from '../../../durable-objects/services/lambda/invocations/invocation-log.ts'

const facts: LogFacts = {
  requestId: 'r-1',
  traceId: '1-a-b',
  version: '$LATEST',
  memoryMb: 128,
  timeout: 3,
  traced: false,
}
const line = { time: 2000, level: 'INFO', message: '2026-01-01T00:00:00.000Z\tr-1\tINFO\thello', requestId: 'r-1' }
const outcome: Outcome = {
  logs: [line],
  payload: '1',
  timeout: false,
  end: { durationMs: 1.234, initMs: 20.5, maxMemoryMb: 60.2, cold: true, reusable: true },
}
const span = { startedAt: 1000, endedAt: 3000, shiftMs: 500 }

describe('the log of an invocation', () => {
  it('has START, the function’s lines, END and REPORT, on the namespace’s clock', () => {
    expect(invocationLog(facts, outcome, span)).toEqual([
      { timestamp: 1500, message: 'START RequestId: r-1 Version: $LATEST\n' },
      { timestamp: 2500, message: `${line.message}\n` },
      { timestamp: 3500, message: 'END RequestId: r-1\n' },
      {
        timestamp: 3500,
        message:
          'REPORT RequestId: r-1\tDuration: 1.23 ms\tBilled Duration: 22 ms\tMemory Size: 128 MB\tMax Memory Used: 61 MB\tInit Duration: 20.50 ms\t\n',
      },
    ])
  })

  it('says that a task timed out', () => {
    const timedOut: Outcome = { logs: [], timeout: true, end: { durationMs: 3000, cold: false, reusable: false } }
    const messages = invocationLog(facts, timedOut, span).map(event => event.message)
    expect(messages[1]).toMatch(/^\S+Z r-1 Task timed out after 3\.00 seconds\n$/)
    expect(messages[3]).toBe(
      'REPORT RequestId: r-1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tStatus: timeout\t\n',
    )
  })

  it('is JSON, by level, for a function that asks for it', () => {
    const messages = invocationLog({ ...facts, systemLevel: 'INFO' }, outcome, span).map(event => event.message)
    expect(messages.map(message => (message.startsWith('{') ? JSON.parse(message).type : 'own'))).toEqual([
      'platform.start',
      'own',
      'platform.report',
    ])
    const quiet = invocationLog({ ...facts, systemLevel: 'WARN' }, outcome, span)
    expect(quiet).toHaveLength(1)
  })

  it('ends in a tail of 4 KB', () => {
    const events = Array.from({ length: 100 }, (_, i) => ({ timestamp: i, message: `${i} ${'x'.repeat(100)}\n` }))
    const tail = logTail(events)
    expect(tail).toHaveLength(4096)
    expect(tail.endsWith(`99 ${'x'.repeat(100)}\n`)).toBe(true)
  })

  it('travels in batches that CloudWatch Logs takes', () => {
    const many = Array.from({ length: 25_000 }, (_, timestamp) => ({ timestamp, message: 'x' }))
    expect(logBatches(many).map(batch => batch.length)).toEqual([10_000, 10_000, 5000])
    const long = Array.from({ length: 5 }, (_, timestamp) => ({ timestamp, message: 'x'.repeat(250_000) }))
    expect(logBatches(long).map(batch => batch.length)).toEqual([1, 1, 1, 1, 1])
    expect(logBatches([])).toEqual([])
  })
})
