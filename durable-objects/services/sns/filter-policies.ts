import { InvalidPattern, mismatch, patternOf } from '../../shared/pattern.ts'
import type { MessageAttributes } from './message.ts'

export type Scope = 'MessageAttributes' | 'MessageBody'

const MOST_KEYS = 5
const MOST_COMBINATIONS = 150
const LONGEST = 262_144

/** Why a filter policy will not do, in SNS's words; undefined when it will. `{}` lets everything through. */
export function invalidFilterPolicy(text: string): string | undefined {
  if (text.length > LONGEST) return 'Filter policy is too long'
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return 'failed to parse JSON.'
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return 'Filter policy must be an object'
  }
  if (Object.keys(document).length === 0) return undefined
  try {
    patternOf(document)
  } catch (error) {
    if (error instanceof InvalidPattern) return error.message
    throw error
  }
  return tooComplex(document as Node) // an object, as was checked
}

type Node = Record<string, unknown>

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether some key has an object under it, which message attributes never have. */
export function isNested(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text)
    return isNode(document) && alternativesOf(document).some(each => Object.values(each).some(isNode))
  } catch {
    return false
  }
}

/** The object itself and those under its `$or`s. */
function alternativesOf(node: Node): Node[] {
  const choices = Array.isArray(node.$or) ? node.$or.filter(isNode) : []
  return [node, ...choices.flatMap(alternativesOf)]
}

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
function tooComplex(document: Node): string | undefined {
  if (new Set(keysOf(document, '')).size > MOST_KEYS) return 'Filter policy can not have more than 5 keys'
  return combinationsOf(document, 1) > MOST_COMBINATIONS ? 'Filter policy is too complex' : undefined
}

/** Keys that have values, by their paths. */
function keysOf(node: Node, path: string): string[] {
  return Object.entries(node).flatMap(([name, value]) => {
    if (name === '$or' && Array.isArray(value)) return value.flatMap(each => (isNode(each) ? keysOf(each, path) : []))
    return isNode(value) ? keysOf(value, `${path}${name}.`) : [`${path}${name}`]
  })
}

/** The number of values of each key times its depth, multiplied; of alternatives, added. */
function combinationsOf(node: Node, depth: number): number {
  return Object.entries(node).reduce((product, [name, value]) => {
    if (isNode(value)) return product * combinationsOf(value, depth + 1)
    if (!Array.isArray(value)) return product
    if (name !== '$or') return product * value.length * depth
    return product * value.reduce((sum: number, each) => sum + (isNode(each) ? combinationsOf(each, depth) : 1), 0)
  }, 1)
}

/**
 * Why a message does not pass a subscription's filter; undefined when it does.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
export function filterMismatch(
  policy: string,
  scope: Scope,
  message: { body: string; attributes: MessageAttributes },
): string | undefined {
  const document = JSON.parse(policy) as Node // checked when it was put
  if (Object.keys(document).length === 0) return undefined
  if (scope === 'MessageAttributes') {
    return mismatch(patternOf(absentForNull(document)), valuesOf(message.attributes))
  }
  const pattern = patternOf(undotted(document))
  try {
    const body: unknown = JSON.parse(message.body)
    if (typeof body === 'object' && body !== null) return mismatch(pattern, undotted(body))
  } catch {
    // No JSON has no fields either.
  }
  return 'the message is not a JSON object, and the filter policy is on its body'
}

/** No attribute is null: a policy's null means that it is not there. */
function absentForNull(node: Node): Node {
  const entries = Object.entries(node).map(([name, value]): [string, unknown] => {
    if (!Array.isArray(value)) return [name, value]
    if (name === '$or') return [name, value.map(each => (isNode(each) ? absentForNull(each) : each))]
    return [name, value.includes(null) ? [...value, { exists: false }] : value]
  })
  return Object.fromEntries(entries)
}

/** To SNS `{"a.b": 1}` and `{"a": {"b": 1}}` are the same. */
function undotted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(undotted)
  if (!isNode(value)) return value
  const node: Node = {}
  for (const [name, each] of Object.entries(value)) {
    const [first = '', ...rest] = isOperator(name) ? [name] : name.split('.')
    const inner = rest.reduceRight((nested: unknown, part) => ({ [part]: nested }), undotted(each))
    const there = Object.hasOwn(node, first) ? node[first] : undefined
    Object.defineProperty(node, first, {
      value: isNode(there) && isNode(inner) ? { ...there, ...inner } : inner,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return node
}

const isOperator = (name: string) => name === '$or'

/** Attributes as a filter sees them: numbers as numbers, lists as lists; binary ones are not seen. */
function valuesOf(attributes: MessageAttributes): Record<string, unknown> {
  const entries = Object.entries(attributes).flatMap(([name, { DataType, StringValue = '' }]): [string, unknown][] => {
    const [type] = DataType.split('.')
    if (type === 'Binary') return []
    if (type === 'Number') return [[name, Number(StringValue)]]
    return [[name, DataType === 'String.Array' ? listOf(StringValue) : StringValue]]
  })
  return Object.fromEntries(entries)
}

function listOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
