import { md5Hex } from '../../../durable-objects/shared/hash-md5.ts'
import { expect, test } from 'vitest'
import {
  decodeAttributes,
  encodeAttributes,
  selectAttributes,
} from '../../../durable-objects/services/sqs/message-attributes.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })

test('the MD5 of attributes is the one that AWS and its clients compute', () => {
  expect(md5Hex(encodeAttributes({ Hello: text('World') }))).toBe('7db7fb1ba7f41366a8ea5eb18220b26d')
  expect(md5Hex(encodeAttributes({ AWSTraceHeader: text('some-trace-id') }))).toBe('fdce4f2818803f2f73becc09a54792c0')
  const traceparent = 'traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01'
  const binary = { DataType: 'Binary', BinaryValue: new TextEncoder().encode(traceparent) }
  expect(md5Hex(encodeAttributes({ attr1: binary }))).toBe('8cbe4db156db8a94db8b801b7addb984')
  const number = { DataType: 'Number.bigint', StringValue: '1234567890123456789012' }
  expect(md5Hex(encodeAttributes({ UserId: number }))).toBe('797ab158d73dcb5242dedc4412c8e855')
})

test('what was encoded reads back the same, whatever its names and values', () => {
  const attributes = Object.fromEntries([
    ['__proto__', text('é\n"')],
    ['b', { DataType: 'Binary.png', BinaryValue: Uint8Array.of(0, 255) }],
  ])
  expect(Object.entries(decodeAttributes(encodeAttributes(attributes)))).toEqual(Object.entries(attributes))
})

test.each([
  [['All'], ['General', 'Hello', 'Help.Me']],
  [['.*'], ['General', 'Hello', 'Help.Me']],
  [['Hel.*'], ['Hello', 'Help.Me']],
  [['Hello', 'Missing'], ['Hello']],
  [['AWS.', '!'], []],
  [[], []],
])('%j selects %j', (names, selected) => {
  const attributes = { General: text('1'), Hello: text('2'), 'Help.Me': text('3') }
  expect(Object.keys(selectAttributes(attributes, names))).toEqual(selected)
})
