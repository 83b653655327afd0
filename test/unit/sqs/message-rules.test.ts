import { expect, test } from 'vitest'
import { failureOf } from '../../../durable-objects/services/sqs/batches.ts'
import {
  checkCharacters,
  checkedAttributes,
  checkedTrace,
  messageSize,
} from '../../../durable-objects/services/sqs/message-rules.ts'
import { invalidParameter, invalidReceiptHandle, invalidValue } from '../../../durable-objects/services/sqs/refusals.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })

test.each([
  [
    { a: { DataType: 'Number', StringValue: 'x' } },
    "Can't cast the value of message (user) attribute 'a' to a number.",
  ],
  [{ a: text('') }, "Message (user) attribute 'a' must contain a non-empty value of type 'String'."],
  [{ a: { DataType: 'Binary' } }, "Message (user) attribute 'a' must contain a non-empty value of type 'Binary'."],
  [{ '': text('x') }, 'The request must contain non-empty message (user) attribute names.'],
  [{ a: {} }, "The message (user) attribute 'a' must contain a non-empty message attribute value."],
  [{ a: { DataType: 'Text', StringValue: 'x' } }, "The type of message (user) attribute 'a' is invalid."],
  [{ a: { DataType: 'String', StringListValues: ['x'] } }, 'list values in SendMessage operation are not supported.'],
  [{ 'AWS.a': text('x') }, "You can't use message attribute names beginning with 'AWS.' or 'Amazon'."],
  [{ 'a..b': text('x') }, "The message attribute name 'a..b' is invalid."],
  [{ ['a'.repeat(257)]: text('x') }, 'Message (user) attribute name must be shorter than 256 bytes.'],
  [{ a: { DataType: `String.${'a'.repeat(250)}`, StringValue: 'x' } }, 'type must be shorter than 256 bytes.'],
  [{ a: text('\u0001') }, 'Invalid characters found.'],
  [
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, text('x')])),
    'Number of message attributes [11] exceeds the allowed maximum [10].',
  ],
])('attributes %j are refused: %s', (attributes, message) => {
  expect(() => checkedAttributes(attributes)).toThrow(message)
})

test('numbers of any length, custom types and dots in names are taken', () => {
  const attributes = {
    'a.b': { DataType: 'Number.money', StringValue: '-12345678901234567890.5e3' },
    c: { DataType: 'Binary.png', BinaryValue: Uint8Array.of(1) },
  }
  expect(checkedAttributes(attributes)).toEqual(attributes)
})

test('only the trace header is a system attribute of a sender', () => {
  expect(checkedTrace({ AWSTraceHeader: text('Root=1') })).toEqual(text('Root=1'))
  expect(checkedTrace({})).toBeUndefined()
  expect(() => checkedTrace({ Hello: text('x') })).toThrow("Message system attribute name 'Hello' is invalid.")
})

test('a body is text that XML can carry', () => {
  for (const fine of ['tab\t line\r\n', 'é€', '😀', '\ufffd']) expect(() => checkCharacters(fine)).not.toThrow()
  for (const wrong of ['\u0000', '\u001f', '\ufffe', '\ud800']) {
    expect(() => checkCharacters(wrong)).toThrow('Invalid characters found.')
  }
})

test('a size counts bytes of body, names, types and values', () => {
  expect(messageSize('é', { ab: { DataType: 'Binary', BinaryValue: new Uint8Array(10) } })).toBe(2 + 2 + 6 + 10)
})

test('an entry of a batch is told the bare reason and the short code', () => {
  const failed = failureOf('1', invalidValue('MessageGroupId', 'x.y', 'It is so. 1 to 128 in length'))
  expect(failed).toEqual({
    Id: '1',
    SenderFault: true,
    Code: 'InvalidParameterValue',
    Message: 'It is so. 1 to 128 in length',
  })
  const long = invalidParameter('One or more parameters are invalid. Reason: Message must be shorter than 5 bytes.')
  expect(failureOf('1', long).Message).toBe('Message must be shorter than 5 bytes')
  expect(failureOf('1', invalidReceiptHandle('x'))).toMatchObject({ Code: 'ReceiptHandleIsInvalid' })
})
