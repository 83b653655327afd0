import { describe, expect, it } from 'vitest'
import { accept, checkBatch } from '../../../durable-objects/services/logs/events/batch.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const at = (...timestamps: number[]) => timestamps.map(timestamp => ({ timestamp, message: 'm' }))

describe('a batch of log events', () => {
  it('counts its messages in UTF-8 and 26 bytes for each event', () => {
    expect(checkBatch([{ timestamp: 1, message: 'é' }])).toBe(28)
  })

  it('may be 1,048,576 bytes long and no byte longer', () => {
    const event = (length: number) => ({ timestamp: 1, message: 'x'.repeat(length) })
    expect(checkBatch([event(1_048_550)])).toBe(1_048_576)
    expect(() => checkBatch([event(1_048_551)])).toThrow('Log event too large: 1048577 bytes exceeds limit of 1048576')
    expect(() => checkBatch([event(1_048_550), event(1)])).toThrow(
      'Upload too large: 1048603 bytes exceeds limit of 1048576',
    )
  })

  it('must be in chronological order', () => {
    expect(() => checkBatch(at(2, 2, 3))).not.toThrow()
    expect(() => checkBatch(at(2, 1))).toThrow('must be in chronological order')
  })

  it('is taken whole when nothing in it is too old or too new', () => {
    expect(accept(at(NOW - 14 * DAY), NOW, 0)).toEqual({ start: 0, end: 1 })
    expect(accept(at(NOW + 2 * HOUR), NOW, 0)).toEqual({ start: 0, end: 1 })
  })

  it('leaves out what is too old, expired or too new, and says from where to where', () => {
    const events = at(NOW - 15 * DAY, NOW - 9 * DAY, NOW - HOUR, NOW, NOW + 3 * HOUR)
    expect(accept(events, NOW, NOW - 7 * DAY)).toEqual({
      start: 2,
      end: 4,
      rejected: { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 },
    })
  })

  it('may be left out whole', () => {
    expect(accept(at(NOW - 15 * DAY), NOW, 0)).toEqual({ start: 1, end: 1, rejected: { tooOldLogEventEndIndex: 1 } })
    expect(accept(at(NOW + DAY), NOW, 0)).toEqual({ start: 0, end: 0, rejected: { tooNewLogEventStartIndex: 0 } })
  })

  it('spans no more than 24 hours, not counting what is left out', () => {
    expect(() => accept(at(NOW - DAY, NOW), NOW, 0)).not.toThrow()
    expect(() => accept(at(NOW - 15 * DAY, NOW), NOW, 0)).not.toThrow()
    expect(() => accept(at(NOW - DAY - 1, NOW), NOW, 0)).toThrow('cannot span more than 24 hours')
  })
})
