import { expect, test } from 'vitest'
import { verdictOf } from '../../../durable-objects/services/cloudwatch/alarms/verdict.ts'

const STATES: Record<string, string> = { A: 'ALARM', O: 'OK', I: 'INSUFFICIENT_DATA', '=': 'kept' }
const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'] as const

/** AWS's own tables: datapoints from old to new, X breaching, 0 not, - missing; the states by how missing ones are treated. */
test.each([
  [3, '0 - X - X', 'OOOO'],
  [3, '- - - - 0', 'OOOO'],
  [3, '- - - - -', 'I=AO'],
  [3, '0 X X - X', 'AAAA'],
  [3, '- - X - -', 'A=AO'],
  [2, '0 - X - X', 'AAAA'],
  [2, '0 0 X 0 X', 'AAAA'],
  [2, '0 - X - -', 'OOAO'],
  [2, '- - - - 0', 'OOAO'],
  [2, '- - - X -', 'A=AO'],
])('%i out of 3, %s', (toAlarm, datapoints, expected) => {
  const slots = datapoints
    .split(' ')
    .reverse()
    .map(each => (each === '-' ? undefined : each === 'X'))
  const states = MISSING.map(missing => verdictOf(slots, { periods: 3, toAlarm, missing }) ?? 'kept')
  expect(states).toEqual([...expected].map(letter => STATES[letter]))
})
