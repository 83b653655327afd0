/** A message attribute as its sender gives it and its receiver gets it. */
export type MessageAttribute = {
  DataType: string
  StringValue?: string
  BinaryValue?: Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const isBinary = (type: string) => type === 'Binary' || type.startsWith('Binary.')

/**
 * The form over which AWS defines the MD5 of message attributes: sorted by name; name, type and value each after its
 * length, and one byte that tells text from binary. It can be read back, so that it serves to keep them as well.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function encodeAttributes(attributes: Record<string, MessageAttribute>): Uint8Array {
  const parts: Uint8Array[] = []
  const add = (bytes: Uint8Array) => {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bytes.length)
    parts.push(length, bytes)
  }
  for (const name of Object.keys(attributes).sort()) {
    const attribute = attributes[name]
    if (!attribute) continue
    const binary = isBinary(attribute.DataType)
    add(encoder.encode(name))
    add(encoder.encode(attribute.DataType))
    parts.push(Uint8Array.of(binary ? 2 : 1))
    add(binary ? (attribute.BinaryValue ?? new Uint8Array(0)) : encoder.encode(attribute.StringValue ?? ''))
  }
  return concatenate(parts)
}

function concatenate(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function decodeAttributes(bytes: Uint8Array): Record<string, MessageAttribute> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: [string, MessageAttribute][] = []
  let at = 0
  const next = () => {
    const start = at + 4
    at = start + view.getUint32(at)
    return bytes.slice(start, at)
  }
  while (at < bytes.length) {
    const name = decoder.decode(next())
    const DataType = decoder.decode(next())
    const binary = bytes[at] === 2
    at += 1
    const value = next()
    entries.push([name, binary ? { DataType, BinaryValue: value } : { DataType, StringValue: decoder.decode(value) }])
  }
  // Not assigned one by one: `__proto__` is a valid name of an attribute.
  return Object.fromEntries(entries)
}

/** What a receive asks for by name: `All`, `.*`, a name, or a prefix before `.*`; names that match nothing are no error. */
export function selectAttributes(
  attributes: Record<string, MessageAttribute>,
  names: readonly string[],
): Record<string, MessageAttribute> {
  if (names.includes('All') || names.includes('.*')) return attributes
  const prefixes = names.filter(name => name.endsWith('.*')).map(name => name.slice(0, -2))
  const wanted = (name: string) => names.includes(name) || prefixes.some(prefix => name.startsWith(prefix))
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wanted(name)))
}
