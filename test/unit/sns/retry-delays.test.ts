import { expect, test } from 'vitest'
import { retryDelay, type RetryPolicy } from '../../../durable-objects/services/sns/retry-delays.ts'

const policy = (settings: Partial<RetryPolicy> = {}): RetryPolicy => ({
  minDelayTarget: 10,
  maxDelayTarget: 50,
  numRetries: 5,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
  ...settings,
})

const seconds = (settings: Partial<RetryPolicy>) => {
  const whole = policy(settings)
  return Array.from({ length: whole.numRetries }, (_, i) => (retryDelay(whole, i + 1) ?? Number.NaN) / 1000)
}

test('a backoff goes from the least delay to the greatest', () => {
  expect(seconds({})).toEqual([10, 20, 30, 40, 50])
  for (const backoffFunction of ['linear', 'arithmetic', 'geometric', 'exponential'] as const) {
    const delays = seconds({ backoffFunction })
    expect(delays[0]).toBe(10)
    expect(delays.at(-1)).toBe(50)
    expect(delays).toEqual(delays.toSorted((a, b) => a - b))
  }
})

test('the four phases follow each other', () => {
  const phases = { numRetries: 8, numNoDelayRetries: 2, numMinDelayRetries: 1, numMaxDelayRetries: 2 }
  expect(seconds(phases)).toEqual([0, 0, 10, 10, 30, 50, 50, 50])
})

test('there is no retry beyond the last', () => {
  expect(retryDelay(policy(), 6)).toBeUndefined()
  expect(retryDelay(policy({ numRetries: 0 }), 1)).toBeUndefined()
})
