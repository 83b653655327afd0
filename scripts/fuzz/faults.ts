import type { Scalar, Shape, Structure } from '../../aws/wire/shapes.ts'
import type { Random } from './random.ts'

/** Key of a JSON text that stands in a value as it is: numbers that JavaScript does not have. */
export const LITERAL = Symbol('literal')

/** The text of such a value. */
export function literalOf(value: unknown): string | undefined {
  return isPlain(value) ? (value as { [LITERAL]?: string })[LITERAL] : undefined // set below alone
}

/** A place in an input, and the shape of what is there. */
type Spot = { holder: Record<string | number, unknown>; key: string | number; shape: Shape | undefined }

/** The input with one to three of its values as they should not be. Says what was done. */
export function faulty(
  shape: Structure,
  input: Record<string, unknown>,
  random: Random,
): { input: unknown; fault: string } {
  const copy = cloned(input)
  const done: string[] = []
  for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count--) {
    const spots = spotsOf(shape, copy as Record<string, unknown>) // a structure's clone
    const spot = spots.length > 0 && random.chance(0.9) ? random.pick(spots) : undefined
    done.push(spot ? damage(spot, random) : addTo(copy as Record<string, unknown>, shape, random)) // likewise
  }
  return { input: copy, fault: done.join(', ') }
}

function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned)
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, cloned(each)]))
}

export const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** Deeper than any model nests. */
const MOST_DEPTH = 40

function spotsOf(shape: Shape | undefined, value: unknown, depth = 0): Spot[] {
  if (depth > MOST_DEPTH) return []
  if (Array.isArray(value)) {
    const item = shape?.kind === 'list' ? shape.member : undefined
    const holder = value as unknown as Record<number, unknown> // an array is one
    return value.flatMap((each, i) => [{ holder, key: i, shape: item }, ...spotsOf(item, each, depth + 1)])
  }
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = shapeIn(shape, key)
    return [{ holder: value, key, shape: inner }, ...spotsOf(inner, each, depth + 1)]
  })
}

function shapeIn(shape: Shape | undefined, key: string): Shape | undefined {
  if (shape?.kind === 'map') return shape.value
  return shape?.kind === 'structure' ? shape.members.find(member => member.name === key)?.shape : undefined
}

function damage({ holder, key, shape }: Spot, random: Random): string {
  if (random.chance(0.15)) {
    delete holder[key]
    return `${key} missing`
  }
  const [what, value] = random.pick([...anyFaults(random), ...limitFaults(shape)])
  holder[key] = value
  return `${key} ${what}`
}

type Fault = [what: string, value: unknown]

function anyFaults(random: Random): Fault[] {
  return [
    ['null', null],
    ['a number', random.pick([0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308])],
    ['an unbounded number', { [LITERAL]: random.pick(['1e999', '-1e999', '9'.repeat(400), '0.1e-400', '-0']) }],
    ['a boolean', random.chance(0.5)],
    ['empty', ''],
    ['a word', random.pick(['NaN', 'Infinity', 'null', 'true', '-1', 'undefined', '1e9', '0x10', '1.0'])],
    ['a list', []],
    ['a list of nulls', [null, null]],
    ['an object', {}],
    ['deep', nested(random.pick([10, 200, 1000]))],
    ['a prototype name', random.pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])],
    ['control characters', 'a\u0000b\u0001\u001f\u007f\r\n'],
    ['a lone surrogate', 'x\ud800y'],
    ['not for XML', '\ufffe\uffff\u000b'],
    ['long', 'x'.repeat(random.pick([1000, 100_000]))],
    ['path-like', random.pick(['../../../etc/passwd', '..', '.', '//', 'a/../../b', '%2e%2e/', '\\'])],
    ['markup', '<!--]]>&amp;<a b="c'],
    [
      'an odd ARN',
      random.pick(['arn:', 'arn:aws:::::', 'arn:aws:sqs:us-east-1::', 'arn:aws:lambda:::function:', ':::::::']),
    ],
    [
      'JSON',
      random.pick(['{', '{"a":', '[[[[', '{"Version":"2012-10-17"}', '{"Statement":{"Effect":7}}', 'null', '"x"']),
    ],
    ['an odd date', new Date(random.pick([-1, -62_135_596_800_001, 8.64e15, 253_402_300_800_000]))],
    ['bytes', random.bytes(16)],
  ]
}

function limitFaults(shape: Shape | undefined): Fault[] {
  if (shape === undefined || shape.kind === 'structure') return []
  const { min, max } = shape
  if (shape.kind === 'list') {
    const over = max !== undefined && max < 2000 ? max + 1 : 1001
    return [['too many', Array.from({ length: over }, () => 'x')]]
  }
  if (shape.kind === 'map') {
    const keys = ['__proto__', 'constructor', '', 'a.b', '1', 'x'.repeat(300)]
    return [['of odd keys', Object.fromEntries(keys.map(key => [key, 'x']))]]
  }
  return scalarFaults(shape, min, max)
}

function scalarFaults(shape: Scalar, min: number | undefined, max: number | undefined): Fault[] {
  if (shape.kind === 'string' || shape.kind === 'blob') {
    const faults: Fault[] = [['against its pattern', '\u0001 !"§$%&/()=?\ud83d']]
    if (max !== undefined && max < 300_000) faults.push(['too long', 'a'.repeat(max + 1)])
    if (min !== undefined && min > 0) faults.push(['too short', 'a'.repeat(min - 1)])
    if (shape.enums)
      faults.push(['none of the enum', 'NoSuchValue'], ['an enum in lower case', [...shape.enums][0]?.toLowerCase()])
    return faults
  }
  return [
    ['above its range', (max ?? 2 ** 31) + 1],
    ['below its range', (min ?? -(2 ** 31)) - 1],
  ]
}

function nested(depth: number): unknown {
  let value: unknown = 'x'
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value }
  return value
}

/** Members that the input lacks, wrong as they come, and some that no model has. */
function addTo(input: Record<string, unknown>, shape: Structure, random: Random): string {
  const absent = shape.members.filter(member => !Object.hasOwn(input, member.name))
  const own = absent.length > 0 && random.chance(0.8)
  const name = own
    ? random.pick(absent).name
    : random.pick(['__proto__', 'constructor', 'toString', 'noSuchMember', '', 'a.b.c'])
  const [what, value] = random.pick(anyFaults(random))
  Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
  return `${name} ${what}`
}
