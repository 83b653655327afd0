import { expect, test } from 'vitest'
import { wakeTime } from '../../../durable-objects/kernel/object/wake.ts'

const idle = { due: null, retry: null, waiting: false }

test('an object in which nothing is left to do is not woken', () => {
  expect(wakeTime(idle, 10_000)).toBeNull()
})

test('it is woken for its earliest timer, and a while after a delivery should have been tried', () => {
  expect(wakeTime({ ...idle, due: 11_000, retry: 10_500 }, 10_000)).toBe(11_000)
  expect(wakeTime({ ...idle, due: 20_000, retry: 10_500 }, 10_000)).toBe(12_500)
})

test('a delivery that takes long does not wake it over and over', () => {
  expect(wakeTime({ ...idle, retry: 1000 }, 10_000)).toBe(12_000)
})

test('a timer under way is looked after, should the object be killed meanwhile', () => {
  expect(wakeTime({ ...idle, waiting: true }, 10_000)).toBe(25_000)
})
