import { describe, expect, test } from 'vitest'
import { InvalidSchedule, nextTime, readSchedule } from '../../../durable-objects/shared/cron.ts'

/** The next times of an expression after a time, as ISO 8601 without what is always zero. */
function times(expression: string, after: string, { count = 3, timeZone = 'UTC' } = {}): string[] {
  const schedule = readSchedule(expression)
  const found: string[] = []
  let at = Date.parse(after)
  const start = at
  for (let i = 0; i < count; i++) {
    const next = nextTime(schedule, { after: at, start, timeZone })
    if (next === undefined) break
    found.push(new Date(next).toISOString().replace(':00.000Z', 'Z'))
    at = next
  }
  return found
}

describe('cron', () => {
  test('runs at the minutes, hours and days it names', () => {
    expect(times('cron(0 10 * * ? *)', '2026-11-25T09:59:00Z')).toEqual([
      '2026-11-25T10:00Z',
      '2026-11-26T10:00Z',
      '2026-11-27T10:00Z',
    ])
    expect(times('cron(0/15 8-9 ? * MON-FRI *)', '2026-11-27T09:20:00Z')).toEqual([
      '2026-11-27T09:30Z',
      '2026-11-27T09:45Z',
      '2026-11-30T08:00Z',
    ])
    expect(times('cron(5,35 14 1 1/6 ? 2027)', '2026-01-01T00:00:00Z', { count: 9 })).toEqual([
      '2027-01-01T14:05Z',
      '2027-01-01T14:35Z',
      '2027-07-01T14:05Z',
      '2027-07-01T14:35Z',
    ])
  })

  test('knows last days, nearest weekdays and the nth of a weekday', () => {
    expect(times('cron(0 0 L * ? *)', '2027-12-31T12:00:00Z')).toEqual([
      '2028-01-31T00:00Z',
      '2028-02-29T00:00Z',
      '2028-03-31T00:00Z',
    ])
    expect(times('cron(0 0 ? * 6L *)', '2026-11-01T00:00:00Z', { count: 2 })).toEqual([
      '2026-11-27T00:00Z',
      '2026-12-25T00:00Z',
    ])
    expect(times('cron(0 0 ? * TUE#2 *)', '2026-11-01T00:00:00Z', { count: 2 })).toEqual([
      '2026-11-10T00:00Z',
      '2026-12-08T00:00Z',
    ])
    // 1 August 2026 is a Saturday, 15 November 2026 a Sunday, 31 January 2027 a Sunday.
    expect(times('cron(0 0 1W 8 ? *)', '2026-07-01T00:00:00Z', { count: 1 })).toEqual(['2026-08-03T00:00Z'])
    expect(times('cron(0 0 15W 11 ? *)', '2026-11-01T00:00:00Z', { count: 1 })).toEqual(['2026-11-16T00:00Z'])
    expect(times('cron(0 0 LW 1 ? *)', '2027-01-01T00:00:00Z', { count: 1 })).toEqual(['2027-01-29T00:00Z'])
    expect(times('cron(0 0 31 * ? *)', '2026-11-01T00:00:00Z', { count: 2 })).toEqual([
      '2026-12-31T00:00Z',
      '2027-01-31T00:00Z',
    ])
  })

  test('goes by the wall clock: a skipped time does not come, a repeated one comes once', () => {
    const timeZone = 'America/New_York'
    // 8 March 2026 has no 02:30; 1 November 2026 has 01:30 twice.
    expect(times('cron(30 2 * * ? *)', '2026-03-07T00:00:00Z', { timeZone })).toEqual([
      '2026-03-07T07:30Z',
      '2026-03-09T06:30Z',
      '2026-03-10T06:30Z',
    ])
    expect(times('cron(30 1 * * ? *)', '2026-10-31T12:00:00Z', { timeZone })).toEqual([
      '2026-11-01T05:30Z',
      '2026-11-02T06:30Z',
      '2026-11-03T06:30Z',
    ])
    expect(times('cron(0 9 * * ? *)', '2026-11-25T00:00:00Z', { timeZone: 'Asia/Kolkata', count: 1 })).toEqual([
      '2026-11-25T03:30Z',
    ])
  })

  test('is never due again when its years are over', () => {
    expect(times('cron(0 0 1 1 ? 2020)', '2026-01-01T00:00:00Z')).toEqual([])
    expect(times('cron(0 0 30 2 ? *)', '2026-01-01T00:00:00Z')).toEqual([])
  })
})

test('a rate counts from its start', () => {
  expect(times('rate(5 minutes)', '2026-11-25T10:02:30Z', { count: 2 })).toEqual([
    '2026-11-25T10:07:30.000Z',
    '2026-11-25T10:12:30.000Z',
  ])
  expect(times('rate(1 day)', '2026-11-25T10:00:00Z', { count: 1 })).toEqual(['2026-11-26T10:00Z'])
})

test('a one-time schedule is due once, on the wall clock', () => {
  expect(times('at(2026-12-24T18:00:00)', '2026-11-25T00:00:00Z')).toEqual(['2026-12-24T18:00Z'])
  expect(times('at(2026-12-24T18:00:00)', '2026-11-25T00:00:00Z', { timeZone: 'Europe/Vienna' })).toEqual([
    '2026-12-24T17:00Z',
  ])
  expect(times('at(2026-12-24T18:00:00)', '2026-12-25T00:00:00Z')).toEqual([])
})

test.each([
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(5 seconds)',
  'cron(0 10 * * * *)',
  'cron(0 10 ? * ? *)',
  'cron(60 10 * * ? *)',
  'cron(0 10 * * ?)',
  'cron(0 10 32 * ? *)',
  'cron(0/0 10 1 * ? *)',
  'cron(5-1 10 1 * ? *)',
  'cron(0 10 ? * FOO *)',
  'at(2026-02-30T00:00:00)',
  'at(tomorrow)',
  'every day',
  '',
])('%s is no schedule', expression => {
  expect(() => readSchedule(expression)).toThrow(InvalidSchedule)
})
