import { cbor, dateToTag } from '@smithy/core/cbor'
import { isSoundCbor } from './cbor-check.ts'
import { setOwn } from './json-in.ts'
import { MOST_NESTED, serialization } from './refusals.ts'
import type { List, Member, Scalar, Shape } from './shapes.ts'
import { asDate, dateOf } from './timestamps.ts'

const encoder = new TextEncoder()

/** A CBOR body's map, as the members have it. @throws AwsError SerializationException */
export function readCbor(members: readonly Member[], body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {}
  return readMembers(members, decoded(body), 0)
}

function decoded(body: Uint8Array): unknown {
  try {
    if (isSoundCbor(body)) return cbor.deserialize(body)
  } catch {
    // Sound in form alone: a key that is no text, a number in tags.
  }
  throw serialization('Invalid CBOR')
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

function readMembers(members: readonly Member[], source: unknown, depth: number): Record<string, unknown> {
  if (!isMap(source)) throw serialization('Expected structure or null')
  const read: Record<string, unknown> = {}
  for (const member of members) {
    if (!Object.hasOwn(source, member.wire)) continue
    const value = source[member.wire]
    if (value !== null && value !== undefined) read[member.name] = readValue(member.shape, value, depth + 1)
  }
  return read
}

function readValue(shape: Shape, value: unknown, depth: number): unknown {
  if (depth > MOST_NESTED) throw serialization('Nesting is too deep')
  switch (shape.kind) {
    case 'structure':
      return readMembers(shape.members, value, depth)
    case 'list': {
      if (!Array.isArray(value)) throw serialization('Expected list or null')
      return value.map(item => readItem(shape, item, depth + 1))
    }
    case 'map': {
      if (!isMap(value)) throw serialization('Expected map or null')
      const read: Record<string, unknown> = {}
      for (const key of Object.keys(value)) setOwn(read, key, readValue(shape.value, value[key], depth + 1))
      return read
    }
    default:
      return readScalar(shape, value) ?? refuse(shape)
  }
}

function readItem(shape: List, item: unknown, depth: number): unknown {
  if (item !== null && item !== undefined) return readValue(shape.member, item, depth)
  if (!shape.sparse) throw serialization('Expected no null in a list')
  return null
}

function refuse(shape: Scalar): never {
  throw serialization(`Expected ${shape.kind} or null`)
}

/** @returns undefined for a value of another kind */
function readScalar(shape: Scalar, value: unknown): unknown {
  switch (shape.kind) {
    case 'integer':
    case 'long':
      return typeof value === 'bigint' || Number.isInteger(value) ? Number(value) : undefined
    case 'float':
    case 'double':
      return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'blob':
      // A copy: the decoder hands out views of the whole body.
      return value instanceof Uint8Array ? value.slice() : undefined
    case 'timestamp':
      return readTimestamp(value)
    case 'document':
      return value
    default:
      return typeof value === 'string' ? value : undefined
  }
}

/** Tag 1, epoch seconds; the decoder may have made a Date of it. */
function readTimestamp(value: unknown): Date | undefined {
  if (value instanceof Date) return dateOf(value.getTime())
  const seconds = isMap(value) && 'tag' in value && Number(value.tag) === 1 ? value.value : value
  if (typeof seconds !== 'number' && typeof seconds !== 'bigint') return undefined
  return dateOf(Math.round(Number(seconds) * 1000))
}

/** Members as a CBOR map. */
export function writeCbor(members: readonly Member[], source: Record<string, unknown>): Uint8Array {
  return cborBytes(writeMembers(members, source))
}

/** A value that is ready for CBOR, as bytes. */
export function cborBytes(value: Record<string, unknown>): Uint8Array {
  return new Uint8Array(cbor.serialize(value))
}

/** Members as a value for `cborBytes`, under their names on the wire. */
export function writeMembers(members: readonly Member[], source: Record<string, unknown>): Record<string, unknown> {
  const written: Record<string, unknown> = {}
  for (const member of members) {
    const value = source[member.name]
    if (value !== undefined && value !== null) written[member.wire] = writeValue(member.shape, value)
  }
  return written
}

function writeValue(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (shape.kind) {
    case 'structure':
      // An operation's output is as its generated type says.
      return writeMembers(shape.members, value as Record<string, unknown>)
    case 'list': {
      const { member } = shape
      return Array.from(value as Iterable<unknown>, item => writeValue(member, item))
    }
    case 'map': {
      const source = value as Record<string, unknown>
      const written: Record<string, unknown> = {}
      for (const key of Object.keys(source)) setOwn(written, key, writeValue(shape.value, source[key]))
      return written
    }
    case 'timestamp':
      return dateToTag(asDate(value))
    case 'blob':
      return typeof value === 'string' ? encoder.encode(value) : value
    default:
      return value
  }
}
