import { AwsError } from '../../../aws/errors.ts'
import type { MessageAttribute } from './message-attributes.ts'
import { invalidParameter } from './refusals.ts'

/** What a client may give as an attribute, before it is checked. */
export type GivenAttribute = {
  DataType?: string | undefined
  StringValue?: string | undefined
  BinaryValue?: Uint8Array | string | ReadableStream | undefined
  StringListValues?: readonly string[] | undefined
  BinaryListValues?: readonly unknown[] | undefined
}

const encoder = new TextEncoder()
/** Length in UTF-8. */
const bytes = (text: string) => encoder.encode(text).length

const INVALID_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** https://www.w3.org/TR/REC-xml/#charsets */
export function checkCharacters(text: string): void {
  if (!INVALID_CHARACTER.test(text)) return
  const allowed = '#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'
  throw new AwsError('InvalidMessageContents', `Invalid characters found. Valid unicode characters are ${allowed}`)
}

const MAX_ATTRIBUTES = 10
const MAX_NAME_BYTES = 256

/**
 * Checks the attributes that a sender gives.
 * @throws AwsError InvalidParameterValueException, InvalidMessageContents
 */
export function checkedAttributes(given: Record<string, GivenAttribute>): Record<string, MessageAttribute> {
  const entries = Object.entries(given)
  if (entries.length > MAX_ATTRIBUTES) {
    const message = `Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`
    throw invalidParameter(message)
  }
  return Object.fromEntries(entries.map(([name, attribute]) => [name, checkedAttribute(name, attribute)]))
}

function checkedAttribute(name: string, given: GivenAttribute): MessageAttribute {
  checkName(name)
  const { DataType = '', StringListValues, BinaryListValues } = given
  if (StringListValues?.length || BinaryListValues?.length) {
    throw invalidParameter('Message attribute list values in SendMessage operation are not supported.')
  }
  if (DataType === '') {
    throw invalidParameter(`The message (user) attribute '${name}' must contain a non-empty message attribute value.`)
  }
  const prefix = DataType.split('.', 1)[0] ?? ''
  if (!['String', 'Number', 'Binary'].includes(prefix)) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    )
  }
  if (bytes(DataType) > MAX_NAME_BYTES) {
    throw invalidParameter(`Message (user) attribute type must be shorter than ${MAX_NAME_BYTES} bytes.`)
  }
  return { DataType, ...checkedValue(name, prefix, given) }
}

function checkName(name: string): void {
  if (name === '') throw invalidParameter('The request must contain non-empty message (user) attribute names.')
  if (bytes(name) > MAX_NAME_BYTES) {
    throw invalidParameter(`Message (user) attribute name must be shorter than ${MAX_NAME_BYTES} bytes.`)
  }
  if (/^(?:aws\.|amazon)/i.test(name)) {
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. These strings are reserved for internal use.",
    )
  }
  if (/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(name)) return
  throw invalidParameter(
    `The message attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters.`,
  )
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function checkedValue(name: string, prefix: string, given: GivenAttribute): Omit<MessageAttribute, 'DataType'> {
  const empty = () => {
    const type = prefix === 'Number' ? 'String' : prefix
    return invalidParameter(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`)
  }
  if (prefix === 'Binary') {
    const { BinaryValue } = given
    if (!(BinaryValue instanceof Uint8Array) || BinaryValue.length === 0) throw empty()
    return { BinaryValue }
  }
  const { StringValue } = given
  if (!StringValue) throw empty()
  checkCharacters(StringValue)
  if (prefix === 'Number' && !NUMBER.test(StringValue)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  }
  return { StringValue }
}

/** The one system attribute that a sender may give: X-Ray's header. */
export function checkedTrace(given: Record<string, GivenAttribute>): MessageAttribute | undefined {
  for (const [name, { DataType, StringValue }] of Object.entries(given)) {
    if (name !== 'AWSTraceHeader') throw invalidParameter(`Message system attribute name '${name}' is invalid.`)
    if (DataType !== 'String') {
      throw invalidParameter(
        `The type of message system attribute '${name}' is invalid. You must use only the String type.`,
      )
    }
    if (!StringValue) {
      throw invalidParameter(`Message (system) attribute '${name}' must contain a non-empty value of type 'String'.`)
    }
    checkCharacters(StringValue)
    return { DataType, StringValue }
  }
  return undefined
}

/** A message's size as AWS counts it: body, and the names, types and values of its attributes. */
export function messageSize(body: string, attributes: Record<string, GivenAttribute>): number {
  let size = bytes(body)
  for (const [name, { DataType = '', StringValue = '', BinaryValue }] of Object.entries(attributes)) {
    const value = BinaryValue instanceof Uint8Array ? BinaryValue.length : bytes(StringValue)
    size += bytes(name) + bytes(DataType) + value
  }
  return size
}

/** Whether a message is longer than so many bytes; most are so short that they need not be encoded to tell. */
export function isLonger(body: string, attributes: Record<string, GivenAttribute>, most: number): boolean {
  const short = body.length * 3 <= most && Object.keys(attributes).length === 0
  return !short && messageSize(body, attributes) > most
}

const TOKEN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/

/** Whether a text can be a message group's, a deduplication or a receive attempt's id. */
export const isToken = (text: string) => TOKEN.test(text)
