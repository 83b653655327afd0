import type { MessageAttributeValue } from '../../../aws/models/sns.types.ts'
import { invalidParameter, invalidValue } from './refusals.ts'

export type MessageAttributes = Record<string, MessageAttributeValue>

/** What is published, checked. */
export type Message = {
  /** By protocol; `default` for whoever has none of its own. */
  bodies: Record<string, string>
  subject: string | undefined
  attributes: MessageAttributes
  /** In bytes, attributes included. */
  size: number
  groupId: string | undefined
  deduplicationId: string | undefined
}

/** What Publish and an entry of PublishBatch have in common. */
export type Stated = {
  Message: string
  Subject?: string | undefined
  MessageStructure?: string | undefined
  MessageAttributes?: MessageAttributes | undefined
  MessageDeduplicationId?: string | undefined
  MessageGroupId?: string | undefined
}

const MOST_BYTES = 262_144
const encoder = new TextEncoder()

/** Bytes of a message as its limit counts them: body, and names, types and values of its attributes. */
export function sizeOf({ Message, MessageAttributes = {} }: Stated): number {
  const attributes = Object.entries(MessageAttributes).map(
    ([name, { DataType, StringValue = '', BinaryValue }]) =>
      encoder.encode(name + DataType + StringValue).length + (BinaryValue?.length ?? 0),
  )
  return attributes.reduce((sum, size) => sum + size, encoder.encode(Message).length)
}

/** @throws AwsError as Publish refuses, in its order */
export function readMessage(stated: Stated): Message {
  const { Message, Subject, MessageStructure, MessageAttributes: attributes = {} } = stated
  if (Message === '') throw invalidParameter('Empty message')
  const size = sizeOf(stated)
  if (size > MOST_BYTES) throw invalidParameter('Message too long')
  if (Subject !== undefined) checkSubject(Subject)
  if (MessageStructure !== undefined && MessageStructure !== 'json') throw invalidParameter('MessageStructure')
  for (const [name, value] of Object.entries(attributes)) checkAttribute(name, value)
  return {
    bodies: MessageStructure === 'json' ? bodiesOf(Message) : { default: Message },
    subject: Subject,
    attributes,
    size,
    groupId: stated.MessageGroupId,
    deduplicationId: stated.MessageDeduplicationId,
  }
}

/** 100 characters at most, none of them for control, the first no space. */
function checkSubject(subject: string): void {
  const fits = subject.length > 0 && subject.length <= 100 && !/^\s/.test(subject)
  if (!fits || /\p{Cc}/u.test(subject)) throw invalidParameter('Subject')
}

function bodiesOf(text: string): Record<string, string> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    // Refused below.
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  const bodies = Object.fromEntries(Object.entries(document).filter(([, value]) => typeof value === 'string'))
  if (!Object.hasOwn(bodies, 'default')) {
    throw invalidParameter('Message Structure - No default entry in JSON message body')
  }
  return bodies
}

/** What a protocol's subscribers get. */
export function bodyFor({ bodies }: Message, protocol: string): string {
  return (Object.hasOwn(bodies, protocol) ? bodies[protocol] : bodies.default) ?? ''
}

function checkAttribute(
  name: string,
  { DataType: type, StringValue: text, BinaryValue: bytes }: MessageAttributes[string],
): void {
  checkAttributeName(name)
  const named = `The message attribute '${name}'`
  if (!type) throw invalidValue(`${named} must contain non-empty message attribute type.`)
  const [kind = ''] = type.split('.')
  if (!['String', 'Number', 'Binary'].includes(kind)) {
    throw invalidValue(
      `${named} has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    )
  }
  const binary = kind === 'Binary'
  if (binary ? bytes === undefined && text !== undefined : text === undefined && bytes !== undefined) {
    throw invalidValue(`${named} with type '${type}' must use field '${binary ? 'Binary' : 'String'}'.`)
  }
  if (binary ? !bytes?.length : !text) {
    throw invalidValue(`${named} must contain non-empty message attribute value for message attribute type '${type}'.`)
  }
  if (kind === 'Number' && (text?.trim() === '' || !Number.isFinite(Number(text)))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`)
  }
}

function checkAttributeName(name: string): void {
  if (name === '') throw invalidValue('Message attribute name can not be empty.')
  if (encoder.encode(name).length > 256)
    throw invalidValue('Length of message attribute name must be less than 256 bytes.')
  const stranger = /[^A-Za-z0-9_.-]/u.exec(name)?.[0]
  if (stranger !== undefined) {
    const code = stranger.codePointAt(0)?.toString(16).toUpperCase()
    throw invalidValue(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    )
  }
  if (name.startsWith('.')) throw invalidValue("Invalid message attribute name starting with character '.' was found.")
  if (name.endsWith('.')) throw invalidValue("Invalid message attribute name ending with character '.' was found.")
  if (name.includes('..')) throw invalidValue("Message attribute name can not have successive '.' character.")
  if (/^(?:aws|amazon)\./i.test(name)) {
    throw invalidValue(`Message attribute name can not start with 'AWS.' or 'Amazon.': ${name}`)
  }
}
