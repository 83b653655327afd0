import { expect, test } from 'vitest'
import { jsonWithBytes, parseWithBytes } from '../../../aws/json-bytes.ts'

const round = (value: unknown) => parseWithBytes(jsonWithBytes(value))

test('bytes come back as bytes, wherever they stand', () => {
  const value = { a: [Uint8Array.of(1, 2, 255)], b: { c: new Uint8Array(0) }, d: 'text' }
  expect(round(value)).toEqual(value)
})

test.each([
  { '$fakecloud-bytes': 'aGk=' },
  { '$fakecloud-bytes': { '$fakecloud-bytes': 'aGk=' }, other: 1 },
  { '$fakecloud-bytes~': 'aGk=', '$fakecloud-bytes~~': Uint8Array.of(7) },
  { text: '{"$fakecloud-bytes":"aGk="}', list: [{ '$fakecloud-bytes': 'aGk=' }] },
])('what only looks like the mark of bytes comes back as it was: %j', value => {
  expect(round(value)).toEqual(value)
})
