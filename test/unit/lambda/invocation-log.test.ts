import { describe, expect, it, vi } from 'vitest'
import type { Outcome } from '../../../durable-objects/shared/functions/contract.ts'
import {
  type LogEvent,
  type LogFacts,
  logBatches,
} from '../../../durable-objects/services/lambda/invocations/invocation-log.ts'
import { runLog } from '../../../durable-objects/services/lambda/invocations/run-log.ts'

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
const noLines = { timeout: false, end: outcome.end, logs: [] }

/** A log whose lines come one by one, all that was written of it, and what its end gives. */
function logOf(given: LogFacts, { logs }: Pick<Outcome, 'logs'>) {
  const written: LogEvent[][] = []
  const write = (events: LogEvent[]) => void written.push(events)
  const log = runLog({ facts: given, startedAt: span.startedAt, shiftMs: () => span.shiftMs, write })
  for (const one of logs) log.line(one)
  return { log, written }
}

/** All lines of an invocation. */
const invocationLog = (given: LogFacts, ended: Outcome) => logOf(given, ended).log.end(ended, span.endedAt).events

describe('the log of an invocation', () => {
  it('has START, the function’s lines, END and REPORT, on the namespace’s clock', () => {
    expect(invocationLog(facts, outcome)).toEqual([
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
    const messages = invocationLog(facts, timedOut).map(event => event.message)
    expect(messages[1]).toMatch(/^\S+Z r-1 Task timed out after 3\.00 seconds\n$/)
    expect(messages[3]).toBe(
      'REPORT RequestId: r-1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tStatus: timeout\t\n',
    )
  })

  it('is JSON, by level, for a function that asks for it', () => {
    const messages = invocationLog({ ...facts, systemLevel: 'INFO' }, outcome).map(event => event.message)
    expect(messages.map(message => (message.startsWith('{') ? JSON.parse(message).type : 'own'))).toEqual([
      'platform.start',
      'own',
      'platform.report',
    ])
    const quiet = invocationLog({ ...facts, systemLevel: 'WARN' }, outcome)
    expect(quiet).toHaveLength(1)
  })

  it('ends in a tail of 4 KB', () => {
    const logs = Array.from({ length: 100 }, (_, i) => ({ ...line, message: `${i} ${'x'.repeat(100)}\n` }))
    const { tail } = logOf(facts, { logs }).log.end(noLines, span.endedAt)
    expect(tail).toHaveLength(4096)
    expect(tail).toContain(`99 ${'x'.repeat(100)}\nEND RequestId`)
  })

  it('is written while the run goes on: by size, and after a while', () => {
    vi.useFakeTimers()
    try {
      const logs = Array.from({ length: 1000 }, () => ({ ...line, message: 'x'.repeat(1000) }))
      const { log, written } = logOf(facts, { logs })
      expect(written.length).toBeGreaterThan(2)
      const most = Math.max(...written.map(events => events.reduce((sum, { message }) => sum + message.length, 0)))
      expect(most).toBeLessThan(270_000)
      const before = written.length
      log.line({ ...line, message: 'a word' })
      vi.advanceTimersByTime(1000)
      expect(written.slice(before).flat().at(-1)?.message).toBe('a word\n')
      log.line({ ...line, message: 'x'.repeat(300_000) })
      log.drop()
      expect(written.at(-1)?.[0]?.message).toHaveLength(256_000)
    } finally {
      vi.useRealTimers()
    }
  })

  it('travels in batches that CloudWatch Logs takes', () => {
    const many = Array.from({ length: 25_000 }, (_, timestamp) => ({ timestamp, message: 'x' }))
    expect(logBatches(many).map(batch => batch.length)).toEqual([10_000, 10_000, 5000])
    const long = Array.from({ length: 5 }, (_, timestamp) => ({ timestamp, message: 'x'.repeat(250_000) }))
    expect(logBatches(long).map(batch => batch.length)).toEqual([1, 1, 1, 1, 1])
    expect(logBatches([])).toEqual([])
  })
})
