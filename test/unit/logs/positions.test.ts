import { describe, expect, it } from 'vitest'
import {
  eventIdOf,
  parseStreamToken,
  positionOf,
  streamToken,
} from '../../../durable-objects/services/logs/events/positions.ts'

describe('event ids', () => {
  it('have 56 digits and sort as timestamp and arrival do', () => {
    const ids = [
      { timestamp: 999, seq: 900 },
      { timestamp: 1000, seq: 9 },
      { timestamp: 1000, seq: 10 },
    ].map(eventIdOf)
    expect(ids.every(id => /^\d{56}$/.test(id))).toBe(true)
    expect(ids.toSorted()).toEqual(ids)
  })

  it('tell their position, and no other text does', () => {
    const position = { timestamp: 1_700_000_000_123, seq: 42 }
    expect(positionOf(eventIdOf(position))).toEqual(position)
    for (const id of ['', '1', '4'.repeat(56), `${eventIdOf(position)}0`]) expect(positionOf(id)).toBeUndefined()
  })
})

describe('tokens of a stream', () => {
  it('tell direction and position, and no other text does', () => {
    const position = { timestamp: 5, seq: 7 }
    expect(parseStreamToken(streamToken('f', position))).toEqual({ direction: 'f', position })
    expect(parseStreamToken(streamToken('b', position))).toEqual({ direction: 'b', position })
    for (const token of ['f', 'f/1/s', 'x/1/s', streamToken('f', position).slice(0, -2)]) {
      expect(parseStreamToken(token)).toBeUndefined()
    }
  })
})
