import { encodeBase64 } from './base64.ts'
import { setOwn } from './json-in.ts'
import type { Member, Shape } from './shapes.ts'
import { asDate, formatTimestamp } from './timestamps.ts'

const encoder = new TextEncoder()

/** Members as a value for JSON.stringify, under their names on the wire. */
export function writeMembers(members: readonly Member[], source: Record<string, unknown>): Record<string, unknown> {
  const written: Record<string, unknown> = {}
  for (const member of members) {
    const value = source[member.name]
    if (value !== undefined && value !== null) written[member.wire] = writeJson(member.shape, value, member)
  }
  return written
}

/** A typed value as one for JSON.stringify. */
export function writeJson(shape: Shape, value: unknown, member?: Member): unknown {
  if (value === null || value === undefined) return null
  switch (shape.kind) {
    case 'structure':
      // An operation's output is as its generated type says.
      return writeMembers(shape.members, value as Record<string, unknown>)
    case 'list': {
      const { member: item } = shape
      return Array.from(value as Iterable<unknown>, each => writeJson(item, each))
    }
    case 'map':
      return writeMap(shape.value, value as Record<string, unknown>)
    case 'blob':
      return encodeBase64(typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array))
    case 'timestamp': {
      const format = member?.timestampFormat ?? shape.timestampFormat ?? 'unixTimestamp'
      return format === 'unixTimestamp' ? asDate(value).getTime() / 1000 : formatTimestamp(value, format)
    }
    case 'float':
    case 'double':
      return Number.isFinite(value) ? value : String(value)
    default:
      return value
  }
}

function writeMap(shape: Shape, source: Record<string, unknown>): Record<string, unknown> {
  const written: Record<string, unknown> = {}
  for (const key of Object.keys(source)) {
    if (source[key] !== undefined) setOwn(written, key, writeJson(shape, source[key]))
  }
  return written
}
