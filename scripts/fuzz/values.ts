import type { List, MapShape, Member, Scalar, Shape, Structure } from '../../aws/wire/shapes.ts'
import { MEMBER } from '../../aws/wire/table.ts'
import type { Random } from './random.ts'

/** Names that exist in the namespace at hand, by the member that takes them. */
export type Known = ReadonlyMap<string, readonly string[]>

export type ValueSource = { random: Random; known: Known }

/** Longer strings than this are made only where the limit itself is tried. */
const MOST_TEXT = 70_000
const DEEPEST = 6

/** An input that the model allows, its optional members there or not, its values often at their limits. */
export function validInput(shape: Structure, source: ValueSource): Record<string, unknown> {
  return structureValue(shape, source, 0)
}

function structureValue(shape: Structure, source: ValueSource, depth: number): Record<string, unknown> {
  const { random } = source
  const members = shape.union ? someOf(shape.members, random) : shape.members
  const value: Record<string, unknown> = {}
  for (const member of members) {
    const needed = shape.union || (member.flags & MEMBER.required) !== 0
    if (!needed && (depth > DEEPEST || !random.chance(depth === 0 ? 0.3 : 0.25))) continue
    value[member.name] = memberValue(member, source, depth)
  }
  return value
}

const someOf = (members: readonly Member[], random: Random) => (members.length === 0 ? [] : [random.pick(members)])

function memberValue(member: Member, source: ValueSource, depth: number): unknown {
  const known = source.known.get(member.name)
  if (known?.length && member.shape.kind === 'string' && source.random.chance(0.9)) return source.random.pick(known)
  return validValue(member.shape, source, depth + 1)
}

/** A value of the shape, within its limits as far as they can be met. */
export function validValue(shape: Shape, source: ValueSource, depth = 0): unknown {
  if (shape.kind === 'structure') return structureValue(shape, source, depth)
  if (shape.kind === 'list') return listValue(shape, source, depth)
  if (shape.kind === 'map') return mapValue(shape, source, depth)
  return scalarValue(shape, source.random)
}

function lengthOf({ min, max }: List | MapShape, random: Random, depth: number): number {
  const least = min ?? 0
  if (depth > DEEPEST) return least
  if (max !== undefined && max <= 60 && random.chance(0.1)) return max
  return Math.min(max ?? 3, random.int(least, least + 2))
}

function listValue(shape: List, source: ValueSource, depth: number): unknown[] {
  const length = Math.min(lengthOf(shape, source.random, depth), 100)
  return Array.from({ length }, () => validValue(shape.member, source, depth + 1))
}

function mapValue(shape: MapShape, source: ValueSource, depth: number): Record<string, unknown> {
  const length = Math.min(lengthOf(shape, source.random, depth), 100)
  const entries = Array.from({ length }, (_, i) => {
    const key = String(validValue(shape.key, source, depth + 1))
    return [i === 0 ? key : `${key}${i}`, validValue(shape.value, source, depth + 1)]
  })
  return Object.fromEntries(entries)
}

function scalarValue(shape: Scalar, random: Random): unknown {
  switch (shape.kind) {
    case 'string':
      return textValue(shape, random)
    case 'integer':
    case 'long':
      return wholeNumber(shape, random)
    case 'float':
    case 'double':
      return random.pick([shape.min ?? 0, shape.max ?? 1, 0.5])
    case 'boolean':
      return random.chance(0.5)
    case 'timestamp':
      return new Date(random.pick([0, Date.now(), Date.now() - 86_400_000, 4_102_444_800_000]))
    case 'blob':
      return random.bytes(Math.min(Math.max(shape.min ?? 0, random.int(0, 64)), shape.max ?? 64))
    case 'document':
      return { a: [1, 'x', null], b: { c: true } }
  }
}

function wholeNumber({ min, max }: Scalar, random: Random): number {
  if (min === undefined && max === undefined) return random.pick([0, 1, 2, 10, 1000])
  const low = min ?? Math.min(0, max ?? 0)
  const high = max ?? low + 100
  return random.pick([low, high, random.int(low, Math.min(high, low + 1000))])
}

/** Texts of the kinds that patterns ask for. */
const TEXTS = [
  'name',
  'Name-1',
  'a',
  '1',
  '123456789012',
  '0000',
  'true',
  '/',
  '/path/',
  'us-east-1',
  'arn:aws:iam::123456789012:role/fuzz',
  'arn:aws:lambda:us-east-1:123456789012:function:fuzz',
  'arn:aws:sqs:us-east-1:123456789012:fuzz',
  'arn:aws:s3:::fuzz-bucket',
  'arn:aws:sns:us-east-1:123456789012:topic',
  'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
  '11111111-2222-3333-4444-555555555555',
  'https://example.com/x',
  'someone@example.com',
  '2026-01-01T00:00:00Z',
  '{"Version":"2012-10-17","Statement":[]}',
  '[]',
  'index.handler',
  'abcdef0123456789abcdef0123456789',
  'YWJj',
  '*',
  '10.0.0.0/16',
  '$LATEST',
]
const ODD_TEXTS = [
  '',
  ' ',
  'ü💥',
  '<&>"\'',
  'a/b/../c',
  '%41',
  '%{x}',
  'a\nb',
  '-',
  '.',
  '\u00a0',
  '__proto__',
  'constructor',
]

function textValue(shape: Scalar, random: Random): string {
  const { enums, pattern, min = 0, max } = shape
  if (enums && enums.size > 0 && random.chance(0.97)) return random.pick([...enums])
  const fits = (text: string) =>
    text.length >= min && text.length <= (max ?? MOST_TEXT) && (pattern === undefined || pattern.test(text))
  const stretched = TEXTS.map(text => text.padEnd(min, 'a'))
  if (max !== undefined && max <= MOST_TEXT && random.chance(0.15)) stretched.unshift('a'.repeat(max))
  if (pattern === undefined && random.chance(0.15)) stretched.unshift(random.pick(ODD_TEXTS))
  const start = random.chance(0.5) ? 0 : random.int(0, stretched.length - 1)
  const turned = [...stretched.slice(start), ...stretched.slice(0, start)]
  return turned.find(fits) ?? random.pick(TEXTS)
}
