import { expect, test } from 'vitest'
import type { LifecycleRule } from '../../../aws/models/s3.types.ts'
import {
  abortOf,
  dueAfter,
  expirationOf,
  markerExpires,
  noncurrentExpires,
  ruleApplies,
  transitionOf,
} from '../../../durable-objects/services/s3/lifecycle/lifecycle-matching.ts'

const DAY = 86_400_000
const at = (text: string) => Date.parse(text)
const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  ID: 'r',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  ...more,
})
const object = (more: object = {}) => ({
  key: 'logs/a',
  size: 1_000_000,
  tags: [],
  modified: at('2026-01-15T10:30:00Z'),
  storageClass: 'STANDARD',
  ...more,
})

test('days end at the next midnight UTC, as in AWS’s own example', () => {
  expect(dueAfter(at('2014-01-15T10:30:00Z'), 3, 'midnight')).toBe(at('2014-01-19T00:00:00Z'))
  expect(dueAfter(at('2014-01-15T00:00:00Z'), 3, 'midnight')).toBe(at('2014-01-18T00:00:00Z'))
  expect(dueAfter(at('2014-01-15T10:30:00Z'), 3, 'none')).toBe(at('2014-01-18T10:30:00Z'))
})

test('a filter’s conditions hold together; sizes are exclusive', () => {
  const filtered = rule({
    Filter: {
      And: { Prefix: 'logs/', Tags: [{ Key: 'a', Value: '1' }], ObjectSizeGreaterThan: 10, ObjectSizeLessThan: 20 },
    },
  })
  const tags = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]
  expect(ruleApplies(filtered, { key: 'logs/x', size: 15, tags })).toBe(true)
  expect(ruleApplies(filtered, { key: 'logs/x', size: 10, tags })).toBe(false)
  expect(ruleApplies(filtered, { key: 'logs/x', size: 20, tags })).toBe(false)
  expect(ruleApplies(filtered, { key: 'data/x', size: 15, tags })).toBe(false)
  expect(ruleApplies(filtered, { key: 'logs/x', size: 15, tags: [{ Key: 'a', Value: '2' }] })).toBe(false)
  expect(ruleApplies(rule({ Filter: {} }), { key: 'x', size: 0, tags: [] })).toBe(true)
})

test('the earliest expiration counts', () => {
  const rules = [
    rule({ ID: 'late', Expiration: { Days: 30 } }),
    rule({ ID: 'soon', Expiration: { Days: 3 } }),
    rule({ ID: 'other', Filter: { Prefix: 'data/' }, Expiration: { Days: 1 } }),
    rule({ ID: 'dated', Expiration: { Date: new Date('2026-02-01T00:00:00Z') } }),
  ]
  expect(expirationOf(rules, object(), 'midnight')).toEqual({ at: at('2026-01-19T00:00:00Z'), ruleId: 'soon' })
  expect(expirationOf([], object(), 'midnight')).toBeUndefined()
})

test('objects go down the classes, never up', () => {
  const rules = [
    rule({
      Transitions: [
        { Days: 30, StorageClass: 'STANDARD_IA' },
        { Days: 60, StorageClass: 'GLACIER' },
      ],
    }),
  ]
  const after = (days: number, more: object = {}) => {
    const now = at('2026-01-16T00:00:00Z') + days * DAY
    return transitionOf(rules, object(more), { now, rounding: 'midnight', minimum: 'all_storage_classes_128K' })
  }
  expect(after(29)).toBeUndefined()
  expect(after(30)).toBe('STANDARD_IA')
  expect(after(60)).toBe('GLACIER')
  expect(after(30, { storageClass: 'GLACIER' })).toBeUndefined()
  expect(after(60, { storageClass: 'DEEP_ARCHIVE' })).toBeUndefined()
  expect(after(60, { size: 1000 })).toBeUndefined()
})

test('small objects may be archived where sizes vary by class', () => {
  const rules = [rule({ Transitions: [{ Days: 0, StorageClass: 'GLACIER' }] })]
  const small = object({ size: 1000 })
  const question = { now: at('2026-03-01T00:00:00Z'), rounding: 'midnight' as const }
  expect(transitionOf(rules, small, { ...question, minimum: 'varies_by_storage_class' })).toBe('GLACIER')
  expect(transitionOf(rules, small, { ...question, minimum: 'all_storage_classes_128K' })).toBeUndefined()
})

test('noncurrent versions go by when they became so, the newest kept', () => {
  const rules = [rule({ NoncurrentVersionExpiration: { NoncurrentDays: 10, NewerNoncurrentVersions: 2 } })]
  const expires = (days: number, newer: number) => {
    const since = at('2026-01-01T00:00:00Z')
    const question = {
      now: since + days * DAY,
      rounding: 'midnight' as const,
      minimum: '',
      noncurrent: { since, newer },
    }
    return noncurrentExpires(rules, object(), question)
  }
  expect(expires(10, 2)).toBe(true)
  expect(expires(9, 2)).toBe(false)
  expect(expires(10, 1)).toBe(false)
})

test('lone delete markers and abandoned uploads have their day', () => {
  const now = { now: at('2026-02-01T00:00:00Z'), rounding: 'midnight' as const }
  const marker = { key: 'a', modified: at('2026-01-31T12:00:00Z') }
  expect(markerExpires([rule({ Expiration: { ExpiredObjectDeleteMarker: true } })], marker, now)).toBe(true)
  expect(markerExpires([rule({ Expiration: { Days: 1 } })], marker, now)).toBe(false)
  const rules = [rule({ ID: 'abort', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } })]
  expect(abortOf(rules, { key: 'a', initiated: at('2026-01-01T01:00:00Z') }, 'midnight')).toEqual({
    at: at('2026-01-09T00:00:00Z'),
    ruleId: 'abort',
  })
})
