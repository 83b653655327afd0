import { decodeBase64, encodeBase64 } from './base64.ts'
import type { Refuse } from './refusals.ts'
import type { Member, Scalar, TimestampFormat } from './shapes.ts'
import { formatTimestamp, parseTimestamp } from './timestamps.ts'

const INTEGER = /^[+-]?\d{1,19}$/
const DECIMAL = /^[+-]?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,4})?$/
const INT32 = 2 ** 31
const INT64 = 2 ** 63

/** A value from text, in XML, a Query form, a header, the query or a label. @throws what `refuse` makes */
export function fromText(shape: Scalar, text: string, refuse: Refuse): unknown {
  switch (shape.kind) {
    case 'string':
      return text
    case 'integer':
    case 'long':
      return integer(shape.kind, text.trim(), refuse)
    case 'float':
    case 'double':
      return decimal(text.trim(), refuse)
    case 'boolean':
      return boolean(text.trim(), refuse)
    case 'blob':
      return decodeBase64(text.trim()) ?? raise(refuse('Invalid base64'))
    case 'timestamp':
      return parseTimestamp(text) ?? raise(refuse(`Invalid timestamp: ${text}`))
    case 'document':
      return text
  }
}

function integer(kind: 'integer' | 'long', text: string, refuse: Refuse): number {
  const value = Number(text)
  const limit = kind === 'integer' ? INT32 : INT64
  if (!INTEGER.test(text) || value < -limit || value >= limit) throw refuse(`${text} is not a valid ${kind}`)
  return value
}

const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

function decimal(text: string, refuse: Refuse): number {
  if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text] ?? Number.NaN
  if (!DECIMAL.test(text)) throw refuse(`${text} is not a valid double`)
  return Number(text)
}

function boolean(text: string, refuse: Refuse): boolean {
  const lower = text.toLowerCase()
  if (lower !== 'true' && lower !== 'false') throw refuse(`${text} is not a valid boolean`)
  return lower === 'true'
}

function raise(error: Error): never {
  throw error
}

export type TextStyle = { format: TimestampFormat; wholeSeconds?: boolean }

/** A value as text. `style` is the wire form's own; the member or the shape may say otherwise. */
export function toText(shape: Scalar, value: unknown, style: TextStyle, member?: Member): string {
  if (shape.kind === 'timestamp') {
    const format = member?.timestampFormat ?? shape.timestampFormat ?? style.format
    return formatTimestamp(value, format, style.wholeSeconds)
  }
  if (value instanceof Uint8Array) return encodeBase64(value)
  return typeof value === 'string' ? value : String(value)
}
