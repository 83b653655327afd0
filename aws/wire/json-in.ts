import { decodeBase64 } from './base64.ts'
import { MOST_NESTED, serialization } from './refusals.ts'
import type { List, MapShape, Member, Scalar, Shape } from './shapes.ts'
import { dateOf, parseTimestamp } from './timestamps.ts'

const decoder = new TextDecoder()

/** A JSON body's object. @throws AwsError SerializationException */
export function parseObject(body: Uint8Array): Record<string, unknown> {
  const value = parseJson(body)
  if (!isObject(value)) throw serialization('Start of structure or map expected')
  return value
}

/** Any JSON value. @throws AwsError SerializationException */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body))
  } catch {
    throw serialization()
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The members that a JSON object gives, typed. Members that the model does not know are left out. */
export function readMembers(
  members: readonly Member[],
  source: Record<string, unknown>,
  depth = 0,
): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const member of members) {
    if (!Object.hasOwn(source, member.wire)) continue
    const value = source[member.wire]
    if (value !== null && value !== undefined) read[member.name] = readJson(member.shape, value, depth)
  }
  return read
}

/** A JSON value as its shape has it. @throws AwsError SerializationException */
export function readJson(shape: Shape, value: unknown, depth = 0): unknown {
  if (depth > MOST_NESTED) throw serialization('Nesting is too deep')
  switch (shape.kind) {
    case 'structure':
      if (Array.isArray(value)) throw serialization('Unexpected list')
      if (!isObject(value)) throw serialization('Expected structure or null')
      return readMembers(shape.members, value, depth + 1)
    case 'list':
      return readList(shape, value, depth + 1)
    case 'map':
      return readMap(shape, value, depth + 1)
    case 'document':
      if (nesting(value) > MOST_NESTED) throw serialization('Nesting is too deep')
      return value
    default:
      return readScalar(shape, value)
  }
}

function readList(shape: List, value: unknown, depth: number): unknown[] {
  if (!Array.isArray(value)) {
    throw serialization(
      isObject(value) ? 'Start of structure or map found where not expected.' : 'Expected list or null',
    )
  }
  const { member, sparse } = shape
  return value.map(item => {
    if (item !== null) return readJson(member, item, depth)
    if (!sparse) throw serialization('NULL_VALUE found where not expected.')
    return null
  })
}

function readMap(shape: MapShape, source: unknown, depth: number): Record<string, unknown> {
  if (!isObject(source)) throw mismatch(source, 'Map')
  const { value: shapeOfValues, sparse } = shape
  const read: Record<string, unknown> = {}
  for (const key of Object.keys(source)) {
    const value = source[key]
    if (value === null || value === undefined) {
      if (sparse) setOwn(read, key, null)
      continue
    }
    setOwn(read, key, readJson(shapeOfValues, value, depth))
  }
  return read
}

/** Sets a key that a client chose, `__proto__` included. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true })
}

function readScalar(shape: Scalar, value: unknown): unknown {
  switch (shape.kind) {
    case 'integer':
    case 'long':
      return readInteger(shape.kind, value)
    case 'float':
    case 'double':
      return readDecimal(value)
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, 'Boolean')
      return value
    case 'blob':
      if (typeof value !== 'string') throw mismatch(value, 'ByteBuffer')
      return decodeBase64(value) ?? refuseBlob()
    case 'timestamp':
      return readTimestamp(value)
    default:
      if (typeof value !== 'string') throw mismatch(value, 'String')
      return value
  }
}

function refuseBlob(): never {
  throw serialization('Invalid base64')
}

const LIMITS = { integer: 2 ** 31, long: 2 ** 63 }
const TYPES = { integer: 'Integer', long: 'Long' }

function readInteger(kind: 'integer' | 'long', value: unknown): number {
  if (typeof value !== 'number') throw mismatch(value, TYPES[kind])
  const whole = Math.trunc(value)
  if (!(whole >= -LIMITS[kind] && whole < LIMITS[kind])) throw mismatch(value, TYPES[kind])
  // Not -0, which neither JSON nor SQLite would give back.
  return whole + 0
}

function readDecimal(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  throw mismatch(value, 'Double')
}

function readTimestamp(value: unknown): Date {
  const date =
    typeof value === 'number'
      ? dateOf(Math.round(value * 1000))
      : typeof value === 'string'
        ? parseTimestamp(value)
        : undefined
  if (!date) throw mismatch(value, 'Timestamp')
  return date
}

/** AWS's words for a token of the wrong kind. */
function mismatch(value: unknown, type: string): Error {
  if (Array.isArray(value)) return serialization('Start of list found where not expected.')
  if (typeof value === 'object') return serialization('Start of structure or map found where not expected.')
  return serialization(`${tokenOf(value)} cannot be converted to ${type}`)
}

function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE'
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
  return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
}

/** How deep a JSON value is, level by level, so that none is too deep to measure. */
function nesting(value: unknown): number {
  let level = [value]
  for (let depth = 0; ; depth++) {
    if (depth > MOST_NESTED) return depth
    level = level
      .filter(item => typeof item === 'object' && item !== null)
      .flatMap(item => Object.values(item as object))
    if (level.length === 0) return depth
  }
}
