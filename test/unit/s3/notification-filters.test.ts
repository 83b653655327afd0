import { expect, test } from 'vitest'
import {
  eventMatches,
  keyFilterOf,
  keyMatches,
  overlap,
} from '../../../durable-objects/services/s3/notifications/notification-filters.ts'

const any = { prefix: '', suffix: '' }
const listener = (event: string, filter = any) => ({ events: [event], filter })

test('an event type means itself, with a star its family', () => {
  expect(eventMatches('s3:ObjectCreated:Put', 's3:ObjectCreated:Put')).toBe(true)
  expect(eventMatches('s3:ObjectCreated:*', 's3:ObjectCreated:Copy')).toBe(true)
  expect(eventMatches('s3:ObjectCreated:*', 's3:ObjectRemoved:Delete')).toBe(false)
  expect(eventMatches('s3:ObjectCreated:Put', 's3:ObjectCreated:Post')).toBe(false)
})

test('a key matches by both its ends', () => {
  const filter = keyFilterOf({
    Key: {
      FilterRules: [
        { Name: 'Prefix' as 'prefix', Value: 'in/' },
        { Name: 'suffix', Value: '.jpg' },
      ],
    },
  })
  expect(filter).toEqual({ prefix: 'in/', suffix: '.jpg' })
  expect(keyMatches(filter, 'in/a.jpg')).toBe(true)
  expect(keyMatches(filter, 'in/a.png')).toBe(false)
  expect(keyMatches(filter, 'out/a.jpg')).toBe(false)
  expect(keyMatches(keyFilterOf(undefined), 'anything')).toBe(true)
})

test('two configurations overlap when one key’s event would meet both', () => {
  const put = 's3:ObjectCreated:Put'
  const created = 's3:ObjectCreated:*'
  expect(overlap(listener(put), listener(created))).toBe(true)
  expect(overlap(listener(put), listener('s3:ObjectRemoved:*'))).toBe(false)
  const images = { prefix: 'images/', suffix: '' }
  expect(overlap(listener(put, images), listener(put, { prefix: 'images/new/', suffix: '' }))).toBe(true)
  expect(overlap(listener(put, images), listener(put, { prefix: 'texts/', suffix: '' }))).toBe(false)
  expect(overlap(listener(put, images), listener(put, { prefix: '', suffix: '.jpg' }))).toBe(true)
  const jpg = { prefix: '', suffix: '.jpg' }
  expect(overlap(listener(put, jpg), listener(put, { prefix: '', suffix: '.png' }))).toBe(false)
  expect(overlap(listener(put, jpg), listener(put, { prefix: '', suffix: 'a.jpg' }))).toBe(true)
})
