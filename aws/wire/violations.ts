import type { Scalar } from './shapes.ts'

/** A broken constraint, at a member's path. A missing member's value is undefined. */
export type Violation = { path: string; value: unknown; hidden: boolean; rule: string }

type Range = { min: number | undefined; max: number | undefined }

/** How a framework words what is wrong. Most services run on Coral, newer ones on Smithy. */
export type Dialect = {
  afterCount: string
  /** Whether broken items of a list or map are told once for the whole of it. */
  wholeCollections: boolean
  sentence(violation: Violation): string
  memberPath(path: string, name: string): string
  itemPath(path: string, index: number): string
  valuePath(path: string, key: string): string
  lengthRules(range: Range, length: number): string[]
  rangeRules(range: Range, value: number): string[]
  patternRule(shape: Scalar): string
  enumRule(shape: Scalar): string
  /** Every constraint, broken or not. */
  allRules(shape: Scalar): string[]
}

const lowerCamel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
const patternRule = (shape: Scalar) => `Member must satisfy regular expression pattern: ${shape.patternSource}`
const enumRule = (shape: Scalar) => `Member must satisfy enum value set: [${[...(shape.enums ?? [])].join(', ')}]`

const longest = (max: number | undefined) => `Member must have length less than or equal to ${max}`
const shortest = (min: number | undefined) => `Member must have length greater than or equal to ${min}`
const greatest = (max: number | undefined) => `Member must have value less than or equal to ${max}`
const least = (min: number | undefined) => `Member must have value greater than or equal to ${min}`

export const coral: Dialect = {
  afterCount: ':',
  wholeCollections: true,
  sentence: ({ path, value, hidden, rule }) =>
    `Value ${value === undefined ? 'null ' : hidden ? '' : `'${show(value)}' `}at '${path}' failed to satisfy constraint: ${rule}`,
  memberPath: (path, name) => (path === '' ? lowerCamel(name) : `${path}.${lowerCamel(name)}`),
  itemPath: (path, index) => `${path}.${index + 1}.member`,
  valuePath: (path, key) => `${path}.${key}.member`,
  lengthRules: ({ min, max }, length) => bounds(length, { min, max }, { low: shortest, high: longest }),
  rangeRules: ({ min, max }, value) => bounds(value, { min, max }, { low: least, high: greatest }),
  patternRule,
  enumRule,
  allRules: shape => {
    const number = ['integer', 'long', 'float', 'double'].includes(shape.kind)
    const rules: string[] = []
    if (shape.max !== undefined) rules.push((number ? greatest : longest)(shape.max))
    if (shape.min !== undefined) rules.push((number ? least : shortest)(shape.min))
    if (shape.patternSource) rules.push(patternRule(shape))
    if (shape.enums) rules.push(enumRule(shape))
    return rules
  },
}

type Words = { low(min: number | undefined): string; high(max: number | undefined): string }

function bounds(value: number, { min, max }: Range, { low, high }: Words): string[] {
  if (min !== undefined && value < min) return [low(min)]
  return max !== undefined && value > max ? [high(max)] : []
}

/** A JSON pointer's step. */
const step = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1')

/** https://smithy.io/2.0/aws/protocols: the wording of Smithy's own protocol tests. */
export const smithy: Dialect = {
  afterCount: '.',
  wholeCollections: false,
  sentence: ({ path, value, rule }) => {
    const about = rule.startsWith('Member must have length') ? `Value with length ${lengthOf(value)}` : 'Value'
    return `${about} at '${path}' failed to satisfy constraint: ${rule}`
  },
  memberPath: (path, name) => `${path}/${lowerCamel(name)}`,
  itemPath: (path, index) => `${path}/${index}`,
  valuePath: (path, key) => `${path}/${step(key)}`,
  lengthRules: (range, length) => (outside(length, range) ? [`Member must have length ${limits(range)}`] : []),
  rangeRules: (range, value) => (outside(value, range) ? [`Member must be ${limits(range)}`] : []),
  patternRule,
  enumRule,
  allRules: shape => coral.allRules(shape),
}

const outside = (value: number, { min, max }: Range) =>
  (min !== undefined && value < min) || (max !== undefined && value > max)

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return codePoints(value)
  return value instanceof Uint8Array ? value.length : Object.keys(Object(value)).length
}

/** Length of a string as AWS counts it. */
export function codePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length; index++) if ((text.charCodeAt(index) & 0xfc00) === 0xd800) count--
  return count
}

function limits({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return `between ${min} and ${max}, inclusive`
  return min === undefined ? `less than or equal to ${max}` : `greater than or equal to ${min}`
}

/** Characters of a value that a message repeats. */
const MOST_SHOWN = 4096

/** A value as Java prints it. */
function show(value: unknown): string {
  const shown = print(value)
  return shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN)}…` : shown
}

function print(value: unknown): string {
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${print(item)}`)
    .join(', ')}}`
}
